/** Unpacks npm tarballs, safely: only files and folders below the package's own root. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { messageOf, TareError } from '../../errors.js';
import { imagePath } from '../../layers/entry.js';
import type { StoredBlob } from '../../store/contract.js';

export interface TarballFile {
	/** Below the package's folder. */
	readonly path: string;
	readonly size: number;
	readonly executable: boolean;
}

/** @param onFile gets each wanted file's content; it must read it to the end @throws TareError BASE_INVALID */
export async function readTarball(
	tarball: StoredBlob,
	what: string,
	wants: (path: string) => boolean,
	onFile: (file: TarballFile, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
	const tar = extract();
	const gunzip = createGunzip({ chunkSize: 1 << 18 });
	const source: Readable = tarball.open();
	source.once('error', (error) => tar.destroy(error));
	gunzip.once('error', (error) => tar.destroy(error));
	source.pipe(gunzip).pipe(tar as never);
	try {
		for await (const entry of tar) {
			const { name, type, mode = 0, size = 0 } = entry.header;
			// npm strips the first folder, whatever it is called.
			const path = name.split('/').slice(1).join('/');
			if (type !== 'file' || path === '' || !wants(imagePath(path))) entry.resume();
			else await onFile({ path: imagePath(path), size, executable: (mode & 0o111) !== 0 }, entry as unknown as AsyncIterable<Buffer>);
		}
	} catch (cause) {
		if (cause instanceof TareError) throw cause;
		throw new TareError('BASE_INVALID', `${what} cannot be unpacked: ${messageOf(cause)}`, { cause });
	} finally {
		source.destroy();
	}
}

/** Writes the wanted files below `dir`. */
export async function unpackTarball(tarball: StoredBlob, what: string, dir: string, wants: (path: string) => boolean = () => true): Promise<void> {
	await readTarball(tarball, what, wants, async ({ path, executable }, content) => {
		const target = join(dir, path);
		mkdirSync(dirname(target), { recursive: true });
		const fd = openSync(target, 'wx', executable ? 0o755 : 0o644);
		try {
			for await (const chunk of content) writeSync(fd, chunk);
		} finally {
			closeSync(fd);
		}
	});
}
