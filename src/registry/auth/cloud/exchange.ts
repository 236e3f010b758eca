/** What the clouds' exchanges share: short and bounded requests, files, and failures in words that hold no values. */
import { readFileSync } from 'node:fs';
import { TareError } from '../../../errors.js';
import type { HttpClient, HttpRequest } from '../../../net/contract.js';
import { askHelper } from '../helper.js';
import type { Credential } from '../keychain.js';

export interface CloudSources {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly http: HttpClient;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** What the firmware calls this machine and its maker; '' where it says nothing. */
	readonly hardware: () => string;
	/** @returns undefined when it cannot be read */
	readonly readFile?: (path: string) => string | undefined;
}

export type Note = (says: string) => void;

/** A way that was set up and led nowhere. The message is shown to people: it never holds a value. */
export class InVain extends Error {}

const LIMIT = 64 * 1024;
const TIMEOUT_MS = 10_000;
/** Metadata servers are near, or not there at all. */
export const NEAR_MS = 1_000;

/** Credentials are a help: without them the registry has the last word. @throws TareError CANCELLED */
export async function inWords<T>(note: Note, work: () => Promise<T | undefined>): Promise<T | undefined> {
	try {
		return await work();
	} catch (error) {
		if (isCancelled(error)) throw error;
		note(error instanceof InVain ? error.message : 'the credentials of this cloud are not of the expected form');
		return undefined;
	}
}

export async function askHelpers(names: readonly string[], host: string, { env }: CloudSources, note: Note): Promise<Credential | undefined> {
	for (const name of names) {
		const answer = await askHelper(name, host, env);
		if (answer.kind === 'found') return answer.credential;
		note(answer.says);
	}
	return undefined;
}

export async function askText(http: HttpClient, request: HttpRequest, who: string): Promise<string> {
	// The client's own message may hold the whole URL.
	const fail = (says: string) => (error: unknown) => {
		throw isCancelled(error) ? error : new InVain(`${who} ${says}`);
	};
	const response = await http.request({ timeoutMs: TIMEOUT_MS, ...request, redirects: 0 }).catch(fail('cannot be reached'));
	const bytes = await response.bytes(LIMIT).catch(fail('sends no whole answer, or too long a one'));
	if (response.status !== 200) throw new InVain(`${who} answers with HTTP ${response.status}`);
	return Buffer.from(bytes).toString();
}

export async function askJson(http: HttpClient, request: HttpRequest, who: string): Promise<unknown> {
	return parseJson(await askText(http, request, who), `what ${who} answers`);
}

export function form(url: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): HttpRequest {
	const body = Buffer.from(new URLSearchParams(fields).toString());
	return { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers }, body };
}

export function parseJson(text: string, what: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new InVain(`${what} is not JSON`);
	}
}

/** @returns undefined where there is no such string */
export function field(value: unknown, name: string): string | undefined {
	const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
	return typeof found === 'string' && found !== '' ? found : undefined;
}

export function need(value: unknown, name: string, what: string): string {
	const found = field(value, name);
	if (found === undefined) throw new InVain(`${what} has no ${name}`);
	return found;
}

export function readText({ readFile = readFromDisk }: CloudSources, path: string, what: string): string {
	const text = readFile(path);
	if (text === undefined) throw new InVain(`${what} cannot be read`);
	return text;
}

export function readFromDisk(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
}

/** Unencrypted only to this machine and to the addresses that clouds answer at without a network in between. */
export function safeUrl(url: string, what: string): string {
	if (!URL.canParse(url)) throw new InVain(`${what} is no URL`);
	const { protocol, hostname } = new URL(url);
	if (protocol === 'https:' || (protocol === 'http:' && isNear(hostname))) return url;
	throw new InVain(`${what} is not encrypted`);
}

export function encryptedUrl(url: string, what: string): string {
	if (!URL.canParse(url)) throw new InVain(`${what} is no URL`);
	const { protocol, hostname } = new URL(url);
	if (protocol !== 'https:') throw new InVain(`${what} is not encrypted`);
	if (isNear(hostname)) throw new InVain(`${what} is an address of this machine`);
	return url;
}

function isNear(hostname: string): boolean {
	const host = hostname.replace(/^\[|\]$/g, '');
	return /^(?:localhost|127\.\d+\.\d+\.\d+|169\.254\.\d+\.\d+|::1|fe80:.*|fd00:ec2::[\da-f]+|metadata\.google\.internal)$/i.test(host);
}

function isCancelled(error: unknown): boolean {
	return error instanceof TareError && error.code === 'CANCELLED';
}
