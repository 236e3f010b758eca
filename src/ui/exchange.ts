/** A request and its answer with their headers, as curl prints them. */
import type { Headers, TareEvent } from '../events.js';
import { formatDuration } from './style.js';

export function describeExchange(event: Extract<TareEvent, { readonly type: 'request' | 'request-failed' }>): string {
	const sent = [`> ${event.method} ${event.url}`, ...lines('>', event.sent)];
	const answer =
		event.type === 'request'
			? [`< ${event.status} after ${formatDuration(event.ms)}`, ...lines('<', event.received)]
			: [`< ${event.says} after ${formatDuration(event.ms)}`];
	return [...sent, ...answer].join('\n');
}

function lines(mark: string, headers: Headers): readonly string[] {
	return Object.entries(headers).map(([name, value]) => `${mark}   ${name}: ${value}`);
}
