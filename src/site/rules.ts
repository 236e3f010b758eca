/** `_redirects`, `_headers` and `Staticfile`, the files by which people already tell hosts of static sites what to do. */
import type { HeaderRule, Redirect } from './site.js';

export interface Problem {
	/** From 1. */
	readonly line: number;
	readonly says: string;
}

interface Parsed<T> {
	readonly rules: readonly T[];
	readonly problems: readonly Problem[];
}

/** https://docs.netlify.com/routing/redirects/ : `FROM [QUERY...] TO [STATUS[!]]`; conditions on country, language or role are not known here. */
export function parseRedirects(text: string): Parsed<Redirect> {
	const rules: Redirect[] = [];
	const problems: Problem[] = [];
	for (const [at, raw] of text.split(/\r?\n/).entries()) {
		const [from = '', to = '', status = '301', ...rest] = raw
			.replace(/(?:^|\s)#.*$/, '')
			.trim()
			.split(/\s+/);
		if (from === '') continue;
		const code = /^([1-5]\d\d)(!?)$/.exec(status);
		if (!from.startsWith('/') || !/^(?:\/|https?:\/\/)/.test(to) || code === null || rest.length > 0)
			problems.push({ line: at + 1, says: `not a redirect: ${raw.trim()}` });
		else rules.push({ from: pathPattern(from), to, status: Number(code[1]), force: code[2] === '!' });
	}
	return { rules, problems };
}

/** https://docs.netlify.com/routing/headers/ : a path, then indented `Name: value` lines. */
export function parseHeaders(text: string): Parsed<HeaderRule> {
	const rules: { path: string; set: Record<string, string> }[] = [];
	const problems: Problem[] = [];
	for (const [at, raw] of text.split(/\r?\n/).entries()) {
		const line = raw.trim();
		const header = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line);
		const last = rules.at(-1);
		if (line === '' || line.startsWith('#')) continue;
		if (!/^\s/.test(raw) && line.startsWith('/')) rules.push({ path: pathPattern(line), set: {} });
		else if (header !== null && last !== undefined) last.set[(header[1] as string).toLowerCase()] = header[2] as string;
		else problems.push({ line: at + 1, says: `not a header: ${line}` });
	}
	return { rules, problems };
}

/** `*` is any rest (the group `splat`), `:name` one part. */
function pathPattern(path: string): string {
	const source = path
		.split('/')
		.map((part) => {
			const name = /^:([A-Za-z]\w*)$/.exec(part)?.[1];
			if (name !== undefined) return `(?<${name}>[^/]+)`;
			return part
				.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
				.replace('*', '(?<splat>.*)')
				.replaceAll('*', '.*')
				.replaceAll('.*)*', '.*)');
		})
		.join('/');
	// `/blog/*` also means /blog itself.
	return `^${source.replace(/\/\(\?<splat>\.\*\)$/, '(?:/(?<splat>.*))?')}/?$`;
}

export interface Staticfile {
	readonly root?: string;
	readonly singlePage: boolean;
}

/** `root`, `index_fallback` and `pushstate` of the Staticfile that several platforms read. */
export function parseStaticfile(text: string): Staticfile {
	const entries = new Map(
		text.split(/\r?\n/).flatMap((line): [string, string][] => {
			const [, key, value = ''] = /^\s*([\w-]+)\s*:(.*)$/.exec(line) ?? [];
			const [plain = ''] = value.split('#', 1);
			return key === undefined ? [] : [[key.toLowerCase(), plain.trim().replace(/^["']|["']$/g, '')]];
		}),
	);
	const on = (key: string): boolean => /^(?:true|enabled|yes|on)$/i.test(entries.get(key) ?? '');
	const root = entries
		.get('root')
		?.replace(/^\.?\//, '')
		.replace(/\/$/, '');
	return { ...(root !== undefined && { root }), singlePage: on('index_fallback') || on('pushstate') };
}
