/** The time a request may take: a timer that every byte puts back, and one for the whole. */
import { TareError } from '../errors.js';

export interface Watch {
	readonly signal: AbortSignal;
	/** A byte went by. */
	alive(): void;
	stop(): void;
	readonly slowMs: number;
	/** Why the signal was set, when it was this watch. */
	readonly reason: TareError | undefined;
}

export interface WatchOptions {
	readonly host: string;
	readonly idleMs: number;
	/** How long a body may come at less than the least pace. */
	readonly slowMs: number;
	/** For headers and body together; none for bodies of any size. */
	readonly wholeMs?: number;
	/** Others that may end the request. */
	readonly signals: readonly (AbortSignal | undefined)[];
}

export function startWatch({ host, idleMs, slowMs, wholeMs, signals }: WatchOptions): Watch {
	const controller = new AbortController();
	let reason: TareError | undefined;
	const fail = (says: string): void => {
		reason = new TareError('NETWORK', `${host} ${says}`, { hint: 'Check the network and the proxy variables, then try again.', data: { timeout: true } });
		controller.abort(reason);
	};
	// Neither holds the process: while there is a connection it does, and after that there is nothing to wait for.
	let timer: NodeJS.Timeout | undefined = setTimeout(() => fail(`sent nothing for ${seconds(idleMs)}`), idleMs).unref();
	const whole = wholeMs === undefined ? undefined : setTimeout(() => fail(`did not answer within ${seconds(wholeMs)}`), wholeMs).unref();
	const forward = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
	for (const signal of signals) {
		if (signal?.aborted === true) controller.abort(signal.reason);
		signal?.addEventListener('abort', forward, { once: true });
	}
	return {
		signal: controller.signal,
		slowMs,
		alive: () => void timer?.refresh(),
		stop() {
			clearTimeout(timer);
			clearTimeout(whole);
			timer = undefined;
			for (const signal of signals) signal?.removeEventListener('abort', forward);
		},
		get reason() {
			return reason;
		},
	};
}

function seconds(ms: number): string {
	return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
