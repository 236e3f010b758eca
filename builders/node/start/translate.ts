/** Turns a start script into one exec array: no shell, no npm, no development tool. */
import { parseCommandLine, type SimpleCommand } from '../../../src/builder/command-line.js';
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';

export interface Translation {
	/** `node` and its arguments. */
	readonly command: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Working folder below the app's, '' for the app's own. */
	readonly folder: string;
	/** Scripts that the command line runs before the app: they belong to the build. */
	readonly buildScripts: readonly string[];
	/** Programs that the command line runs before the app and that belong to the build (`tsc`). */
	readonly buildCommands: readonly (readonly string[])[];
	/** What was changed and why. */
	readonly notes: readonly string[];
	/** Words of the command name variables of the container. */
	readonly expands?: boolean;
	/** The command only serves a folder: there is nothing of the app's to run. */
	readonly site?: { readonly roots: readonly string[]; readonly singlePage: boolean };
}

export interface TranslationContext {
	readonly scripts: Readonly<Record<string, string>>;
	readonly bins: Readonly<Record<string, string>>;
	/** Names of production dependencies. */
	readonly production: readonly string[];
	readonly at: Reason;
	/** Other packages of the workspace, for advice. */
	readonly members?: readonly string[];
}

/** They print, and change nothing. */
const SILENT = new Set(['echo', 'true', ':', 'printf', 'clear']);
/** They make files that the app then runs. */
const COMPILERS = new Set([
	'tsc',
	'babel',
	'esbuild',
	'swc',
	'tsup',
	'rollup',
	'webpack',
	'parcel',
	'rimraf',
	'mkdir',
	'cp',
	'rm',
	'copyfiles',
	'cpy',
	'tsc-alias',
]);
/** They watch files or run sources; a container runs the result. */
const DEVELOPMENT = new Set([
	'ts-node',
	'ts-node-dev',
	'tsnd',
	'tsx',
	'babel-node',
	'vite',
	'ng',
	'react-scripts',
	'vue-cli-service',
	'webpack-dev-server',
	'parcel',
	'nest',
	'gatsby',
	'eleventy',
	'nuxt',
	'nuxi',
	'vinxi',
	'remix',
	'react-router',
	'docusaurus',
	'vitepress',
	'webpack',
	'astro',
	'ember',
	'live-server',
	'browser-sync',
	'lite-server',
]);
/** Of these, what a project ships on purpose when they are production dependencies. */
const SOURCE_RUNNERS = new Set(['tsx', 'ts-node', 'babel-node']);
const SUPERVISORS = new Set(['pm2', 'pm2-runtime', 'forever', 'concurrently', 'npm-run-all', 'run-p', 'run-s', 'turbo', 'nx', 'lerna']);
const RUNNERS = /^(?:npm|pnpm|yarn|bun)$/;
const DEPTH_LIMIT = 8;

/** @throws TareError START_UNSUPPORTED naming the construct, with what to write instead */
export function translate(line: string, context: TranslationContext, depth = 0): Translation {
	const plain = parseCommandLine(line);
	const parsed = plain.kind === 'needs-shell' ? parseCommandLine(line, { variables: true }) : plain;
	if (parsed.kind === 'needs-shell') throw unsupported(line, `${parsed.construct} needs a shell, and the image has none`, context);
	if (depth > DEPTH_LIMIT) throw unsupported(line, 'its scripts call each other in a circle', context);
	const state = {
		folder: '',
		env: {} as Record<string, string>,
		buildScripts: [] as string[],
		buildCommands: [] as (readonly string[])[],
		notes: [] as string[],
	};
	const commands = parsed.commands.filter(({ words }) => words.length > 0);
	for (const before of commands.slice(0, -1)) absorb(before, state, line, context);
	const last = commands.at(-1);
	if (last === undefined) throw unsupported(line, 'it starts nothing', context);
	const variable = Object.values(last.env).find((value) => value.includes('$'));
	if (plain !== parsed && variable !== undefined)
		throw unsupported(line, `a variable with the value ${variable} needs a shell, and the image has none`, context);
	const done = finish(last, state, line, context, depth);
	return plain === parsed ? done : { ...done, expands: true };
}

interface State {
	folder: string;
	readonly env: Record<string, string>;
	readonly buildScripts: string[];
	readonly buildCommands: (readonly string[])[];
	readonly notes: string[];
}

