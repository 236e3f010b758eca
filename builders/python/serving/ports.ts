/** On which port the container is reached: PORT where the program reads it, else the port that the project names, else none. */
import { posix } from 'node:path';
import type { SimpleCommand } from '../../../src/builder/command-line.js';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Project } from '../project.js';
import type { Start } from '../start.js';
import { type Bind, GUNICORN_CONF, readGunicornConf } from './gunicorn-conf.js';
import { iniAddress } from './ini-servers.js';
import { address, optionValue, place } from './options.js';
import { codePort } from './own-code.js';
import { programAt, servingProgram } from './programs.js';

export interface Listening {
	readonly commands: readonly SimpleCommand[];
	/** The image sets PORT. */
	readonly variable: boolean;
	/** The port that is exposed. */
	readonly port?: string;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

/** What the image sets where the program reads PORT. */
export const DEFAULT_PORT = '8080';
const LOOPBACK = /^(?:localhost|127\.[\d.]+|::1)$/;

export interface PortInput {
	readonly source: FileIndex;
	readonly project: Project | undefined;
	readonly start: Start;
	/** The type of the process: only `web` is asked for where the code listens. */
	readonly process: string;
}

export function listening({ source, project, start, process }: PortInput): Listening {
	const last = start.commands.at(-1);
	if (last === undefined) return none(start.commands);
	const { words } = last;
	const program = posix.basename(words[programAt(words)] ?? '');
	if (program === 'gunicorn') return gunicorn(source, start, last);
	const found = servingProgram(words);
	if (found !== undefined && !setsAddress(last)) {
		const settings = portOfSettings(source, found.name);
		const placed = place(words, found, settings === undefined ? '$PORT' : `\${PORT:-${settings.port}}`);
		const { reason } = start;
		const added =
			start.own === true || placed.added.length === 0 ? [] : [{ ...reason, says: `${found.name} is told where to listen: ${placed.added.join(' ')}` }];
		const warnings = placed.host !== undefined && LOOPBACK.test(placed.host) ? [loopback(reason, found.name, placed.host)] : [];
		const reasons = [...added, ...(settings === undefined ? [] : [settings.reason])];
		const commands = [...start.commands.slice(0, -1), { ...last, words: placed.words }];
		return { ...(placed.port === undefined ? none(commands) : exposed(commands, placed.port)), reasons, warnings };
	}
	const settings = iniAddress(source, words.slice(programAt(words)));
	if (settings !== undefined) return ofIni(settings, start);
	if (namesPort(last)) return exposed(start.commands, undefined);
	return process === 'web' ? unknown(source, project, start, program) : none(start.commands);
}

/** Nothing is forced on a program that has its settings in a file. */
function ofIni({ text, reason }: NonNullable<ReturnType<typeof iniAddress>>, { commands }: Start): Listening {
	const { host, port } = address(text.replace(/^\*:/, ':'));
	if (port === undefined) return { ...none(commands), warnings: [{ ...reason, says: `${reason.says}: no port is exposed, and PORT is not set` }] };
	const hidden = host !== undefined && LOOPBACK.test(host);
	return { ...none(commands), port, reasons: [reason], warnings: hidden ? [loopback(reason, commands.at(-1)?.words[0] ?? '', host)] : [] };
}

function none(commands: readonly SimpleCommand[]): Listening {
	return { commands, variable: false, reasons: [], warnings: [] };
}

/** Variables of the command that a server reads its address from: UVICORN_PORT, GRANIAN_HOST. */
function setsAddress({ env }: SimpleCommand): boolean {
	return Object.keys(env).some((name) => /(?:^|_)(?:PORT|HOST|SERVER_NAME|SERVER_PORT|BIND)$/.test(name));
}

function namesPort({ words, env }: SimpleCommand): boolean {
	return [...words, ...Object.values(env)].some((text) => /\$\{?PORT(?![A-Za-z0-9_])/.test(text.replaceAll('$$', '')));
}

/** A default in the command itself, `${PORT:-5000}`, is the container's. */
function exposed(commands: readonly SimpleCommand[], port: string | undefined): Listening {
	const texts = commands.flatMap(({ words, env }) => [...words, ...Object.values(env)]);
	const named = port === undefined || port.includes('$');
	const defaults = new Set(named ? texts.flatMap((text) => [...text.matchAll(/\$\{?PORT(?:\}|:?-(\d+)\}|(?![\w}:-]))/g)].map((match) => match[1])) : []);
	const [only] = defaults;
	if (named && defaults.size === 1 && only !== undefined) return { ...none(commands), port: only };
	if (named) return port === undefined || namesPort({ words: [port], env: {} }) ? { ...none(commands), variable: true, port: DEFAULT_PORT } : none(commands);
	return { ...none(commands), port };
}

function loopback(reason: Omit<Reason, 'says'>, program: string, host: string): Reason {
	return { ...reason, says: `${program} listens on ${host}, the container's own loopback, which nobody outside reaches: name 0.0.0.0` };
}

/** gunicorn reads PORT itself where nothing names an address. */
function gunicorn(source: FileIndex, start: Start, last: SimpleCommand): Listening {
	const own = [...last.words.slice(programAt(last.words) + 1), ...(last.env.GUNICORN_CMD_ARGS ?? '').split(/\s+/)];
	const bound = optionValue(own, ['-b', '--bind']);
	if (bound !== undefined) {
		const { host, port } = address(bound);
		const warnings = host !== undefined && LOOPBACK.test(host) ? [loopback(start.reason, 'gunicorn', host)] : [];
		return port === undefined ? { ...none(start.commands), warnings } : { ...exposed(start.commands, port), warnings };
	}
	const config = configOf(own, start.folder);
	const bind = config === undefined ? undefined : readGunicornConf(source, config)?.bind;
	if (config === undefined || bind === undefined) return { ...none(start.commands), variable: true, port: DEFAULT_PORT };
	return bindOf(config, bind, start, last);
}

