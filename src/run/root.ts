/** An image unpacked in the store: kept like everything there, so that the second run starts at once. Never written to by a run. */
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { TareError } from '../errors.js';
import type { Image } from '../image/types.js';
import { pathInside } from '../layers/inside.js';
import { unpackLayers } from '../layers/unpack.js';
import { stableJson } from '../stable-json.js';
import type { Store } from '../store/contract.js';
import type { Root } from './contract.js';
import { resolveUser } from './user.js';

/** Grows when folders are made differently. */
const RECIPE = 1;
const FOLDERS = ['/proc', '/dev', '/sys'];
/** What a container has of its machine: without, no name of a host is found. */
export const NETWORK_FILES = ['/etc/hosts', '/etc/resolv.conf'];

export interface RootOptions {
	/** Files belong to whom the layers say; else all is the caller's. */
	readonly owners: boolean;
	/** Absolute paths in the image that must be there: to mount at. */
	readonly folders: readonly string[];
	readonly files: readonly string[];
	/** Where to make it, for this run alone; default: kept in the store. */
	readonly at?: string;
}

/**
 * The key is made of the layers' digests, which are verified, not of what a configuration says they unpack to.
 * @param unpacking called where there is something to do @throws TareError IMAGE_INVALID | NO_SPACE | STORE_* | NETWORK
 */
export async function openRoot(
	image: Image,
	{ owners, folders, files, at }: RootOptions,
	store: Store,
	unpacking: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Root> {
	const places = [...FOLDERS, ...folders].sort();
	const digests = image.layers.map(({ descriptor }) => descriptor.digest);
	const key = createHash('sha256').update(stableJson({ RECIPE, owners, digests, places, files })).digest('hex');
	const fill = async (dir: string): Promise<void> => {
		await unpacking(() => unpackLayers(image.layers, dir, { owners }));
		for (const place of places) makeFolder(dir, place);
		for (const place of [...NETWORK_FILES, ...files]) makeFile(dir, place);
	};
	const path = at ?? (await store.tree('root', key, fill));
	if (at !== undefined) {
		mkdirSync(at);
		await fill(at);
	}
	const textOf = (file: string): string => textInside(path, file);
	return {
		path,
		user: resolveUser(image.config.value.config?.User ?? '', { passwd: textOf('/etc/passwd'), group: textOf('/etc/group') }),
		place: (text) => `/${relative(path, pathInside(path, text, 'target'))}`,
	};
}

function makeFolder(root: string, place: string): void {
	const at = pathInside(root, place, 'target');
	mkdirSync(at, { recursive: true, mode: 0o755 });
	// What is mounted there gets the folder's mode.
	if (place === '/tmp') chmodSync(at, 0o1777);
}

/** A link that leads nowhere, as to systemd's resolv.conf, becomes a file. */
function makeFile(root: string, place: string): void {
	const at = pathInside(root, place, 'itself');
	if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(at);
	mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
	writeFileSync(at, '', { flag: 'a', mode: 0o644 });
}

function textInside(root: string, path: string): string {
	const at = pathInside(root, path, 'target');
	try {
		return readFileSync(at, 'utf8');
	} catch {
		return '';
	}
}

/** The program of a command line. @param search the image's PATH @returns its place on this machine @throws TareError RUN_FAILED where the image does not have it */
export function programInside(root: string, program: string, search: string, cwd: string): string {
	const folders = program.startsWith('/') ? [''] : program.includes('/') ? [cwd] : search.split(':').filter((folder) => folder.startsWith('/'));
	for (const folder of folders) {
		const at = pathInside(root, `${folder}/${program}`, 'target');
		const there = lstatSync(at, { throwIfNoEntry: false });
		if (there?.isFile() === true && there.mode & 0o111) return at;
	}
	throw new TareError('RUN_FAILED', `the image has no program ${program}`, { hint: 'See what it starts with `tare inspect`.' });
}
