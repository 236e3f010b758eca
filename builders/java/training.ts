/** A run of the app on this machine, to see what it does while it starts. */
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const AT_MOST_MS = 60_000;
const EVERY_MS = 200;

export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}

/** Any answer will do; an app that gives none has had its time. */
export async function untilItAnswers(port: number, ended: AbortSignal): Promise<void> {
	const late = AbortSignal.any([ended, AbortSignal.timeout(AT_MOST_MS)]);
	while (!late.aborted) {
		try {
			await fetch(`http://127.0.0.1:${port}/`, { signal: late, redirect: 'manual' });
			return;
		} catch {
			await setTimeout(EVERY_MS);
		}
	}
	if (ended.aborted) throw ended.reason;
}
