/** A Deno project becomes a plan: fetch what it imports, start it with its own permissions. */

import type { VersionChoice } from '../../src/bases/contract.js';
import { parseCommandLine, shortened } from '../../src/builder/command-line.js';
import type { BuildPlan, PlanRequest, Reason } from '../../src/builder/contract.js';
import { chooseProcess } from '../../src/builder/process-choice.js';
import { toolVersions, versionFile } from '../../src/builder/tool-versions.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { scanFirst } from '../../src/source/scan.js';
import { type DenoConfig, readConfig } from './config.js';
import { writablePlaces } from './writable.js';

export interface DenoFacts {
	/** The file to run, relative to the source. */
	readonly entry: string;
	readonly lock: boolean;
}

const PORT = '8080';
export const CACHE = '/deno-dir';
const ENTRIES = ['main', 'server', 'mod', 'index', 'app'].flatMap((stem) => ['ts', 'tsx', 'js', 'mjs'].map((extension) => `${stem}.${extension}`));
/** Without a task, the permissions of a server and no more. */
const PERMISSIONS = ['--allow-net', '--allow-env', '--allow-sys', '--allow-read=/app'];
const READS_PORT = /\bDeno\.env\.get\(\s*['"]PORT['"]\s*\)|\bprocess\.env\.PORT\b/;

/** @throws TareError NO_START | START_UNSUPPORTED | BASE_INVALID */
export function planDeno(request: PlanRequest): BuildPlan {
	const { source, base } = request;
	const config = readConfig(source);
	const { words, env, reason } = chooseStart(request, config);
	const command = toCommand(words, reason);
	const entry = command.slice(2).find((word) => !word.startsWith('-')) ?? '';
	const port = findPort(source);
	const lock = source.has('deno.lock');
	if (base.kind === 'scratch') throw new TareError('BASE_INVALID', 'a Deno app cannot run on scratch: there is no deno in it', { hint: 'Leave --base out.' });
	const runtime = versionChoice(request);
	const serves = command[1] === 'serve';
	const facts: DenoFacts = { entry, lock };
	return {
		builder: 'deno',
		steps: [{ id: 'install', command: installCommand(facts), env: {}, reasons: [{ says: 'what the app imports', ...(lock && { file: 'deno.lock' }) }] }],
		layers: [
			{ name: 'dependencies', purpose: 'dependencies', says: `what ${entry} imports, in ${CACHE}` },
			{ name: 'app', purpose: 'app', says: "the app's files, in /app" },
		],
		base: base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'], runtime } : base,
		runtime,
		processes: [{ type: request.process ?? 'web', command, reasons: [reason] }],
		config: {
			WorkingDir: '/app',
			env: { DENO_DIR: CACHE, DENO_NO_UPDATE_CHECK: '1', ...(port !== undefined && { PORT }), ...env },
			...((port !== undefined || serves) && { ExposedPorts: { [`${port === undefined ? '8000' : PORT}/tcp`]: {} } }),
		},
		reasons: [
			{ says: `deno: ${runtime.because}`, ...(runtime.file !== undefined && { file: runtime.file, line: runtime.line }) },
			...(port === undefined ? [] : [port]),
		],
		warnings: lock ? [] : [{ says: 'no deno.lock: versions are chosen anew at every build, so images are not reproducible; commit deno.lock' }],
		tools: {},
		writable: writablePlaces(source),
		facts: { ...facts },
	};
}

function versionChoice({ source, runtimeVersion }: PlanRequest): VersionChoice {
	const files = ['.deno-version', '.dvmrc'].flatMap((file) => versionFile(source, file) ?? []);
	const [pinned] = [...files, ...toolVersions(source, ['deno'])];
	if (runtimeVersion !== undefined) return { name: 'deno', ranges: [runtimeVersion], because: `asked for deno ${runtimeVersion}` };
	if (pinned === undefined) return { name: 'deno', ranges: ['2'], because: 'nothing asks for a version: Deno 2' };
	const { wants, file, line } = pinned;
	return { name: 'deno', ranges: [wants === 'latest' ? '*' : wants.replace(/^v/, '')], because: `${file} "${wants}"`, file, line };
}

/** Fetches into DENO_DIR what the entry file imports. */
export function installCommand({ entry, lock }: DenoFacts): readonly string[] {
	return ['deno', 'cache', ...(lock ? ['--frozen'] : []), entry];
}

interface Started {
	readonly words: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
}

function chooseStart(request: PlanRequest, config: DenoConfig): Started {
	const { source, start } = request;
	if (start !== undefined) return parsed(start, { says: `asked to start with: ${start}` });
	const choice = chooseProcess(request, { kind: 'task', names: Object.keys(config.tasks) });
	if (choice.kind === 'entry') return parsed(choice.entry.command, choice.reason);
	const name = choice.kind === 'own' ? choice.name : 'start';
	const task = config.tasks[name];
	if (task !== undefined) return parsed(task, { file: config.file, line: config.lineOf('tasks', name), says: `task "${name}": ${task}` });
	const entry = source.first(...ENTRIES, ...ENTRIES.map((name) => `src/${name}`));
	if (entry === undefined)
		throw new TareError('NO_START', 'nothing says how the app is started', {
			hint: `Add a task "start" to ${config.file}, or --start "deno run --allow-net main.ts". Looked for: ${ENTRIES.slice(0, 8).join(', ')}, ...`,
			at: { file: config.file },
		});
	return { words: ['deno', 'run', ...PERMISSIONS, entry], env: {}, reason: { file: entry, says: `conventional entry file ${entry}` } };
}

function parsed(line: string, reason: Reason): Started {
	const commands = parseCommandLine(line);
	const [only, ...others] = commands.kind === 'needs-shell' ? [] : commands.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0)
		throw unsupported(line, commands.kind === 'needs-shell' ? `${commands.construct} needs a shell, and the image has none` : 'it is several commands', reason);
	return { words: only.words, env: only.env, reason };
}

/** The user's permissions stay; watching, and fetching at start, go. */
function toCommand(words: readonly string[], reason: Reason): readonly string[] {
	const [program, verb, ...rest] = words;
	if (program !== 'deno' || (verb !== 'run' && verb !== 'serve')) throw unsupported(words.join(' '), 'only `deno run` and `deno serve` can be started', reason);
	return ['deno', verb, '--cached-only', ...rest.filter((word) => !/^--(?:watch(?:-hmr)?(?:=.*)?|reload|cached-only)$/.test(word))];
}

function unsupported(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${shortened(line)}": ${why}`, {
		hint: 'Write the production command as one program, for example "start": "deno run --allow-net main.ts".',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}

function findPort(source: FileIndex): Reason | undefined {
	const found = scanFirst(source, READS_PORT);
	return found === undefined ? undefined : { file: found.path, line: found.line, says: 'the app reads PORT' };
}
