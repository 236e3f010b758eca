/** zstd for layers of others: Node's own from 22.15 on, before that a decoder in JavaScript. */
import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';

export function zstdDecompressor(): NodeJS.ReadWriteStream {
	const create = (zlib as unknown as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress;
	return create === undefined ? inJavaScript() : create();
}

function inJavaScript(): Transform {
	const decoder = new Decompress((chunk) => {
		if (chunk.length > 0) stream.push(Buffer.from(chunk));
	});
	const attempt = (work: () => void, done: (error?: Error | null) => void): void => {
		try {
			work();
			done();
		} catch (error) {
			done(error instanceof Error ? error : new Error(String(error)));
		}
	};
	const stream = new Transform({
		transform: (chunk: Uint8Array, _encoding, done) => attempt(() => decoder.push(chunk), done),
		flush: (done) => attempt(() => decoder.push(new Uint8Array(), true), done),
	});
	return stream;
}
