/** The least pace of a body: a server that sends a byte now and then never ends, and is never silent. */
import { TareError } from '../errors.js';

/** Bytes for each second of waiting. */
const LEAST = 1024;

export interface Pace {
	/** @throws TareError NETWORK when too little came for too long */
	got(chunk: Uint8Array): void;
	/** The next bytes are waited for from now on: the reader's own time does not count. */
	ask(): void;
}

export function startPace(host: string, slowMs: number): Pace {
	let asked = performance.now();
	let waited = 0;
	let bytes = 0;
	return {
		ask() {
			asked = performance.now();
		},
		got({ length }) {
			waited += performance.now() - asked;
			bytes += length;
			if (waited < slowMs) return;
			if (bytes < (LEAST * waited) / 1000)
				throw new TareError('NETWORK', `${host} sends less than a kilobyte a second`, {
					hint: 'Check the network and the proxy variables, then try again later.',
					data: { timeout: true },
				});
			waited = 0;
			bytes = 0;
		},
	};
}
