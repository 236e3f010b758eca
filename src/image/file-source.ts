/** Where an image's files are read from: a folder or an archive. */
import type { Readable } from 'node:stream';

/** Files by name, as a layout has them; names are checked by the callers' digests, never joined from an image's own text. */
export interface FileSource {
	readonly what: string;
	read(name: string): Buffer;
	stream(name: string): Readable;
	size(name: string): number | undefined;
}
