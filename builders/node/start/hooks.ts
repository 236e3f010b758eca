/** `pre...` and `post...` scripts around one that is followed: what they make is made while building. */
import { parseCommandLine } from '../../../src/builder/command-line.js';
import { builds } from './development.js';
import { readCall } from './runners.js';
import { unsupported, type Walk } from './walk.js';

/** They print or look, and change nothing. */
const SILENT = new Set(['echo', 'true', ':', 'printf', 'clear', 'pwd', 'which']);
const CHECKS = new Set([
	'eslint',
	'prettier',
	'jest',
	'vitest',
	'mocha',
	'ava',
	'tap',
	'standard',
	'xo',
	'biome',
	'oxlint',
	'stylelint',
	'only-allow',
	'check-node-version',
	'kill-port',
	'husky',
	'depcheck',
	'audit-ci',
]);
/** They make files that the app then runs. */
const COMPILERS = new Set(
	'tsc tsc-alias babel esbuild swc tsup tsdown unbuild rollup rimraf mkdir mkdirp cp rm mv copyfiles cpy cpx ncp shx tailwindcss sass postcss del-cli del graphql-codegen'.split(
		' ',
	),
);
/** They change something outside the image, or wait for it. */
const EVERY_START =
	/\bmigrat|(?:^|[\s:/_-])seed|wait-?(?:on|for|port|it)|\bdb[:\s](?:push|sync|create|setup|reset)|\bdb push\b|\bschema:sync|\b(?:redis|pg|mysql)-cli\b/i;
const DEPTH_LIMIT = 8;

export type Purpose = 'prints' | 'checks' | 'installs' | 'builds' | 'every start' | 'unknown';

/** What a command that stands before the app is for. */
export function purposeOf(words: readonly string[], walk: Walk, depth = 0): Purpose {
	const [program = '', ...args] = words[0] === 'npx' ? words.slice(1) : words;
	if (SILENT.has(program)) return 'prints';
	const call = readCall(words, walk);
	if (call?.kind === 'install') return 'installs';
	if (call?.kind === 'script' && call.where === undefined) return purposeOfScript(call.name, walk, depth);
	if (EVERY_START.test(words.join(' '))) return 'every start';
	if (call?.kind === 'program' && call.where === undefined && depth < DEPTH_LIMIT) return purposeOf(call.words, walk, depth + 1);
	if (program === 'tsc' && args.includes('--noEmit')) return 'checks';
	if (CHECKS.has(program)) return 'checks';
	if (/^prisma$/.test(program)) return args[0] === 'generate' ? 'builds' : 'unknown';
	return COMPILERS.has(program) || builds(program, args) ? 'builds' : 'unknown';
}

function purposeOfScript(name: string, walk: Walk, depth: number): Purpose {
	const body = walk.project.manifest?.json.scripts[name];
	if (body === undefined) throw unsupported(walk, `there is no script "${name}"`);
	if (EVERY_START.test(body) || EVERY_START.test(name)) return 'every start';
	const parsed = parseCommandLine(body, { variables: true });
	if (parsed.kind === 'needs-shell' || depth >= DEPTH_LIMIT) return 'builds';
	const purposes = parsed.commands.map(({ words }) => purposeOf(words, walk, depth + 1));
	if (purposes.includes('every start')) return 'every start';
	return purposes.every((purpose) => purpose === 'prints' || purpose === 'checks') ? 'checks' : 'builds';
}

/** Takes in the scripts that the package manager runs around another. @throws TareError START_UNSUPPORTED */
export function takeHooks(name: string, hooks: boolean, walk: Walk): void {
	const { manifest } = walk.project;
	const [before, after] = [`pre${name}`, `post${name}`];
	const scripts = manifest?.json.scripts ?? {};
	const { notes } = walk.found;
	if (scripts[before] !== undefined && !hooks) notes.push(`script "${before}" is left out: the package manager does not run it by itself`);
	else if (scripts[before] !== undefined) takeScript(before, { ...walk, line: scripts[before] });
	if (scripts[after] !== undefined && hooks) notes.push(`script "${after}" is left out: it would run when the app has ended`);
}

/** A script that stands before the app. @throws TareError START_UNSUPPORTED */
export function takeScript(name: string, walk: Walk): void {
	const { buildScripts, notes } = walk.found;
	const body = walk.project.manifest?.json.scripts[name] ?? '';
	const purpose = purposeOfScript(name, walk, 0);
	if (purpose === 'every start') throw everyStart(`script "${name}" (${body})`, walk);
	if (purpose === 'checks') notes.push(`script "${name}" is left out: it only checks or prints`);
	else {
		const only = onlyScript(body, walk);
		if (!buildScripts.includes(only ?? name)) buildScripts.push(only ?? name);
		notes.push(`script "${name}" (${body}) runs while building, not at every start`);
	}
}

/** `npm run build` alone is the build itself, which does not have to run twice. */
function onlyScript(body: string, walk: Walk): string | undefined {
	const parsed = parseCommandLine(body);
	if (parsed.kind === 'needs-shell' || parsed.commands.length !== 1) return undefined;
	const [{ words, env } = { words: [], env: {} }] = parsed.commands;
	const call = Object.keys(env).length === 0 ? readCall(words, walk) : undefined;
	return call?.kind === 'script' && call.where === undefined && call.args.length === 0 ? call.name : undefined;
}

export function everyStart(what: string, walk: Walk): Error {
	return unsupported(
		walk,
		`${what} would have to run before the app at every start`,
		'Run it where you deploy, before the new version starts, or in the app itself; then start the app alone: "start": "node server.js".',
	);
}
