/** Turns a start command into one exec array: no shell, no package manager, no development tool. */
import { parseCommandLine } from '../../../src/builder/command-line.js';
import type { Reason } from '../../../src/builder/contract.js';
import { absorb } from './absorb.js';
import { isBunFile, readBun, withoutWatch } from './bun-options.js';
import { delegate } from './delegation.js';
import { refuseDevelopment } from './development.js';
import { tidyPath } from './entry.js';
import { takeHooks, takeScript } from './hooks.js';
import { runNode } from './node-program.js';
import { runProgram } from './programs.js';
import { type Call, readCall } from './runners.js';
import { listedScripts } from './script-lists.js';
import { serveFolder } from './served.js';
import { isSourceRunner, runSource } from './source-runners.js';
import { SUPERVISORS } from './supervisors.js';
import { assign, knownValue, refuseOwn } from './variables.js';
import { asText, type Found, type Program, quoted, type StartProject, unsupported, type Walk } from './walk.js';
import { fromWindows } from './windows.js';
import { WRAPPERS } from './wrappers.js';

export interface Translation extends Readonly<Found> {
	/** Words name variables of the container as `$NAME`; a plain dollar is `$$`. */
	readonly program: Program;
}

const DEPTH_LIMIT = 8;
const RUNNERS = /^(?:npm|pnpm|yarn|yarnpkg|bun|turbo|nx|lerna)$/;

/** @param script name of the script whose text the line is @throws TareError START_UNSUPPORTED naming the construct, with what to write instead */
export function translate(line: string, project: StartProject, at: Reason, script?: string): Translation {
	const found: Found = { folder: '', env: {}, buildScripts: [], buildCommands: [], notes: [] };
	const walk: Walk = { project, found, at, line, depth: 0, scripted: script !== undefined };
	if (script !== undefined) takeHooks(script, project.hooks, walk);
	const program = runLine(line, walk);
	return { ...found, env: Object.fromEntries(Object.entries(found.env).map(([name, value]) => [name, asText(value)])), program };
}

function runLine(text: string, outer: Walk): Program {
	const walk = { ...outer, line: text, depth: outer.depth + 1 };
	if (walk.depth > DEPTH_LIMIT) throw unsupported(walk, 'its scripts call each other in a circle');
	const line = fromWindows(text);
	if (line !== text) walk.found.notes.push(`"${text}" is written for Windows: read as "${line}"`);
	const parsed = parseCommandLine(line, { variables: true, known: knownValue(walk) });
	if (parsed.kind === 'needs-shell') throw unsupported(walk, `${parsed.construct} needs a shell, and the image has none`);
	for (const before of parsed.commands.slice(0, -1)) absorb(before, walk);
	const last = parsed.commands.at(-1);
	if (last === undefined || last.words.length === 0) throw unsupported(walk, 'it starts nothing');
	const before = { ...walk.found.env };
	assign(last.env, walk);
	const program = runWords(last.words, walk);
	refuseOwn(last.words, before, walk);
	return program;
}

function runWords(all: readonly string[], walk: Walk): Program {
	const words = byName(all);
	const [program = '', ...args] = words;
	if (words.length === 0) throw unsupported(walk, 'it starts nothing');
	if (program.includes('$') && asText(program) !== program.replaceAll('$$', '$')) throw unsupported(walk, 'a variable names the program');
	const wrapper = own(WRAPPERS, program) ?? own(SUPERVISORS, program);
	if (wrapper !== undefined) {
		const wrapped = wrapper(args, walk);
		return 'line' in wrapped ? runLine(wrapped.line, walk) : runWords(wrapped.words, walk);
	}
	const scripts = listedScripts(words, walk);
	if (scripts !== undefined) return runList(scripts, walk);
	if (RUNNERS.test(program)) return runCall(readCall(words, walk), words, walk);
	if (program === 'node' || program === 'nodejs') return runNodeWords(args, walk);
	if (isSourceRunner(program)) return runSource(program, args, walk);
	refuseDevelopment(program, args, walk);
	if (/^(?:serve|http-server)$/.test(program) && !walk.project.production.includes(program)) return serveFolder(program, args, walk);
	return runProgram(program, args, walk);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** `./node_modules/.bin/x` and `node node_modules/.bin/x` are x. */
function byName(words: readonly string[]): readonly string[] {
	const BIN = /^(?:\.\/)*node_modules\/\.bin\/([^/]+)$/;
	const at = /^node(?:js)?$/.test(words[0] ?? '') ? 1 : 0;
	const name = BIN.exec(words[at] ?? '')?.[1];
	return name === undefined ? words : [name, ...words.slice(at + 1)];
}

function runNodeWords(args: readonly string[], walk: Walk): Program {
	const at = args.findIndex((word) => word === '--run' || word.startsWith('--run='));
	if (at !== 0) return runNode(args, walk);
	const name = args[0] === '--run' ? args[1] : args[0]?.slice('--run='.length);
	const rest = args.slice(args[0] === '--run' ? 2 : 1);
	return runScript({ kind: 'script', name: name ?? '', args: rest[0] === '--' ? rest.slice(1) : rest, hooks: false }, walk);
}

function runList(scripts: readonly string[], walk: Walk): Program {
	for (const script of scripts.slice(0, -1)) takeScript(script, walk);
	return runScript({ kind: 'script', name: scripts.at(-1) ?? '', args: [], hooks: walk.project.hooks }, walk);
}

function runCall(call: Call | undefined, words: readonly string[], walk: Walk): Program {
	const [program = '', ...args] = words;
	const bun = readBun(args);
	if (call === undefined && program === 'bun' && isBunFile(bun.name)) return { kind: 'command', words: withoutWatch({ ...bun, name: bun.name }) };
	if (call === undefined || call.kind === 'install') throw unsupported(walk, `"${asText(words.join(' '))}" starts nothing`);
	const elsewhere = walk.found.folder !== '' && call.kind === 'script';
	const inside = tidyPath(call.where?.folder ?? '.') !== '.' || call.where?.packages !== undefined;
	if (elsewhere || inside) return delegate(call, walk);
	return call.kind === 'script' ? runScript(call, walk) : runWords(call.words, walk);
}

function runScript({ name, args, hooks }: Extract<Call, { kind: 'script' }>, walk: Walk): Program {
	const { manifest, source } = walk.project;
	// npm's own: https://docs.npmjs.com/cli/v11/commands/npm-start
	const body = manifest?.json.scripts[name] ?? (name === 'start' && source.has('server.js') ? 'node server.js' : undefined);
	if (body === undefined) throw unsupported(walk, `there is no script "${name}"`);
	walk.found.notes.push(`script "${name}": ${body}`);
	takeHooks(name, hooks, walk);
	return runLine([body, ...args.map(quoted)].join(' '), { ...walk, scripted: true });
}
