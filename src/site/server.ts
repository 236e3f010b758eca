/**
 * A program: serves the site of /tare/site.json from /app. It knows every file beforehand, so nothing else can be asked for: no dotfile,
 * no path out of the folder, no link. Semantics: RFC 9110 (conditional requests, ranges, content negotiation).
 */
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { SITE_INDEX, SITE_ROOT, type Site, type SiteFile } from './site.js';

interface Found {
	readonly path: string;
	readonly file: SiteFile;
	readonly status: number;
}
type Answer = Found | { readonly location: string; readonly status: number };

const site = JSON.parse(readFileSync(process.env.TARE_SITE_INDEX ?? SITE_INDEX, 'utf8')) as Site;
const root = process.env.TARE_SITE_ROOT ?? SITE_ROOT;
const redirects = site.redirects.map((redirect) => ({ ...redirect, pattern: new RegExp(redirect.from) }));
const headers = site.headers.map(({ path, set }) => ({ pattern: new RegExp(path), set }));

/** A name with a content hash in it never means other content. */
const HASHED = /[.-](?=[^./]*\d)[A-Za-z0-9_-]{8,}\.(?:[a-z0-9]+\.)?[a-z0-9]+$|\/_next\/static\/|\/_app\/immutable\//;

function fileAt(path: string, status = 200): Found | undefined {
	const file = Object.hasOwn(site.files, path) ? site.files[path] : undefined;
	return file === undefined ? undefined : { path, file, status };
}

/** /about is about.html; /docs/ is docs/index.html; /docs becomes /docs/ where relative links need it. */
function pageAt(path: string, query: string): Answer | undefined {
	if (path.endsWith('/')) return fileAt(`${path}index.html`);
	return (
		fileAt(path) ??
		fileAt(`${path}.html`) ??
		(fileAt(`${path}/index.html`) === undefined ? undefined : { location: `${encodeURI(path)}/${query}`, status: 301 })
	);
}

function redirected(path: string, query: string, forced: boolean): Answer | undefined {
	for (const { pattern, to, status, force } of redirects) {
		const match = force === forced ? pattern.exec(path) : null;
		if (match === null) continue;
		const target = to.replace(/:([A-Za-z]\w*)/g, (whole, name: string) => match.groups?.[name] ?? (name === 'splat' ? '' : whole));
		if (status >= 300 && status < 400) return { location: target.includes('?') ? target : encodeURI(decodeURI(target)) + query, status };
		const page = pageAt(new URL(target, 'http://site').pathname, '');
		if (page !== undefined && 'file' in page) return { ...page, status };
	}
	return undefined;
}

function answerTo(path: string, query: string): Answer | undefined {
	return redirected(path, query, true) ?? pageAt(path, query) ?? redirected(path, query, false) ?? fallback(path);
}

/** A path that looks like a file is one that is missing: a script must not get a page. */
function fallback(path: string): Answer | undefined {
	if (site.singlePage && !/\.[a-z0-9]+$/i.test(path)) return fileAt('/index.html');
	return fileAt('/404.html', 404);
}

const server = createServer((request, response) => {
	const [, raw = '/', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(request.url ?? '/') ?? [];
	response.setHeader('x-content-type-options', 'nosniff');
	if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'method not allowed', { allow: 'GET, HEAD' });
	let path: string;
	try {
		path = decodeURIComponent(raw);
	} catch {
		return plain(response, 400, 'bad request');
	}
	for (const { pattern, set } of headers) if (pattern.test(path)) for (const [name, value] of Object.entries(set)) response.setHeader(name, value);
	const answer = answerTo(path, query);
	if (answer === undefined) return plain(response, 404, 'not found');
	// A location must not become another host's: //evil.example.
	if ('location' in answer) return plain(response, answer.status, '', { location: answer.location.replace(/^\/{2,}/, '/') });
	return send(request, response, answer);
});

function plain(response: ServerResponse, status: number, text: string, extra: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache', ...extra });
	response.end(text === '' ? undefined : `${text}\n`);
}

