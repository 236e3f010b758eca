/** What of a request may be shown: anything that could let somebody in is cut out before it becomes an event. */
import { redact } from '../errors.js';
import type { Headers, TareEvent } from '../events.js';

const HIDDEN = '***';
/** Sent headers hold what users configure, under any name: only these are shown. */
const OPEN_SENT = /^(?:accept(?:-.+)?|content-.+|user-agent|range|if-.+|host|connection|metadata(?:-flavor)?|x-amz-(?:target|date))$/;
const SECRET_RECEIVED = /auth|cookie|token|secret|passw|credential|signature|session|identity|nonce|otp|key/;
/** Says where and how to ask, without an answer. */
const CHALLENGE = 'www-authenticate';
const LINKS = new Set(['location', 'content-location', 'link', CHALLENGE]);
/** Of queries what the distribution specification defines; the rest belongs to signed URLs, upload sessions and other people's APIs. */
const OPEN_QUERY = new Set(['digest', 'mount', 'from', 'n', 'last', 'artifactType', 'scope', 'service', 'api-version']);

interface Exchange {
	readonly method: string;
	readonly url: string;
	readonly sent: Readonly<Record<string, string>>;
}

type Answered = Extract<TareEvent, { readonly type: 'request' }>;
type Unanswered = Extract<TareEvent, { readonly type: 'request-failed' }>;
type Answer = { readonly status: number; readonly headers: Iterable<readonly [string, string]> };

/** What is cut out is looked for when somebody looks: most requests nobody sees. */
export function answered({ method, url, sent }: Exchange, { status, headers }: Answer, ms: number): Answered {
	return {
		type: 'request',
		method,
		status,
		ms,
		get url() {
			return shownUrl(url);
		},
		get sent() {
			return shownSent(sent);
		},
		get received() {
			return shownReceived(headers);
		},
	};
}

export function unanswered({ method, url, sent }: Exchange, says: string, ms: number): Unanswered {
	return { type: 'request-failed', method, url: shownUrl(url), sent: shownSent(sent), says, ms };
}

export function shownUrl(url: string): string {
	const [, path = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
	return redact(query === undefined ? path : `${path}?${query.split('&').map(shownPair).join('&')}`);
}

function shownPair(pair: string): string {
	const [name = '', value] = pair.split('=', 2);
	if (value === undefined) return HIDDEN;
	return OPEN_QUERY.has(name) ? pair : `${name}=${HIDDEN}`;
}

export function shownSent(headers: Readonly<Record<string, string>>): Headers {
	return shown(Object.entries(headers), (name, value) => (OPEN_SENT.test(name) ? redact(value) : hidden(value)));
}

export function shownReceived(headers: Iterable<readonly [string, string]>): Headers {
	return shown(headers, (name, value) => {
		if (name !== CHALLENGE && SECRET_RECEIVED.test(name)) return hidden(value);
		if (!LINKS.has(name)) return redact(value.replace(/https?:\/\/[^\s"<>]+/g, shownUrl));
		return value.replace(/\b(Negotiate|NTLM)\s+\S+/gi, `$1 ${HIDDEN}`).replace(/[^\s"<>]+/g, shownUrl);
	});
}

function shown(headers: Iterable<readonly [string, string]>, show: (name: string, value: string) => string): Headers {
	return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), show(name.toLowerCase(), value)]));
}

/** Of credentials the scheme is shown: it says which of them were sent. */
function hidden(value: string): string {
	return `${/^(?:Basic|Bearer|AWS4-HMAC-SHA256) /i.exec(value)?.[0] ?? ''}${HIDDEN}`;
}
