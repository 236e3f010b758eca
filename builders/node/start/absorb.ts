/** Takes in a command that stands before the app: what it sets is the image's, what it makes is made while building. */
import type { SimpleCommand } from '../../../src/builder/command-line.js';
import { everyStart, purposeOf, takeScript } from './hooks.js';
import { type Call, readCall } from './runners.js';
import { listedScripts } from './script-lists.js';
import { assign } from './variables.js';
import { asText, unsupported, type Walk } from './walk.js';

/** @throws TareError START_UNSUPPORTED for what would have to run at every start */
export function absorb({ words, env }: SimpleCommand, walk: Walk): void {
	const [program = '', argument = ''] = words;
	if (program === '')
		throw unsupported(
			walk,
			`"${Object.keys(env)[0]}=..." as a command of its own does not set a variable of the app`,
			'Write it before the command: "NAME=value node server.js".',
		);
	if (program === 'export') assign(Object.fromEntries(words.slice(1).flatMap(pair)), walk);
	else if (program === 'cd') enter(argument, words.length, walk);
	// Options of a shell that is not there.
	else if (program !== 'set' || !/^[-+][a-z]+$/.test(argument)) absorbProgram(words, env, walk);
}

function absorbProgram(words: readonly string[], env: SimpleCommand['env'], walk: Walk): void {
	const { found } = walk;
	const text = asText(words.join(' '));
	const scripts = listedScripts(words, walk);
	const call = scripts === undefined ? readCall(words, walk) : undefined;
	const purpose =
		scripts !== undefined
			? 'scripts'
			: call?.kind === 'script' && (call.where !== undefined || found.folder !== '')
				? purposeElsewhere(call)
				: purposeOf(words, walk);
	if (purpose === 'scripts') for (const script of scripts ?? []) takeScript(script, walk);
	else if (purpose === 'prints' || purpose === 'checks') found.notes.push(`left out "${text}": it only ${purpose}`);
	else if (purpose === 'installs') found.notes.push(`left out "${text}": what it installs is in the image`);
	else if (purpose === 'elsewhere') found.notes.push(`left out "${text}": the build of the package that is started does that`);
	else if (purpose !== 'builds') throw everyStart(`"${text}"`, walk);
	else if (call?.kind === 'script') takeBuild(call, walk);
	else takeCommand(call?.kind === 'program' ? call.words : words, env, walk);
}

function pair(word: string): [string, string][] {
	const at = word.indexOf('=');
	return at < 0 ? [] : [[word.slice(0, at), word.slice(at + 1)]];
}

function purposeElsewhere({ name }: Extract<Call, { kind: 'script' }>): 'elsewhere' | 'unknown' {
	return /^(?:build|compile|prebuild|prepare|generate|codegen)/.test(name) ? 'elsewhere' : 'unknown';
}

function enter(folder: string, words: number, walk: Walk): void {
	if (words !== 2 || !/^[\w@./-]+$/.test(folder) || folder.startsWith('/') || folder.startsWith('-'))
		throw unsupported(walk, `"cd ${folder}" leads out of the app`);
	const parts = [...walk.found.folder.split('/'), ...folder.split('/')].filter((part) => part !== '' && part !== '.');
	if (parts.includes('..')) throw unsupported(walk, `"cd ${folder}" leads out of the app`);
	walk.found.folder = parts.join('/');
}

function takeBuild(call: Extract<Call, { kind: 'script' }>, walk: Walk): void {
	if (call.args.length > 0) throw unsupported(walk, `the script "${call.name}" is given arguments, which a build step is not`);
	takeScript(call.name, walk);
}

function takeCommand(words: readonly string[], env: SimpleCommand['env'], walk: Walk): void {
	const command = words[0] === 'npx' ? words.slice(1) : words;
	if ([...command, ...Object.values(env)].some((word) => asText(word).includes('$')))
		throw unsupported(walk, `"${command.join(' ')}" names variables, and it runs while building`);
	const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
	walk.found.buildCommands.push([...(variables.length === 0 ? [] : ['env', ...variables]), ...command]);
	walk.found.notes.push(`"${command.join(' ')}" runs while building, not at every start`);
}
