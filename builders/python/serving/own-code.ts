/** Where the project's own program listens, as its source says: the variable PORT, or a number. */

import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { boundedPattern, escapePattern } from '../../../src/source/pattern.js';
import { importsOf, type Statement, statements } from '../python-source.js';

export interface CodePort {
	/** It reads PORT. */
	readonly reads?: Reason;
	/** A number that it listens on. */
	readonly fixed?: { readonly port: string; readonly reason: Reason };
	/** It listens on loopback because nothing else is said. */
	readonly loopback?: Reason;
}

const LIMIT = 256 * 1024;
const NOT_LOADED = /(?:^|\/)(?:tests?|docs?|examples?|node_modules|site-packages|venv|\.[^/]+)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile)\.py$/;
const NAME = /['"]PORT['"]/;
/** A class of pydantic's settings reads variables by the names of its fields. */
const SETTINGS = /\bBaseSettings\b/;
const SETTINGS_PORT = /^[ \t]+(?:port|PORT)\s*:\s*(?:int|str|conint|Annotated|Optional)\b/m;
const CALL =
	/\b(?:run|run_app|run_simple|serve|serve_forever|launch|listen|bind|start|start_server|create_server|make_server|TCPSite|Config|add_insecure_port|(?:Threading)?HTTPServer|(?:Threading|Forking)?TCPServer|WSGIServer|ThreadedServer)\s*\((.*)$/;

/** What a framework's own call does where it is given no port. */
const CALLS: readonly {
	readonly module: RegExp;
	readonly call: RegExp;
	readonly reads?: true;
	readonly port?: string;
	readonly loopback?: true;
}[] = [
	{ module: /^fasthtml\b/, call: /^serve\s*\(/, reads: true },
	{ module: /^dash\b/, call: /^\w+\.(?:run|run_server)\s*\(/, reads: true },
	{ module: /^nicegui\b/, call: /\bui\.run\s*\(/, port: '8080' },
	{ module: /^aiohttp\b/, call: /\brun_app\s*\(/, port: '8080' },
	{ module: /^waitress\b/, call: /\bserve\s*\(/, port: '8080' },
	{ module: /^uvicorn\b/, call: /\buvicorn\.run\s*\(/, port: '8000', loopback: true },
	{ module: /^flask\b/, call: /^\w+\.run\s*\(/, port: '5000', loopback: true },
	{ module: /^bottle\b/, call: /^(?:\w+\.)?run\s*\(/, port: '8080', loopback: true },
	{ module: /^sanic\b/, call: /^\w+\.run\s*\(/, port: '8000', loopback: true },
];

/** @param file of the program that is started, whose calls count first */
export function codePort(source: FileIndex, file: string | undefined): CodePort {
	const others = source.files
		.filter(({ path, size, type }) => type === 'file' && path.endsWith('.py') && size <= LIMIT && path !== file && !NOT_LOADED.test(path))
		.map(({ path }) => path);
	const files = file === undefined || !source.has(file) ? others : [file, ...others];
	for (const path of files) {
		const reads = readsPort(path, source.text(path) ?? '');
		if (reads !== undefined) return { reads };
	}
	const found = files.flatMap((path) => listens(path, source.text(path) ?? '').map((one) => [path, one] as const));
	const first = (found.find(([path]) => path === file) ?? (found.length === 1 ? found[0] : undefined))?.[1];
	return first ?? {};
}

function readsPort(file: string, text: string): Reason | undefined {
	const match = NAME.exec(text) ?? (SETTINGS.test(text) && !/env_prefix\s*=\s*['"]\w/.test(text) ? SETTINGS_PORT.exec(text) : null);
	if (match === null) return undefined;
	const line = text.slice(0, match.index).split('\n').length + (match[0].startsWith('\n') ? 1 : 0);
	return { file, line, says: `${file} reads PORT` };
}

function listens(file: string, text: string): readonly CodePort[] {
	const all = statements(text);
	if (!all.some((one) => CALL.test(one.text) || /\bserve\s*\(/.test(one.text))) return [];
	const { modules } = importsOf(all);
	return all.flatMap((statement): CodePort[] => {
		const own = CALLS.find(({ module, call }) => call.test(statement.text) && modules.some((name) => module.test(name)));
		const says = (port: string): Reason => ({ file, line: statement.line, says: `${posix.basename(file)} listens on port ${port}` });
		const port = portIn(statement.text, all);
		if (port === undefined && own?.reads === true) return [{ reads: { file, line: statement.line, says: `${file} starts a server that reads PORT` } }];
		const number = port ?? own?.port;
		if (number === undefined) return [];
		const loopback = own?.loopback === true && !/\bhost\s*=|['"][\d.]+['"]/.test(statement.text);
		return [{ fixed: { port: number, reason: says(number) }, ...(loopback && { loopback: says(number) }) }];
	});
}

function portIn(text: string, all: readonly Statement[]): string | undefined {
	const [, rest] = CALL.exec(text) ?? [];
	if (rest === undefined) return undefined;
	const named = /\bport\s*=\s*(\w+)/.exec(rest)?.[1];
	if (named !== undefined) return number(named, all);
	const address = /['"][^'"\s]*:(\d{2,5})['"]/.exec(rest)?.[1];
	if (address !== undefined) return address;
	const bare = [...rest.matchAll(/(?:^|[(,]\s*)(\d{2,5}|[A-Z]\w*PORT|PORT|port)\s*(?=[,)])/g)].map((match) => match[1] as string);
	return bare.map((one) => number(one, all)).find((one) => one !== undefined);
}

function number(word: string, all: readonly Statement[]): string | undefined {
	const text = /^\d+$/.test(word)
		? word
		: all.map((one) => boundedPattern(`^${escapePattern(word)}\\s*(?::\\s*\\w+\\s*)?=\\s*(\\d+)$`).exec(one.text)?.[1]).find((one) => one !== undefined);
	return text !== undefined && Number(text) >= 80 && Number(text) < 65536 ? text : undefined;
}
