/** Maven coordinates of the libraries that are shipped: from what Maven puts into a jar, else from where the jar lay. */
import type { PackageRef } from '../../src/bases/contract.js';
import { TareError } from '../../src/errors.js';
import { imagePath } from '../../src/layers/entry.js';
import type { Library } from './libraries.js';
import { bytesOf } from './references.js';
import { openZipBytes, type Zip } from './zip.js';

interface Coordinates {
	readonly group?: string;
	readonly artifact: string;
	readonly version: string;
}

/** Sorted, each once; modules of the project are no packages. */
export function packagesOf(libraries: readonly Library[]): readonly PackageRef[] {
	const all = libraries.filter(({ kind }) => kind !== 'module').flatMap((library) => coordinatesOf(library) ?? []);
	const refs = all.map(toPackage).map((ref) => [ref.purl, ref] as const);
	return [...new Map(refs).values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

function coordinatesOf(library: Library): Coordinates | undefined {
	const file = library.name.slice(library.name.lastIndexOf('/') + 1).replace(/\.jar$/, '');
	return fromJar(library, file) ?? fromPlace(library) ?? fromName(file);
}

/** A jar with others' classes in it has their files, too: the one that its name speaks of counts. */
function fromJar({ name, size, content }: Library, file: string): Coordinates | undefined {
	const zip = openJar(bytesOf({ size, content }), imagePath(name));
	const found = (zip?.members ?? [])
		.filter((member) => /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(member.name))
		.flatMap((member): Required<Coordinates>[] => {
			const text = zip?.read(member).toString('latin1') ?? '';
			const value = (key: string): string => new RegExp(`^${key}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1] ?? '';
			return [{ group: value('groupId'), artifact: value('artifactId'), version: value('version') }];
		});
	return found.find(
		({ artifact, version }) => file === `${artifact}-${version}` || file.endsWith(`.${artifact}-${version}`) || file.startsWith(`${artifact}-${version}-`),
	);
}

function openJar(bytes: Buffer, name: string): Zip | undefined {
	try {
		return openZipBytes(bytes, name);
	} catch (error) {
		// A library that cannot be read is no reason to stop here: java will say so, if it needs it.
		if (error instanceof TareError) return undefined;
		throw error;
	}
}

/** Gradle's cache has the group as one folder, a Maven repository one folder for each part. */
function fromPlace({ content }: Library): Coordinates | undefined {
	if (content.kind !== 'disk' || content.offset !== undefined) return undefined;
	const [, group, artifact, version] = /\/files-2\.1\/([^/]+)\/([^/]+)\/([^/]+)\/[^/]+\/[^/]+\.jar$/.exec(content.path) ?? [];
	if (group !== undefined && artifact !== undefined && version !== undefined) return { group, artifact, version };
	const [, path, name, of, file] = /\/repository\/(.+)\/([^/]+)\/([^/]+)\/([^/]+)\.jar$/.exec(content.path) ?? [];
	if (path === undefined || name === undefined || of === undefined || file?.startsWith(`${name}-`) !== true) return undefined;
	return { group: path.replaceAll('/', '.'), artifact: name, version: of };
}

function fromName(file: string): Coordinates | undefined {
	const [, artifact, version] = /^(.+?)-(\d[\w.+-]*)$/.exec(file) ?? [];
	return artifact === undefined || version === undefined ? undefined : { artifact, version };
}

/** https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst#maven */
function toPackage({ group, artifact, version }: Coordinates): PackageRef {
	const tail = `${encodeURIComponent(artifact)}@${encodeURIComponent(version)}`;
	if (group === undefined) return { type: 'generic', name: artifact, version, purl: `pkg:generic/${tail}` };
	return { type: 'maven', name: `${group}:${artifact}`, version, purl: `pkg:maven/${encodeURIComponent(group)}/${tail}` };
}