function send(request: IncomingMessage, response: ServerResponse, { path, file, status }: Found): void {
	const encoding = status === 200 && request.headers.range !== undefined ? undefined : encodingFor(request, file);
	const etag = `"${file.sha256.slice(0, 32)}${encoding === undefined ? '' : `-${encoding}`}"`;
	if (!response.hasHeader('cache-control')) response.setHeader('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
	response.setHeader('etag', etag);
	if (file.br !== undefined || file.gz !== undefined) response.setHeader('vary', 'accept-encoding');
	if (status === 200 && matches(request.headers['if-none-match'], etag)) {
		response.writeHead(304);
		response.end();
		return;
	}
	if (!response.hasHeader('content-type')) response.setHeader('content-type', file.type);
	if (encoding !== undefined) response.setHeader('content-encoding', encoding === 'gz' ? 'gzip' : 'br');
	response.setHeader('accept-ranges', 'bytes');
	const size = encoding === undefined ? file.size : (file[encoding] ?? file.size);
	const range = status === 200 ? rangeOf(request, etag, size) : undefined;
	if (range === 'unsatisfiable') {
		plain(response, 416, 'range not satisfiable', { 'content-range': `bytes */${size}` });
		return;
	}
	const [from, to] = range ?? [0, size - 1];
	if (range !== undefined) response.setHeader('content-range', `bytes ${from}-${to}/${size}`);
	response.writeHead(range === undefined ? status : 206, { 'content-length': to - from + 1 });
	if (request.method === 'HEAD' || size === 0) {
		response.end();
		return;
	}
	// A client that leaves is no error of ours.
	pipeline(createReadStream(`${root}${path}${encoding === undefined ? '' : `.${encoding}`}`, { start: from, end: to }), response, () => undefined);
}

/** The smaller copy that the client takes: brotli, else gzip (RFC 9110, 12.5.3). */
function encodingFor(request: IncomingMessage, file: SiteFile): 'br' | 'gz' | undefined {
	const accepted = new Map(
		String(request.headers['accept-encoding'] ?? '')
			.split(',')
			.map((part) => {
				const [name = '', ...parameters] = part
					.trim()
					.toLowerCase()
					.split(/\s*;\s*/);
				const weight = parameters.find((parameter) => parameter.startsWith('q='));
				return [name, weight === undefined ? 1 : Number(weight.slice(2))];
			}),
	);
	const takes = (name: string): boolean => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0;
	if (file.br !== undefined && takes('br')) return 'br';
	return file.gz !== undefined && takes('gzip') ? 'gz' : undefined;
}

function matches(header: string | undefined, etag: string): boolean {
	if (header === undefined) return false;
	return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

/** One range; several, or one of a version that is no longer there, get the whole (RFC 9110, 14.2). */
function rangeOf(request: IncomingMessage, etag: string, size: number): readonly [number, number] | 'unsatisfiable' | undefined {
	const condition = request.headers['if-range'];
	const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
	if (match === null || (condition !== undefined && condition !== etag)) return undefined;
	const [, first = '', last = ''] = match;
	if (first === '' && last === '') return undefined;
	const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
	const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
	if (first !== '' && last !== '' && Number(last) < from) return undefined;
	return from >= size || (first === '' && Number(last) === 0) ? 'unsatisfiable' : [from, to];
}

const port = Number(process.env.PORT ?? 8080);
server.on('error', (error) => {
	process.stderr.write(`cannot listen on port ${port}: ${error.message}\n`);
	process.exit(1);
});
server.listen(port, process.env.HOST ?? '0.0.0.0', () => process.stdout.write(`serving ${Object.keys(site.files).length} files on port ${port}\n`));

/** What is on its way is sent to its end; nothing new is taken. */
function drain(): void {
	server.close(() => process.exit(0));
	server.closeIdleConnections();
	setTimeout(() => server.closeIdleConnections(), 500).unref();
	setTimeout(() => process.exit(0), 8000).unref();
}
process.on('SIGTERM', drain);
process.on('SIGINT', drain);
