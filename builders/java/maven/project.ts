/** The poms that Maven reads for a folder: the one it starts with, its modules, and the parents of all of them, wherever in the repository they are. */
import { posix } from 'node:path';
import { TareError } from '../../../src/errors.js';
import { childOf, childrenOf, type Element, textOf } from '../xml.js';
import { POMS, parsePom } from './polyglot.js';
import { type ForeignParent, lineage, type Pom } from './pom.js';

/** Files by their paths, with forward slashes. */
export interface PomFiles {
	text(path: string): string | undefined;
}

export interface MavenProject {
	/** Of the folder that is built. */
	readonly own: Pom;
	/** Where Maven starts: the outermost that lists the next as a module. */
	readonly entry: Pom;
	/** The entry and all modules below it. */
	readonly reactor: readonly Pom[];
	/** With their parents. */
	readonly poms: readonly Pom[];
}

/** @param folder '' for the root @param profiles names that are asked for @returns undefined where the folder has no pom @throws TareError MANIFEST_INVALID */
export function readProject(files: PomFiles, folder: string, profiles: readonly string[] = []): MavenProject | undefined {
	const reader = new Reader(files, profiles);
	const own = reader.in(folder);
	if (own === undefined) return undefined;
	const entry = reader.entryOf(own);
	const reactor = reader.below(entry);
	return { own, entry, reactor, poms: [...new Set(reactor.flatMap(lineage).concat(reactor))] };
}

/** The pom and all modules below it. */
export function modulesBelow({ reactor }: MavenProject, pom: Pom): readonly Pom[] {
	const found = new Set([pom]);
	for (const { modules } of found) for (const file of modules) for (const one of reactor) if (one.file === file) found.add(one);
	return [...found];
}

class Reader {
	readonly #files: PomFiles;
	readonly #profiles: readonly string[];
	readonly #known = new Map<string, Pom | undefined>();

	constructor(files: PomFiles, profiles: readonly string[]) {
		this.#files = files;
		this.#profiles = profiles;
	}

	in(folder: string): Pom | undefined {
		const file = this.#fileIn(folder);
		return file === undefined ? undefined : this.#read(file);
	}

	entryOf(own: Pom): Pom {
		let entry = own;
		for (const seen = new Set([own]); ; ) {
			const at = entry;
			const above = [...lineage(at).slice(1), ...this.#above(at)].find((pom) => pom.modules.includes(at.file) && !seen.has(pom));
			if (above === undefined) return entry;
			seen.add(above);
			entry = above;
		}
	}

	below(entry: Pom): readonly Pom[] {
		const found = new Set([entry]);
		for (const { modules } of found) {
			for (const file of modules) {
				const pom = this.#read(file);
				if (pom !== undefined) found.add(pom);
			}
		}
		return [...found];
	}

	/** Poms of the folders above that have modules; what is wrong with a stranger's is not this project's. */
	*#above({ folder }: Pom): Generator<Pom> {
		for (let at = folder; at !== '' && at !== posix.dirname(at); ) {
			at = parentFolder(at);
			const file = this.#fileIn(at);
			if (file === undefined || !/\bmodules\b/.test(this.#files.text(file) ?? '')) continue;
			try {
				const pom = this.#read(file);
				if (pom !== undefined) yield pom;
			} catch (error) {
				if (!(error instanceof TareError)) throw error;
			}
		}
	}

	#fileIn(folder: string): string | undefined {
		return POMS.map((name) => posix.join(folder, name)).find((file) => this.#files.text(file) !== undefined);
	}

	#read(file: string): Pom | undefined {
		if (!this.#known.has(file)) {
			// A parent that leads back here is a mistake that Maven explains.
			this.#known.set(file, undefined);
			const text = this.#files.text(file);
			if (text !== undefined) this.#known.set(file, this.#parse(text, file));
		}
		return this.#known.get(file);
	}

	#parse(text: string, file: string): Pom {
		const xml = parsePom(text, file);
		const folder = folderOf(file);
		const profiles = childrenOf(childOf(xml, 'profiles'), 'profile');
		const named = [xml, ...profiles].flatMap((owner) => childrenOf(childOf(owner, 'modules'), 'module')).map((one) => one.text.trim());
		const { parent, foreignParent } = this.#parentOf(xml, folder);
		return {
			...{ file, folder, xml, artifact: textOf(xml, 'artifactId') ?? '' },
			group: textOf(xml, 'groupId') ?? textOf(xml, 'parent', 'groupId') ?? '',
			version: textOf(xml, 'version') ?? textOf(xml, 'parent', 'version') ?? '',
			modules: [...new Set(named.filter((name) => name !== '').map((name) => this.#moduleFile(folder, name)))],
			...(parent !== undefined && { parent }),
			...(foreignParent !== undefined && { foreignParent }),
			active: activeProfiles(profiles, this.#profiles),
		};
	}

	#moduleFile(folder: string, name: string): string {
		const path = posix.join(folder, name);
		return /\.(?:xml|ya?ml|groovy)$/.test(name) ? path : (this.#fileIn(path) ?? posix.join(path, 'pom.xml'));
	}

	#parentOf(xml: Element, folder: string): Pick<Pom, 'parent' | 'foreignParent'> {
		const element = childOf(xml, 'parent');
		if (element === undefined) return {};
		const written = childOf(element, 'relativePath')?.text.trim() ?? '../pom.xml';
		const place = written === '' ? undefined : this.#placeOf(posix.join(folder, written));
		const parent = place === undefined ? undefined : this.#read(place);
		if (parent !== undefined && isMeant(parent, element)) return { parent };
		const foreign: ForeignParent = {
			...{ group: textOf(element, 'groupId') ?? '', artifact: textOf(element, 'artifactId') ?? '', version: textOf(element, 'version') ?? '' },
			...(written !== '' && { place: written }),
			line: element.line,
		};
		return { foreignParent: foreign };
	}

	#placeOf(path: string): string | undefined {
		return this.#files.text(path) !== undefined ? path : this.#fileIn(path);
	}
}

/** Maven takes a parent from a repository where the file at its place has other coordinates. */
function isMeant({ artifact, group, version }: Pom, parent: Element): boolean {
	const fits = (name: string, value: string): boolean => {
		const asked = textOf(parent, name);
		return asked === undefined || asked === value || value === '' || /\$\{/.test(asked + value);
	};
	return fits('artifactId', artifact) && fits('groupId', group) && fits('version', version);
}

/** https://maven.apache.org/guides/introduction/introduction-to-profiles.html: one that is asked for turns those off that are active by default. */
function activeProfiles(profiles: readonly Element[], asked: readonly string[]): readonly Element[] {
	const idOf = (profile: Element): string => textOf(profile, 'id') ?? '';
	const named = profiles.filter((profile) => asked.includes(idOf(profile)));
	if (named.length > 0) return named;
	return profiles.filter((one) => textOf(one, 'activation', 'activeByDefault') === 'true' && !asked.includes(`!${idOf(one)}`));
}

export function folderOf(file: string): string {
	const folder = posix.dirname(file);
	return folder === '.' ? '' : folder;
}

function parentFolder(folder: string): string {
	return folderOf(folder);
}
