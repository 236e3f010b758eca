/** Worker thread: decompresses xz chunks; decompression on the main thread would starve its sockets. */

import { ReadableStream } from 'node:stream/web';
import { parentPort } from 'node:worker_threads';
import { XzReadableStream } from 'xz-decompress';

/** Main to worker: a compressed chunk, or null for the end. Worker to main: bytes, 'more' when it wants the next, or an error text. */
export type ToWorker = Uint8Array | null;
export type FromWorker = { readonly bytes: Uint8Array } | { readonly more: true } | { readonly done: true } | { readonly error: string };

const port = parentPort;
if (port === null) throw new Error('started outside a worker thread');

const post = (message: FromWorker): void => port.postMessage(message);
const compressed = new ReadableStream<Uint8Array>(
	{
		pull: (controller) =>
			new Promise<void>((resolve) => {
				port.once('message', (chunk: ToWorker) => {
					if (chunk === null) controller.close();
					else controller.enqueue(chunk);
					resolve();
				});
				post({ more: true });
			}),
	},
	{ highWaterMark: 0 },
);

async function run(): Promise<void> {
	const reader = new XzReadableStream(compressed as never).getReader();
	for (let next = await reader.read(); !next.done; next = await reader.read()) post({ bytes: next.value });
	post({ done: true });
}

run().catch((error: unknown) => post({ error: error instanceof Error ? error.message : String(error) }));