/** Takes in a command that runs before the app. */
function absorb({ words }: SimpleCommand, state: State, line: string, context: TranslationContext): void {
	const [program = '', argument = ''] = words;
	const script = scriptOf(words);
	if (script !== undefined && state.folder !== '') throw otherFolder(line, state.folder, context);
	if (SILENT.has(program)) state.notes.push(`left out "${words.join(' ')}": it only prints`);
	else if (program === 'cd' && /^[\w@./-]+$/.test(argument) && !argument.startsWith('/') && !argument.split('/').includes('..'))
		state.folder = argument.replace(/^\.\//, '').replace(/\/$/, '');
	else if (script !== undefined && script in context.scripts) {
		state.buildScripts.push(script);
		state.notes.push(`"${words.join(' ')}" runs while building, not at every start`);
	} else if (COMPILERS.has(program) || (program === 'npx' && COMPILERS.has(argument))) {
		state.buildCommands.push(program === 'npx' ? words.slice(1) : words);
		state.notes.push(`"${words.join(' ')}" runs while building, not at every start`);
	} else throw unsupported(line, `"${words.join(' ')}" would have to run before the app at every start`, context);
}

function finish(command: SimpleCommand, state: State, line: string, context: TranslationContext, depth: number): Translation {
	Object.assign(state.env, command.env);
	const words = stripWrappers(command.words, state);
	const [program = '', ...rest] = words;
	const script = scriptOf(words);
	if (program === 'bun' && runsFile(rest)) return { ...state, command: ['bun', ...rest.filter((word) => !/^--(?:watch|hot)$/.test(word))] };
	if (/^(?:bunx|pnpx)$/.test(program)) return finish({ ...command, words: rest }, state, line, context, depth);
	const elsewhere = script !== undefined && state.folder !== '' ? state.folder : RUNNERS.test(program) ? folderFlag(rest) : undefined;
	if (elsewhere !== undefined) throw otherFolder(line, elsewhere, context);
	if (RUNNERS.test(program) && startsOther(rest)) throw otherPackage(line, context);
	if (script !== undefined) return nested(script, words, state, line, context, depth);
	if (program === 'node' || program === 'nodejs') return { ...state, command: ['node', ...rest.filter((word) => word !== '--watch')] };
	// A full path names a program of the base.
	if (program.startsWith('/')) return { ...state, command: words };
	if ((program === 'next' && rest[0] === 'dev') || (program === 'strapi' && rest[0] === 'develop'))
		throw unsupported(line, `${program} ${rest[0]} is a development server`, context, true);
	if (SUPERVISORS.has(program)) throw unsupported(line, `${program} runs several processes or restarts them, which is the platform's work`, context);
	const bin = binOf(program, context);
	if (bin !== undefined && program === 'tsx')
		return { ...state, command: ['node', '--import', 'tsx', ...rest], notes: [...state.notes, 'tsx is a loader of Node'] };
	if (bin === undefined && /^(?:serve|http-server)$/.test(program)) return served(program, rest, state);
	// Its command line listens on the loopback address but for containers it knows.
	if (bin !== undefined && program === 'fastify') state.env.FASTIFY_ADDRESS = '0.0.0.0';
	if (bin !== undefined) return { ...state, command: ['node', bin, ...rest], notes: [...state.notes, `${program} is ${bin}`] };
	throw unsupported(
		line,
		DEVELOPMENT.has(program) ? `${program} is a development tool` : `${program} is no program of the image`,
		context,
		DEVELOPMENT.has(program),
	);
}

function nested(script: string, words: readonly string[], state: State, line: string, context: TranslationContext, depth: number): Translation {
	const body = context.scripts[script];
	if (body === undefined) throw unsupported(line, `there is no script "${script}"`, context);
	const separator = words.indexOf('--');
	const extra = separator < 0 ? [] : words.slice(separator + 1);
	const inner = translate(body, context, depth + 1);
	return {
		command: [...inner.command, ...extra],
		env: { ...state.env, ...inner.env },
		folder: [state.folder, inner.folder].filter((part) => part !== '').join('/'),
		buildScripts: [...state.buildScripts, ...inner.buildScripts],
		buildCommands: [...state.buildCommands, ...inner.buildCommands],
		notes: [...state.notes, `script "${script}": ${body}`, ...inner.notes],
		...(inner.expands === true && { expands: true }),
		...(inner.site !== undefined && { site: inner.site }),
	};
}

/** `bun index.ts`, `bun run src/index.ts` */
function runsFile(words: readonly string[]): boolean {
	const first = words.filter((word) => word !== 'run' && !word.startsWith('-'))[0];
	return first !== undefined && /(?:\.[cm]?[jt]sx?$|^\.\/)/.test(first);
}

function startsOther(words: readonly string[]): boolean {
	return words.some((word) => /^(?:-w|--workspace(?:=.*)?|--prefix(?:=.*)?|-C|--filter(?:=.*)?|-F|workspace|workspaces|--cwd(?:=.*)?)$/.test(word));
}

function otherPackage(line: string, context: TranslationContext): TareError {
	const error = unsupported(line, 'it starts another package of the workspace', context);
	const [example] = context.members ?? [];
	return new TareError('START_UNSUPPORTED', error.message, {
		hint: example === undefined ? 'Build that package: tare build FOLDER.' : `Build that package by its folder, for example: tare build ${example}.`,
		...(error.at !== undefined && { at: error.at }),
	});
}

/** `npm --prefix server start`, `yarn --cwd server start` */
function folderFlag(words: readonly string[]): string | undefined {
	const at = words.findIndex((word) => /^(?:--prefix|--cwd|-C)(?:=|$)/.test(word));
	const folder = at < 0 ? undefined : (/=(.+)/.exec(words[at] ?? '')?.[1] ?? words[at + 1]);
	return folder?.replace(/^\.\//, '').replace(/\/$/, '');
}

function otherFolder(line: string, folder: string, context: TranslationContext): TareError {
	const { message, at } = unsupported(line, `it starts another project, in ${folder}`, context);
	return new TareError('START_UNSUPPORTED', message, { hint: `Build that folder: tare build ${folder}.`, ...(at !== undefined && { at }) });
}

/** What `serve -s build` and `http-server public` do, our own file server does. */
function served(program: string, words: readonly string[], state: State): Translation {
	const folder = words.find((word, at) => !word.startsWith('-') && !/^-(?:l|p|-listen|-port|c|-config|a)$/.test(words[at - 1] ?? '')) ?? '.';
	const root = folder.replace(/^\.\//, '').replace(/\/$/, '');
	const singlePage = words.some((word) => word === '-s' || word === '--single');
	return {
		...state,
		command: [],
		site: { roots: [root === '.' ? '' : root], singlePage },
		notes: [...state.notes, `${program} is not in the image: our file server serves ${folder}`],
	};
}

/** The script that `npm run X`, `npm start`, `yarn X` run. */
function scriptOf(words: readonly string[]): string | undefined {
	const [program = '', ...rest] = words;
	if (!RUNNERS.test(program)) return undefined;
	const plain = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined).filter((word) => !word.startsWith('-'));
	return plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : plain[0];
}

/** `cross-env A=b cmd`, `npx cmd`, `nodemon file` and the like add nothing in a container. */
function stripWrappers(words: readonly string[], state: State): readonly string[] {
	const [program = '', ...rest] = words;
	if (program === 'cross-env' || program === 'env') {
		const at = rest.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
		for (const word of rest.slice(0, Math.max(0, at))) state.env[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
		return at < 0 ? [] : stripWrappers(rest.slice(at), state);
	}
	if (program === 'npx' || program === 'exec')
		return stripWrappers(
			rest.filter((word, at) => at > 0 || !/^-{1,2}(?:y|yes|no-install)$/.test(word)),
			state,
		);
	if (/^(?:pm2-runtime|forever)$/.test(program)) {
		const file = (rest[0] === 'start' ? rest.slice(1) : rest).find((word) => !word.startsWith('-'));
		if (file === undefined || !/\.[cm]?js$/.test(file) || /(?:^|\/)(?:ecosystem|pm2)[\w.-]*\.config\.[cm]?js$/.test(file)) return words;
		state.notes.push(`${program} restarts processes, which is the platform's work: node runs ${file}`);
		return ['node', file];
	}
	if (program === 'nodemon' || (program === 'node-dev' && rest.length > 0)) {
		const file = rest.find((word) => /\.[cm]?js$/.test(word) || word === '.');
		if (file === undefined) return words;
		state.notes.push(`${program} is a development tool: node runs ${file}`);
		return ['node', file, ...rest.slice(rest.indexOf(file) + 1)];
	}
	return words;
}

/** A program that a production dependency brings. */
function binOf(program: string, { bins, production }: TranslationContext): string | undefined {
	const path = bins[program];
	if (path === undefined)
		return production.includes(program) && (!DEVELOPMENT.has(program) || SOURCE_RUNNERS.has(program)) ? `node_modules/.bin/${program}` : undefined;
	const owner = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? '';
	return production.includes(owner) ? path : undefined;
}

/** @param development nobody means it for production: another candidate may be tried */
function unsupported(line: string, why: string, { at }: TranslationContext, development = false): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${line}": ${why}`, {
		hint: 'Write the production command as one program, for example "start": "node server.js", or give it with --start "node server.js" (or `start:` in tare.yaml).',
		...(at.file !== undefined && { at: { file: at.file, ...(at.line !== undefined && { line: at.line }) } }),
		data: { development, ...(development && { words: line }) },
	});
}
