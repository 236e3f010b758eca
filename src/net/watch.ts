/** The time a request may take: a timer that every byte puts back, and one for the whole. */
import { TareError } from '../errors.js';

export interface Watch {
	/** Tells node-fetch to stop. */
	readonly signal: Stop;
	/** A byte went by. */
	alive(): void;
	stop(): void;
	/** Why the signal was set, when it was this watch. */
	readonly reason: TareError | undefined;
}

export interface WatchOptions {
	readonly host: string;
	readonly idleMs: number;
	/** For headers and body together; none for bodies of any size. */
	readonly wholeMs?: number;
	/** Others that may end the request. */
	readonly signals: readonly (AbortSignal | undefined)[];
}

export function startWatch({ host, idleMs, wholeMs, signals }: WatchOptions): Watch {
	const signal = new Stop();
	let reason: TareError | undefined;
	const fail = (says: string): void => {
		reason = new TareError('NETWORK', `${host} ${says}`, { hint: 'Check the network and the proxy variables, then try again.', data: { timeout: true } });
		signal.set();
	};
	// Neither holds the process: while there is a connection it does, and after that there is nothing to wait for.
	let timer: NodeJS.Timeout | undefined = setTimeout(() => fail(`sent nothing for ${seconds(idleMs)}`), idleMs).unref();
	const whole = wholeMs === undefined ? undefined : setTimeout(() => fail(`did not answer within ${seconds(wholeMs)}`), wholeMs).unref();
	const followed = signals.flatMap((from) => (from === undefined ? [] : [follow(from, signal)]));
	return {
		signal,
		alive: () => void timer?.refresh(),
		stop() {
			clearTimeout(timer);
			clearTimeout(whole);
			timer = undefined;
			for (const forget of followed) forget();
		},
		get reason() {
			return reason;
		},
	};
}

/** What node-fetch asks of an AbortSignal, and no more: Node's own is a good part of what a small request costs. */
class Stop {
	readonly [Symbol.toStringTag] = 'AbortSignal';
	readonly #listeners = new Set<() => void>();
	aborted = false;

	set(): void {
		if (this.aborted) return;
		this.aborted = true;
		for (const listener of [...this.#listeners]) listener();
	}

	addEventListener(_type: 'abort', listener: () => void): void {
		this.#listeners.add(listener);
	}

	removeEventListener(_type: 'abort', listener: () => void): void {
		this.#listeners.delete(listener);
	}
}

/** One listener a signal, however many requests it may end. */
const followers = new WeakMap<AbortSignal, Set<Stop>>();

/** @returns what ends it */
function follow(from: AbortSignal, stop: Stop): () => void {
	if (from.aborted) stop.set();
	const all = followers.get(from) ?? followersOf(from);
	all.add(stop);
	return () => void all.delete(stop);
}

function followersOf(signal: AbortSignal): Set<Stop> {
	const all = new Set<Stop>();
	followers.set(signal, all);
	const setAll = (): void => {
		for (const one of [...all]) one.set();
	};
	signal.addEventListener('abort', setAll, { once: true });
	return all;
}

function seconds(ms: number): string {
	return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
