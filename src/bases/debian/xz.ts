/** xz streams (https://tukaani.org/xz/xz-file-format.txt), decompressed in a worker thread. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { TareError } from '../../errors.js';
import type { FromWorker, ToWorker } from './xz-worker.js';

const PIECE = 64 * 1024;

const WORKER = new URL('./xz-worker.js', import.meta.url);

/** @throws TareError BASE_INVALID */
export async function* decompressXz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
	// A script that was bundled with Tare is one file.
	if (existsSync(WORKER)) yield* inWorker(source);
	else yield* (await import('./xz-inline.js')).decompressHere(source);
}

async function* inWorker(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
	const worker = new Worker(WORKER, { resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } });
	const input = pieces(source);
	const queue: FromWorker[] = [];
	let wake = (): void => undefined;
	const hear = (message: FromWorker): void => {
		queue.push(message);
		wake();
	};
	worker.on('message', hear);
	worker.on('error', (error) => hear({ error: String(error) }));
	try {
		for (;;) {
			// A race of promises would keep every message until the last one.
			if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
			const message = queue.shift();
			if (message === undefined) continue;
			if ('error' in message) throw new TareError('BASE_INVALID', `an xz stream is damaged: ${message.error}`);
			if ('done' in message) return;
			if ('bytes' in message) {
				yield Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength);
			} else {
				const next = await input.next();
				worker.postMessage((next.done === true ? null : next.value) satisfies ToWorker);
			}
		}
	} finally {
		await worker.terminate();
		await input.return(undefined);
	}
}

/** Small input pieces bound how much output the worker can post ahead of its reader. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	for await (const chunk of source) {
		for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
	}
}