function configOf(own: readonly string[], folder: string): string | undefined {
	const named = optionValue(own, ['-c', '--config']) ?? GUNICORN_CONF;
	if (/^file:|^\//.test(named)) return undefined;
	const file = named.startsWith('python:') ? `${named.slice('python:'.length).replaceAll('.', '/')}.py` : named;
	return posix.normalize(posix.join(folder, file));
}

function bindOf(file: string, bind: Bind, start: Start, last: SimpleCommand): Listening {
	const at = { file, line: bind.line };
	if (bind.kind === 'variable') return { ...none(start.commands), variable: true, port: DEFAULT_PORT, reasons: [{ ...at, says: `${file} reads PORT` }] };
	if (bind.kind === 'unknown')
		return { ...none(start.commands), warnings: [{ ...at, says: `"bind" in ${file} cannot be read: no port is exposed, and PORT is not set` }] };
	const places = bind.addresses.map(address);
	const inside = places.find(({ port }) => port !== undefined);
	if (inside?.port === undefined)
		return { ...none(start.commands), warnings: [{ ...at, says: `gunicorn listens on ${bind.addresses.join(', ')}: no port is exposed` }] };
	const hidden = inside.host !== undefined && LOOPBACK.test(inside.host);
	// More than one address, or one that a variable decides, is the project's own affair.
	if (bind.kind === 'default' || bind.addresses.length > 1) {
		const says = `${file} names port ${inside.port}`;
		return { ...none(start.commands), port: inside.port, reasons: [{ ...at, says }], warnings: hidden ? [loopback(at, 'gunicorn', inside.host ?? '')] : [] };
	}
	const host = hidden || inside.host === undefined ? '0.0.0.0' : inside.host;
	const spot = programAt(last.words) + 1;
	const words = [...last.words.slice(0, spot), '--bind', `${host}:\${PORT:-${inside.port}}`, ...last.words.slice(spot)];
	return {
		...none([...start.commands.slice(0, -1), { ...last, words }]),
		port: inside.port,
		reasons: [{ ...at, says: `${file} names port ${inside.port}: the default, and PORT chooses another` }],
		warnings: hidden ? [{ ...at, says: `${file} binds to ${inside.host}, which nobody outside the container reaches: gunicorn is told ${host}` }] : [],
	};
}

/** A port that the program's own settings file names stays the default. */
function portOfSettings(source: FileIndex, name: string): { readonly port: string; readonly reason: Reason } | undefined {
	const found = SETTINGS_FILES.find(([program]) => program === name);
	if (found === undefined) return undefined;
	const [, file, pattern] = found;
	const text = source.text(file) ?? '';
	const match = pattern.exec(text);
	if (match === null) return undefined;
	const line = text.slice(0, match.index + match[0].length).split('\n').length;
	return { port: match[1] as string, reason: { file, line, says: `${file} names port ${match[1]}: the default, and PORT chooses another` } };
}

const SETTINGS_FILES: readonly (readonly [string, string, RegExp])[] = [
	['streamlit run', '.streamlit/config.toml', /^\[server\][^[]*?^[^\S\n]*port\s*=\s*(\d+)/m],
	['mkdocs serve', 'mkdocs.yml', /^dev_addr\s*:\s*['"]?[\w.]*:(\d+)/m],
];

/** A program that is not in the table: of the project, or a package's. */
function unknown(source: FileIndex, project: Project | undefined, start: Start, program: string): Listening {
	const target = project?.scripts[program];
	const isOwn = target !== undefined || start.commands.at(-1)?.words[0] === 'python' || source.has(program);
	if (!isOwn) {
		const says = `where ${program} listens is not known: no port is exposed, and PORT is not set; tell it in the command, with $PORT for the port`;
		return { ...none(start.commands), warnings: [{ ...start.reason, says }] };
	}
	const file = start.reason.file?.endsWith('.py') === true ? start.reason.file : fileOf(source, start, target);
	const { reads, fixed, loopback: hidden } = codePort(source, file);
	if (reads !== undefined) return { ...none(start.commands), variable: true, port: DEFAULT_PORT, reasons: [reads] };
	if (fixed === undefined) return none(start.commands);
	const says = `${fixed.reason.says} of the container's own loopback, which nobody outside reaches: let it listen on 0.0.0.0`;
	return { ...none(start.commands), port: fixed.port, reasons: [fixed.reason], warnings: hidden === undefined ? [] : [{ ...hidden, says }] };
}

function fileOf(source: FileIndex, { commands, folder }: Start, target: string | undefined): string | undefined {
	const words = commands.at(-1)?.words ?? [];
	const script = words.find((word) => word.endsWith('.py'));
	if (target === undefined && script !== undefined) return posix.normalize(posix.join(folder, script));
	const module = target?.split(':')[0]?.trim() ?? (words[1] === '-m' ? words[2] : undefined);
	if (module === undefined) return undefined;
	const path = module.replaceAll('.', '/');
	const found = ['.py', '/__main__.py', '/__init__.py'].map((end) => `${path}${end}`);
	return source.files.map((one) => one.path).find((one) => found.some((end) => one === end || one.endsWith(`/${end}`)));
}
