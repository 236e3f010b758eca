/** xz on the calling thread: for a script that was bundled with Tare to one file, which has no worker beside it. */
import { ReadableStream } from 'node:stream/web';
import { XzReadableStream } from 'xz-decompress';
import { messageOf, TareError } from '../../errors.js';

/** @throws TareError BASE_INVALID */
export async function* decompressHere(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
	const reader = new XzReadableStream(ReadableStream.from(source) as never).getReader();
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) yield Buffer.from(next.value);
	} catch (cause) {
		if (cause instanceof TareError) throw cause;
		throw new TareError('BASE_INVALID', `an xz stream is damaged: ${messageOf(cause)}`, { cause });
	}
}
