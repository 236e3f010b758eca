/** A tar of named blobs, written aside and renamed: what both archive formats are. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Blob } from '../image/types.js';
import { asideOf, removeLeftovers } from './aside.js';
import { outputFailure } from './failure.js';

export type Member =
	| { readonly name: string; readonly blob: Blob }
	| { readonly name: string; readonly bytes: Uint8Array }
	| { readonly name: string; readonly folder: true };

/** Equal members give equal bytes: no times, owners or modes of the host. @throws TareError OUTPUT_UNWRITABLE | NO_SPACE */
export async function writeTarFile(path: string, members: readonly Member[]): Promise<void> {
	const temporary = asideOf(path);
	removeLeftovers(path);
	try {
		await mkdir(dirname(path), { recursive: true });
		const tar = pack({ highWaterMark: 1 << 20 } as object);
		const feeding = feed(tar, members).catch((error: Error) => tar.destroy(error));
		await pipeline(tar as unknown as NodeJS.ReadableStream, createWriteStream(temporary, { flags: 'wx', highWaterMark: 4 << 20 }));
		await feeding;
		await rename(temporary, path);
	} catch (cause) {
		await rm(temporary, { force: true });
		throw outputFailure(cause, path);
	}
}

async function feed(tar: ReturnType<typeof pack>, members: readonly Member[]): Promise<void> {
	for (const member of members) {
		const common = { name: member.name, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
		if ('folder' in member) tar.entry({ ...common, name: `${member.name}/`, type: 'directory', mode: 0o755 });
		else if ('bytes' in member) tar.entry({ ...common, type: 'file', mode: 0o644 }, Buffer.from(member.bytes));
		else {
			const entry = tar.entry({ ...common, type: 'file', mode: 0o644, size: member.blob.descriptor.size });
			await pipeline(await member.blob.open(), entry as unknown as NodeJS.WritableStream);
		}
	}
	tar.finalize();
}

/** The members of a layout: `blobs/`, each blob once in the order given. */
export function blobMembers(blobs: readonly Blob[], nameOf: (blob: Blob) => string): readonly Member[] {
	const seen = new Set<string>();
	return [
		{ name: 'blobs', folder: true },
		{ name: 'blobs/sha256', folder: true },
		...blobs.flatMap((blob): Member[] => {
			const name = nameOf(blob);
			if (seen.has(name)) return [];
			seen.add(name);
			return [{ name, blob }];
		}),
	];
}
