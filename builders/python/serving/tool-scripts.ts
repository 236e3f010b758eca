/** Scripts that project tools keep under a name: PDM, Hatch, Poe, taskipy, Rye, Pipenv. */
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { readCommand } from '../commands.js';
import { has } from '../dependencies.js';
import { lineFinder } from '../project.js';
import type { Start, StartInput } from '../start.js';
import { at, list, readToml, type Table, table, text } from '../toml.js';
import { withVariable } from './options.js';
import { programAt, servingProgram } from './programs.js';

/** What starts an app in production, in the order of belief. */
const NAMES = ['start', 'serve', 'prod', 'production', 'start-prod', 'web', 'server'];
const PLACES: readonly (readonly [file: string, keys: readonly string[]])[] = [
	['pyproject.toml', ['tool', 'pdm', 'scripts']],
	['pyproject.toml', ['tool', 'poe', 'tasks']],
	['pyproject.toml', ['tool', 'taskipy', 'tasks']],
	['pyproject.toml', ['tool', 'rye', 'scripts']],
	['pyproject.toml', ['tool', 'hatch', 'envs', 'prod', 'scripts']],
	['pyproject.toml', ['tool', 'hatch', 'envs', 'production', 'scripts']],
	['pyproject.toml', ['tool', 'hatch', 'envs', 'default', 'scripts']],
	['hatch.toml', ['envs', 'prod', 'scripts']],
	['hatch.toml', ['envs', 'default', 'scripts']],
	['Pipfile', ['scripts']],
];
const DEEPEST = 5;
/** Programs of the image or of servers; others are looked for among the dependencies. */
const KNOWN = new Set(['python', 'gunicorn', 'celery', 'uwsgi']);

export interface ToolScripts {
	readonly start?: Start;
	/** Scripts that were passed over. */
	readonly warnings: readonly Reason[];
}

/** @param wanted a name that the user asks for; else one that starts an app */
export function toolScripts(input: StartInput, wanted?: string): ToolScripts {
	const warnings: Reason[] = [];
	for (const { file, keys, scripts } of tables(input.source)) {
		for (const name of (wanted === undefined ? NAMES : [wanted]).filter((one) => Object.hasOwn(scripts, one))) {
			const line = lineOf(input.source, file, name);
			const reason = { file, ...(line !== undefined && { line }), says: `script "${name}" of [${keys.join('.')}]` };
			const read = startOf(name, scripts, reason, input);
			if (typeof read !== 'string') return { start: read, warnings };
			warnings.push({ ...reason, says: `${reason.says} is not used: ${read}` });
		}
	}
	return { warnings };
}

function* tables(source: FileIndex) {
	for (const [file, keys] of PLACES) {
		const toml = source.has(file) ? readToml(source, file) : undefined;
		const scripts = at(toml, ...keys);
		if (Object.keys(scripts).length > 0) yield { file, keys, scripts };
	}
}

function lineOf(source: FileIndex, file: string, name: string): number | undefined {
	const find = lineFinder(source.text(file) ?? '');
	const line = find(`\n${name} =`) ?? find(`\n${name}=`) ?? find(`"${name}"`);
	return line === undefined ? undefined : line + 1;
}

/** @returns why it is not used */
function startOf(name: string, scripts: Table, reason: Reason, { dependencies, project, source }: StartInput): Start | string {
	const line = commandLine(scripts[name], scripts, 0);
	if (line === undefined) return 'it is not a command';
	if (/\brunserver\b/.test(line)) return 'it starts a development server';
	try {
		const start = readCommand(line, reason);
		const commands = start.commands.map((one) => ({ ...one, words: withVariable(production(one.words)) }));
		const foreign = commands.map(({ words }) => words[programAt(words)] ?? '').find((program) => !isKnown(program));
		if (foreign !== undefined) return `${foreign} is not among the dependencies`;
		return { ...start, commands, reason: { ...reason, says: `${reason.says}: ${line}` } };
	} catch (error) {
		if (error instanceof TareError && error.code === 'START_UNSUPPORTED') return error.message;
		throw error;
	}
	function isKnown(program: string): boolean {
		const brought = servingProgram([program, 'run']) !== undefined || servingProgram([program, 'serve']) !== undefined;
		return (
			KNOWN.has(program) || brought || has(dependencies, program) || program.endsWith('.py') || source.has(program) || project?.scripts[program] !== undefined
		);
	}
}

/** Reloading is for the machine of a developer. */
function production(words: readonly string[]): readonly string[] {
	const kept = words.filter((word) => !/^--(?:reload|debug|debugger|dev)$/.test(word));
	return kept[0] === 'fastapi' && kept[1] === 'dev' ? ['fastapi', 'run', ...kept.slice(2)] : kept;
}

/** A text, a list of steps, or a table with one of the tool's keys. */
function commandLine(value: unknown, scripts: Table, depth: number): string | undefined {
	if (depth > DEEPEST) return undefined;
	if (typeof value === 'string') return named(value.replace(/\s*\{args(?::[^}]*)?\}/g, '').trim(), scripts, depth);
	if (Array.isArray(value)) return steps(value, scripts, depth);
	const one = table(value);
	const call = text(one.call) ?? text(one.script);
	const body =
		call !== undefined
			? callLine(call)
			: Array.isArray(one.cmd)
				? list(one.cmd)
						.map((word) => quoted(String(word)))
						.join(' ')
				: (commandLine(one.cmd ?? one.shell ?? undefined, scripts, depth + 1) ?? steps(list(one.composite ?? one.sequence ?? one.chain), scripts, depth));
	if (body === undefined || body === '') return undefined;
	const env = Object.entries(table(one.env)).map(([name, content]) => `${name}=${quoted(String(content))} `);
	const folder = text(one.cwd) ?? text(one.working_dir);
	return `${folder === undefined ? '' : `cd ${quoted(folder)} && `}${env.join('')}${body}`;
}

function steps(values: readonly unknown[], scripts: Table, depth: number): string | undefined {
	const lines = values.map((value) => commandLine(value, scripts, depth + 1));
	return lines.length === 0 || lines.includes(undefined) ? undefined : lines.join(' && ');
}

/** A script may run another by its name. */
function named(line: string, scripts: Table, depth: number): string | undefined {
	const bare = line.replace(/^(?:pdm|poe|task|hatch|rye|pipenv)\s+(?:run\s+)?(?=[\w-]+$)/, '');
	return /^[\w-]+$/.test(bare) && Object.hasOwn(scripts, bare) ? commandLine(scripts[bare], scripts, depth + 1) : line;
}

/** `module:function` or `module:function(1, "x")` */
function callLine(call: string): string | undefined {
	const [, module = '', name = '', rest = ''] = /^([\w.]+):(\w+)(\(.*\))?$/.exec(call.trim()) ?? [];
	return module === '' ? undefined : `python -c ${quoted(`import ${module}; ${module}.${name}${rest === '' ? '()' : rest}`)}`;
}

function quoted(word: string): string {
	return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
