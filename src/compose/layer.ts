/** Layers of a hand-made image: from a folder, from files, from entries. They read nothing before an output is asked for. */
import { TareError } from '../errors.js';
import type { Purpose } from '../image/types.js';
import type { Entry } from '../layers/entry.js';
import type { Platform } from '../oci/types.js';
import type { ImageLayer, LayerPlace } from './types.js';

/** Numeric: `65532`, or `'1000:1000'`. */
export type Owner = number | `${number}:${number}`;

export interface LayerOptions {
	/** Letters, digits, `_` and `-`. */
	readonly name?: string;
	/** What the layer is for, as `tare inspect` says it; default `app`. */
	readonly purpose?: Purpose;
}

export interface DirectoryLayerOptions extends LayerOptions {
	/** Folder in the image that gets the contents, e.g. `/app`. */
	readonly at: string;
	/** Of files and of the folders below `at`; default root. */
	readonly owner?: Owner;
	/** Of files, e.g. `0o640`; default 0755 where somebody may execute, else 0644. */
	readonly mode?: number;
	/** Patterns in `.dockerignore` syntax. Version control, `.env`, keys and the like are left out anyway, unless `!PATTERN` brings them back. */
	readonly exclude?: readonly string[];
}

/** A file by its content, a file of the disk, or a symbolic link. */
export type FileOption =
	| string
	| Uint8Array
	| { readonly content: string | Uint8Array; readonly from?: never; readonly link?: never; readonly mode?: number; readonly owner?: Owner }
	/** Relative to the image's `dir`. */
	| { readonly from: string; readonly content?: never; readonly link?: never; readonly mode?: number; readonly owner?: Owner }
	| { readonly link: string; readonly content?: never; readonly from?: never };

/**
 * Makes layers for {@link image}.
 * @example
 * image().with(layer.dir('dist', { at: '/app', exclude: ['*.log'] }), layer.files({ '/app/version': '1.0' }))
 */
export const layer = Object.freeze({
	/**
	 * A folder of this machine. With a function the folder is another for each platform.
	 * @param from relative to the image's `dir`, or absolute
	 */
	dir(from: string | ((platform: Platform) => string), options: DirectoryLayerOptions): ImageLayer {
		return made(options, async (place) => (await import('./contents.js')).directoryContents(pathFor(from, place), options, place));
	},

	/** Files by their absolute place in the image. */
	files(files: Readonly<Record<string, FileOption>>, options: LayerOptions = {}): ImageLayer {
		const copy = { ...files };
		return made(options, async (place) => (await import('./contents.js')).fileContents(copy, place));
	},

	/** Anything else; a function is asked once for each platform, when an output is asked for. */
	entries(entries: readonly Entry[] | ((place: LayerPlace) => readonly Entry[] | Promise<readonly Entry[]>), options: LayerOptions = {}): ImageLayer {
		return made(options, async (place) => (typeof entries === 'function' ? entries(place) : entries));
	},
});

function pathFor(from: string | ((platform: Platform) => string), { platform }: LayerPlace): string {
	return typeof from === 'function' ? from(platform) : from;
}

/** @throws TareError USAGE */
function made({ name, purpose = 'app' }: LayerOptions, entries: ImageLayer['entries']): ImageLayer {
	if (name !== undefined && !/^[\w-]+$/.test(name)) throw new TareError('USAGE', `"${name}" is no name for a layer`, { hint: 'Use letters, digits, - and _.' });
	return Object.freeze({ ...(name !== undefined && { name }), purpose, entries });
}
