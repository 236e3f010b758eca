/** Layers as other tools write them: any member, in any order. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { Layer } from '../../src/image/types.js';
import { digestOfHex, sha256 } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';

export type Member = Partial<Header> & { readonly name: string; readonly content?: string };

export async function packed(members: readonly Member[]): Promise<Layer> {
	const tar = pack();
	for (const { content, ...header } of members) tar.entry({ mtime: new Date(1e12), ...header } as Header, content ?? '');
	tar.finalize();
	const parts: Buffer[] = [];
	for await (const part of tar) parts.push(part as unknown as Buffer);
	const plain = Buffer.concat(parts);
	const bytes = gzipSync(plain);
	return {
		name: 'test',
		purpose: 'app',
		history: {},
		diffId: digestOfHex(createHash('sha256').update(plain).digest('hex')),
		descriptor: { mediaType: MEDIA_TYPE.layerGzip, digest: sha256(bytes), size: bytes.length },
		open: async () => Readable.from([bytes]),
	};
}
