/** Where a command listens, by its own words; what they leave open is filled in. */
import { type FoundProgram, programAt, type ServingProgram, servingProgram } from './programs.js';

export interface Placed {
	readonly words: readonly string[];
	/** As written, or filled in; undefined where it is no TCP port, or not in the words. */
	readonly port?: string;
	/** The address that the words name. */
	readonly host?: string;
	/** Options that were added. */
	readonly added: readonly string[];
}

const EVERYWHERE = '0.0.0.0';

/** @param port the words for a port that the command does not name */
export function place(words: readonly string[], { program, from }: FoundProgram, port: string): Placed {
	const own = words.slice(from);
	if (optionValue(own, program.other ?? []) !== undefined) return { words, added: [] };
	if (program.form === 'positional') return positional(words, from, program, port);
	if (program.form === 'pair') return pair(words, own, program, port);
	const [host, named] = [optionValue(own, program.host), optionValue(own, program.port)];
	const added = [
		...(host === undefined ? option(program.host[0], EVERYWHERE) : []),
		...(named === undefined ? option(program.port[0], port) : []),
		...(program.also ?? []).filter((word) => !own.some((one) => one.split('=')[0] === word.split('=')[0])),
	];
	const all = program.leading === true ? [...words.slice(0, from), ...added, ...own] : [...words, ...added];
	return { words: all, port: named ?? port, host: host ?? EVERYWHERE, added };
}

function pair(words: readonly string[], own: readonly string[], program: ServingProgram, port: string): Placed {
	const named = optionValue(own, program.port);
	if (named === undefined) {
		const added = option(program.port[0], `${EVERYWHERE}:${port}`);
		return { words: [...words, ...added], port, host: EVERYWHERE, added };
	}
	return { words, added: [], ...address(named) };
}

/** `runserver 0:8000`, `http.server 8000` */
function positional(words: readonly string[], from: number, program: ServingProgram, port: string): Placed {
	const own = words.slice(from);
	const named = own.find((word) => /^(?:[\w.[\]:]*:)?(?:\d+|\$\w+|\$\{.*\})$/.test(word));
	if (named !== undefined)
		return { words, added: [], ...address(named), ...(program.host.length > 0 && { host: optionValue(own, program.host) ?? EVERYWHERE }) };
	const added = [program.host.length > 0 ? port : `${EVERYWHERE}:${port}`];
	return { words: [...words, ...added], port, host: EVERYWHERE, added };
}

/** A number that a settings file names stays the default, and PORT chooses another. */
export function withVariable(words: readonly string[]): readonly string[] {
	const options = portOptions(words);
	const own = (at: number): boolean => options.includes(words[at - 1] ?? '') || options.includes(words[at]?.split('=')[0] ?? '');
	return words.map((word, at) => (own(at) ? word.replace(/(^|[:=])(\d+)$/, '$1$${PORT:-$2}') : word));
}

function portOptions(words: readonly string[]): readonly string[] {
	if (words[programAt(words)] === 'gunicorn') return ['-b', '--bind'];
	return servingProgram(words)?.program.port ?? [];
}

/** `HOST:PORT`, `:PORT` or `PORT`. A socket in the file system has no port. */
export function address(text: string): { readonly host?: string; readonly port?: string } {
	if (/^(?:unix|fd):/.test(text)) return {};
	const [, host = '', port = ''] = /^(?:(?:tcp|http):\/*)?(?:(.*):)?(\d+|\$\w+|\$\{[^}]*\})$/.exec(text) ?? [];
	if (port === '') return { host: text };
	return { ...(host !== '' && { host: host.replace(/^\[(.*)\]$/, '$1') }), port };
}

/** `--port 80` and `--port=80`; a switch has the value ''. */
export function optionValue(words: readonly string[], options: readonly string[]): string | undefined {
	for (const [at, word] of words.entries()) {
		if (options.includes(word)) return words[at + 1] ?? '';
		const [name, ...rest] = word.split('=');
		if (rest.length > 0 && options.includes(name as string)) return rest.join('=');
		// `-p8000`
		const short = options.find((each) => /^-\w$/.test(each) && word.startsWith(each) && /^\d/.test(word.slice(2)));
		if (short !== undefined) return word.slice(2);
	}
	return undefined;
}

function option(name: string | undefined, value: string): readonly string[] {
	if (name === undefined) return [];
	return /^--\w+\.|^--(?:ip|Voila)/.test(name) ? [`${name}=${value}`] : [name, value];
}
