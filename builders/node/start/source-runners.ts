/** Programs that run TypeScript and the like from source. One that production installs is what the project means to ship; else a build's result runs. */

import { nodeTakesValue } from './node-options.js';
import { named, type Option, readOptions } from './options.js';
import { runProgram } from './programs.js';
import { type Development, type Program, quoted, unsupported, type Walk } from './walk.js';

interface Runner {
	/** The package that brings it. */
	readonly package: string;
	readonly takesValue: (name: string) => boolean;
	/** Words in front of the file that only make it watch. */
	readonly watches?: RegExp;
	/** It restarts the app when files change, whatever its options. */
	readonly development?: true;
}

const TS_NODE = named(
	'-P --project -C --compiler -I --ignore -O --compilerOptions --compiler-options -D --ignoreDiagnostics --ignore-diagnostics -r --require --cwd --dir --scopeDir --scope-dir -e --eval -p --print',
);
const TSX = named('--tsconfig --include --exclude --ignore');

const RUNNERS: Readonly<Record<string, Runner>> = {
	'babel-node': { package: '@babel/node', takesValue: named('-r --require -x --extensions --presets -o --only -i --ignore --plugins --config-file -e --eval') },
	esno: { package: 'esno', takesValue: nodeTakesValue },
	esr: { package: 'esno', takesValue: nodeTakesValue },
	jiti: { package: 'jiti', takesValue: nodeTakesValue },
	'swc-node': { package: '@swc-node/cli', takesValue: nodeTakesValue },
	'ts-node': { package: 'ts-node', takesValue: TS_NODE },
	'ts-node-dev': {
		package: 'ts-node-dev',
		takesValue: (name) => TS_NODE(name) || /^--(?:watch|ignore-watch|interval|debounce)$/.test(name),
		development: true,
	},
	'ts-node-esm': { package: 'ts-node', takesValue: TS_NODE },
	'ts-node-transpile-only': { package: 'ts-node', takesValue: TS_NODE },
	tsnd: { package: 'ts-node-dev', takesValue: (name) => TS_NODE(name) || /^--(?:watch|ignore-watch|interval|debounce)$/.test(name), development: true },
	tsx: {
		package: 'tsx',
		takesValue: (name) => TSX(name) || nodeTakesValue(name),
		watches: /^(?:--watch|--clear-screen(?:=.*)?|--no-clear-screen|--include(?:=.*)?|--exclude(?:=.*)?|--ignore(?:=.*)?)$/,
	},
};
/** Packages that make Node load sources when they are given to `-r`, `--import` or `--loader`. */
const LOADERS = new Set(['ts-node', 'tsx', '@swc-node/register', 'esbuild-register', '@babel/register', '@babel/node', 'ts-node-dev', 'jiti', 'tsm']);
const PRELOADS = new Set(['-r', '--require', '--import']);

export function isSourceRunner(program: string): boolean {
	return program in RUNNERS;
}

/** @throws TareError START_UNSUPPORTED with what the program would have run */
export function runSource(program: string, words: readonly string[], walk: Walk): Program {
	const runner = RUNNERS[program] as Runner;
	const watched = program === 'tsx' && (words[0] === 'watch' || words[0] === 'w') ? words.slice(1) : words;
	const { options, rest } = readOptions(watched, runner.takesValue);
	const kept = options.filter((option) => runner.watches?.test(option.name) !== true);
	if (watched !== words || kept.length < options.length) walk.found.notes.push(`"${program}" runs without watching files`);
	const [file, ...args] = rest;
	if (!walk.project.production.includes(runner.package) || runner.development === true) {
		const says = runner.development === true ? 'restarts the app when files change' : 'is a development dependency, or none: the image does not have it';
		throw refuseSource(`${program} ${says}`, program, kept, file, args, walk);
	}
	if (program !== 'tsx') return runProgram(program, [...kept.flatMap((option) => option.words), ...rest], walk);
	return { kind: 'command', words: tsxCommand(kept, rest, walk) };
}

function tsxCommand(options: readonly Option[], rest: readonly string[], { found }: Walk): readonly string[] {
	const own = options.filter(({ name }) => !/^--(?:tsconfig|no-cache)$/.test(name));
	const config = options.findLast(({ name }) => name === '--tsconfig')?.value;
	if (config !== undefined) found.env.TSX_TSCONFIG_PATH = config;
	if (options.some(({ name }) => name === '--no-cache')) found.env.TSX_DISABLE_CACHE = '1';
	found.notes.push('tsx is a loader of Node');
	return ['node', '--import', 'tsx', ...own.flatMap(({ words }) => words), ...rest];
}

/** What would have run, for whoever finds what production has in its place. */
export function refuseSource(says: string, tool: string, options: readonly Option[], file: string | undefined, args: readonly string[], walk: Walk): Error {
	const { env, folder } = walk.found;
	const preloads = options.filter(({ name, value }) => PRELOADS.has(name) && value !== undefined && !LOADERS.has(packageOf(value)));
	const line = (instead: string): string =>
		[
			...(folder === '' ? [] : ['cd', quoted(folder), '&&']),
			...Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`),
			...['node', ...preloads.flatMap(({ words }) => words), instead, ...args].map(quoted),
		].join(' ');
	const found: Development = { development: true, tool, browser: false, ...(file !== undefined && { run: { file, line } }) };
	return unsupported(walk, says, undefined, found);
}

export function isLoader(specifier: string): boolean {
	return LOADERS.has(packageOf(specifier));
}

/** `@a/b/c` is of the package `@a/b`; paths are of none. */
export function packageOf(specifier: string): string {
	return /^(?:@[^/]+\/)?[^./@][^/]*/.exec(specifier)?.[0] ?? '';
}
