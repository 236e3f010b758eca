/** Where Python finds a module: its search path, over files of the source and folders of this machine. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of the search path. */
export interface Root {
	/** Names in a folder below it; undefined where there is no such folder. */
	names(folder: string): ReadonlySet<string> | undefined;
	/** Path in the source, where files of the project are found here. */
	readonly own?: string;
	/** Packages that have the modules which are there, and make no others. */
	readonly whole?: readonly string[];
}

export interface Found {
	/** Files of the project that are run when the module is imported, relative to the source. */
	readonly files: readonly string[];
	/** The name up to the part that is nowhere. */
	readonly missing?: string;
	/** The missing part belongs to a package of the project. */
	readonly inOwn?: string;
	/** Names in it can be nothing but modules. */
	readonly namespace: boolean;
}

interface Portion {
	readonly root: Root;
	readonly folder: string;
}

export function findModule(name: string, roots: readonly Root[]): Found {
	const files: string[] = [];
	let portions: readonly Portion[] = roots.map((root) => ({ root, folder: '' }));
	let owner: Portion | undefined;
	const parts = name.split('.');
	for (const [at, part] of parts.entries()) {
		const found = step(part, portions);
		if (found === undefined) {
			const missing = parts.slice(0, at + 1).join('.');
			// What a package of others makes of its own names is its affair.
			if (owner !== undefined && owner.root.own === undefined && owner.root.whole?.includes(parts[0] as string) !== true) return { files, namespace: false };
			const inOwn = owner === undefined ? undefined : sourcePath(owner.root, `${owner.folder}/__init__.py`);
			return { files, missing, namespace: false, ...(inOwn !== undefined && { inOwn }) };
		}
		const { file, regular, below } = found;
		if (file !== undefined) files.push(file);
		if (below.length === 0) return { files, namespace: false };
		portions = below;
		owner = regular ? below[0] : undefined;
	}
	return { files, namespace: owner === undefined };
}

interface Step {
	/** Of the project. */
	readonly file?: string;
	readonly regular: boolean;
	/** Empty for a module that is no package. */
	readonly below: readonly Portion[];
}

function step(part: string, portions: readonly Portion[]): Step | undefined {
	const spaces: Portion[] = [];
	for (const { root, folder } of portions) {
		const inside = below(folder, part);
		const names = root.names(inside);
		const init = names === undefined ? undefined : moduleFile('__init__', names);
		if (init !== undefined) return { ...owned(root, `${inside}/${init}`), regular: true, below: [{ root, folder: inside }] };
		const file = moduleFile(part, root.names(folder) ?? new Set());
		if (file !== undefined) return { ...owned(root, below(folder, file)), regular: true, below: [] };
		if (names !== undefined) spaces.push({ root, folder: inside });
	}
	return spaces.length === 0 ? undefined : { regular: false, below: spaces };
}

function owned(root: Root, path: string): Pick<Step, 'file'> {
	const file = sourcePath(root, path);
	return file === undefined ? {} : { file };
}

function sourcePath({ own }: Root, path: string): string | undefined {
	return own === undefined ? undefined : below(own, path);
}

function moduleFile(name: string, names: ReadonlySet<string>): string | undefined {
	if (names.has(`${name}.py`)) return `${name}.py`;
	return [...names].find((one) => one.startsWith(`${name}.`) && /^(?:\.[\w-]+)*\.(?:so|pyc)$/.test(one.slice(name.length)));
}

function below(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}

/** Files of the source that are shipped, found from one of its folders. */
export function sourceRoots(paths: readonly string[]): (folder: string) => Root {
	const folders = new Map<string, Set<string>>([['', new Set()]]);
	for (const path of paths) {
		const parts = path.split('/');
		for (let at = parts.length - 1; at >= 0; at--) {
			const folder = parts.slice(0, at).join('/');
			const names = folders.get(folder) ?? new Set();
			folders.set(folder, names.add(parts[at] as string));
		}
	}
	return (own) => ({ own, names: (folder) => folders.get([own, folder].filter((part) => part !== '').join('/')) });
}

/** A folder of this machine that becomes one of the image. */
export function diskRoot(dir: string): Root {
	const known = new Map<string, ReadonlySet<string> | undefined>();
	return {
		names(folder) {
			if (!known.has(folder)) known.set(folder, listed(join(dir, folder)));
			return known.get(folder);
		},
	};
}

function listed(dir: string): ReadonlySet<string> | undefined {
	try {
		return new Set(readdirSync(dir));
	} catch {
		return undefined;
	}
}

/** Installed packages, with the folders that `.pth` files add (https://docs.python.org/3/library/site.html). */
export function siteRoots(site: string): readonly Root[] {
	const names = [...(listed(site) ?? [])].filter((name) => name.endsWith('.pth'));
	const added = names.flatMap((name) => readFileSync(join(site, name), 'utf8').split('\n'));
	const folders = added.map((line) => line.trim()).filter((line) => line !== '' && !/^(?:#|import[ \t]|\/)/.test(line));
	return [site, ...folders.map((folder) => join(site, folder)).filter((folder) => existsSync(folder))].map(diskRoot);
}
