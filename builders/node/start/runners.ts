/** How package managers and tools of monorepos read their command lines: which script or program runs, with what arguments, and in which package. */
import { isBunFile, readBun } from './bun-options.js';
import { named, type Option, readOptions } from './options.js';
import { unsupported, type Walk } from './walk.js';

/** Which packages a command line means. */
export interface Where {
	/** Relative to where the command runs. */
	readonly folder?: string;
	/** Names, folders or globs of packages; none means all. */
	readonly packages?: readonly string[];
}

export type Call =
	| { readonly kind: 'script'; readonly name: string; readonly args: readonly string[]; readonly hooks: boolean; readonly where?: Where }
	| { readonly kind: 'program'; readonly words: readonly string[]; readonly where?: Where }
	| { readonly kind: 'install' };

type Runner = (words: readonly string[], walk: Walk) => Call | undefined;

const RUNNERS: Readonly<Record<string, Runner>> = { npm, pnpm, yarn, yarnpkg: yarn, bun, turbo, nx, lerna };
const LIFECYCLE = new Set(['start', 'stop', 'restart', 'test']);
const INSTALL = new Set(['install', 'i', 'ci', 'add', 'clean-install']);

/** @returns undefined where the words are none of a runner's @throws TareError START_UNSUPPORTED */
export function readCall([program = '', ...words]: readonly string[], walk: Walk): Call | undefined {
	return RUNNERS[program]?.(words, walk);
}

const NPM = named('--prefix -C -w --workspace --loglevel --userconfig --globalconfig --script-shell --cache --registry -p --package -c --call');
const NPM_OWN =
	/^(?:--prefix|-C|-w|--workspace|--workspaces|-ws|--include-workspace-root|-iwr|--loglevel|--userconfig|--globalconfig|--script-shell|--cache|--registry|-p|--package|-c|--call|-s|--silent|-q|--quiet|-d|-y|--yes|--no|--if-present|--ignore-scripts|--foreground-scripts|--production|--color|--no-color|--no-update-notifier|--no-audit|--no-fund|--offline|--prefer-offline|--scripts-prepend-node-path)$/;

/** npm takes options anywhere before `--`, and passes on other words and what is behind it. */
function npm(words: readonly string[], walk: Walk): Call | undefined {
	const end = words.indexOf('--');
	const after = end < 0 ? [] : words.slice(end + 1);
	const options: Option[] = [];
	const plain: string[] = [];
	for (let rest = words.slice(0, end < 0 ? undefined : end); rest.length > 0; ) {
		const read = readOptions(rest, NPM);
		options.push(...read.options);
		plain.push(...read.rest.slice(0, 1));
		rest = read.rest.slice(1);
	}
	const odd = options.find(({ name }) => !NPM_OWN.test(name));
	if (odd !== undefined) throw unsupported(walk, `npm reads ${odd.name} itself`, 'Write -- before the arguments of a script: "npm run serve -- --port 3000".');
	const where = npmWhere(options);
	const hooks = !options.some(({ name, value }) => name === '--ignore-scripts' && value !== 'false');
	const [command = '', ...args] = plain;
	const call = (name: string, more: readonly string[]): Call => ({ kind: 'script', name, args: [...more, ...after], hooks, ...where });
	if (LIFECYCLE.has(command)) return call(command, args);
	if (/^(?:run|run-script|rum|urn)$/.test(command) && args[0] !== undefined) return call(args[0], args.slice(1));
	if (command === 'exec' || command === 'x') {
		if (options.some(({ name }) => name === '-c' || name === '--call')) throw unsupported(walk, 'npm exec -c needs a shell');
		return { kind: 'program', words: [...args, ...after], ...where };
	}
	return INSTALL.has(command) ? { kind: 'install' } : undefined;
}

function npmWhere(options: readonly Option[]): { readonly where?: Where } {
	const values = (...names: readonly string[]): string[] => options.flatMap(({ name, value }) => (names.includes(name) && value !== undefined ? [value] : []));
	const packages = values('-w', '--workspace');
	const folder = values('--prefix', '-C').at(-1);
	if (options.some(({ name, value }) => (name === '--workspaces' || name === '-ws') && value !== 'false')) return { where: { packages: [] } };
	return whereOf(folder, packages);
}

function whereOf(folder: string | undefined, packages: readonly string[]): { readonly where?: Where } {
	if (folder === undefined && packages.length === 0) return {};
	return { where: { ...(folder !== undefined && { folder }), ...(packages.length > 0 && { packages }) } };
}

function valuesOf(options: readonly Option[], names: RegExp): readonly string[] {
	return options.flatMap(({ name, value }) => (names.test(name) && value !== undefined ? [value] : []));
}

const PNPM = named('-C --dir -F --filter --filter-prod --loglevel --reporter --workspace-concurrency --config --resume-from');

/** pnpm takes options before the script's name, and passes on all that is behind it. */
function pnpm(words: readonly string[], walk: Walk): Call | undefined {
	const before = readOptions(words, PNPM);
	const [command = '', ...rest] = before.rest;
	const runs = /^(?:run|run-script|exec)$/.test(command);
	const behind = runs ? readOptions(rest, PNPM) : { options: [], rest };
	const options = [...before.options, ...behind.options];
	const all = options.some(({ name }) => /^(?:-r|--recursive)$/.test(name));
	const packages = valuesOf(options, /^(?:-F|--filter|--filter-prod)$/);
	const where = all && packages.length === 0 ? { where: { packages: [] } } : whereOf(valuesOf(options, /^(?:-C|--dir)$/).at(-1), packages);
	if (INSTALL.has(command)) return { kind: 'install' };
	if (command === 'dlx') throw unsupported(walk, 'pnpm dlx downloads a program at every start');
	if (command === 'exec') return { kind: 'program', words: behind.rest, ...where };
	if (command === 'node') return { kind: 'program', words: ['node', ...rest], ...where };
	const [name, ...args] = runs ? behind.rest : [command, ...rest];
	return scriptOrProgram(name, args, walk, where);
}

const YARN = named('--cwd --modules-folder --cache-folder --mutex');
const FOREACH = named('--from --include --exclude -j --jobs');

/** Yarn passes on all that is behind the script's name; its first line only without a leading `--`. */
function yarn(words: readonly string[], walk: Walk): Call | undefined {
	const { options, rest } = readOptions(words, YARN);
	const [command = 'install', ...more] = rest;
	const folder = valuesOf(options, /^--cwd$/).at(-1);
	if (command === 'workspace') return inside(yarn(more.slice(1), walk), { packages: more.slice(0, 1) });
	if (command === 'workspaces') return foreach(more, walk);
	if (INSTALL.has(command)) return { kind: 'install' };
	if (command === 'dlx') throw unsupported(walk, 'yarn dlx downloads a program at every start');
	if (command === 'node') return { kind: 'program', words: ['node', ...more], ...whereOf(folder, []) };
	if (command === 'exec') return { kind: 'program', words: more[0] === '--' ? more.slice(1) : more, ...whereOf(folder, []) };
	const [name, ...args] = command === 'run' ? readOptions(more, () => false).rest : rest;
	const passed = args[0] === '--' && walk.project.manager !== 'yarn-berry' ? args.slice(1) : args;
	return scriptOrProgram(name, passed, walk, whereOf(folder, []));
}

function foreach(words: readonly string[], walk: Walk): Call | undefined {
	const { options, rest } = readOptions(words[0] === 'foreach' ? words.slice(1) : words, FOREACH);
	const packages = valuesOf(options, /^(?:--include|--from)$/);
	return inside(yarn(rest, walk), { packages });
}

function inside(call: Call | undefined, where: Where): Call | undefined {
	return call === undefined || call.kind === 'install' ? call : { ...call, where };
}

/** A name is a script's first, then a program's. */
function scriptOrProgram(name: string | undefined, args: readonly string[], walk: Walk, where: { readonly where?: Where }): Call | undefined {
	if (name === undefined) return undefined;
	const { manifest, hooks } = walk.project;
	if (where.where === undefined && manifest?.json.scripts[name] === undefined && name !== 'start') return { kind: 'program', words: [name, ...args] };
	return { kind: 'script', name, args, hooks, ...where };
}

function bun(words: readonly string[], walk: Walk): Call | undefined {
	const { options, runs, name, args } = readBun(words);
	const where = whereOf(valuesOf(options, /^--cwd$/).at(-1), valuesOf(options, /^(?:-F|--filter)$/));
	const isScript = name !== undefined && walk.project.manifest?.json.scripts[name] !== undefined;
	if (name === undefined || (isBunFile(name) && !isScript)) return undefined;
	if (!runs && INSTALL.has(name)) return { kind: 'install' };
	if (!runs && name === 'x') return { kind: 'program', words: args, ...where };
	const passed = args[0] === '--' ? args.slice(1) : args;
	const call = scriptOrProgram(name, passed, walk, where);
	return call?.kind === 'script' ? { ...call, hooks: true } : call;
}

/** https://turborepo.com/docs/reference/run */
function turbo(words: readonly string[], walk: Walk): Call | undefined {
	const { options, names } = spread(words, named('--filter -F --concurrency --cwd --output-logs --log-order --ui --env-mode --cache-dir'));
	const tasks = names.filter((name) => name !== 'run');
	if (tasks.length !== 1) throw unsupported(walk, `turbo runs several scripts (${tasks.join(', ')})`);
	return { kind: 'script', name: tasks[0] as string, args: behind(words), hooks: true, where: { packages: valuesOf(options, /^(?:--filter|-F)$/) } };
}

/** https://nx.dev/nx-api/nx: `nx serve web`, `nx run web:serve`, `nx run-many -t serve -p web` */
function nx(words: readonly string[], walk: Walk): Call | undefined {
	const { options, names } = spread(words, named('-t --target --targets -p --projects --project -c --configuration'));
	const [first = '', second] = names;
	if (first === 'run' && second !== undefined) {
		const [project = '', target = ''] = second.split(':');
		return { kind: 'script', name: target, args: behind(words), hooks: true, where: { packages: [project] } };
	}
	const targets = valuesOf(options, /^(?:-t|--targets?)$/);
	const projects = valuesOf(options, /^(?:-p|--projects?)$/).flatMap((value) => value.split(','));
	const name = first === 'run-many' ? targets[0] : first;
	if (name === undefined || name === '') throw unsupported(walk, 'nx is given no target');
	return { kind: 'script', name, args: behind(words), hooks: true, where: { packages: second === undefined ? projects : [second] } };
}

/** https://lerna.js.org/docs/api-reference/commands: `lerna run start --scope web` */
function lerna(words: readonly string[], walk: Walk): Call | undefined {
	const { options, names } = spread(words, named('--scope --ignore --concurrency --npm-client --loglevel'));
	if (!/^(?:run|exec)$/.test(names[0] ?? '')) throw unsupported(walk, `lerna ${names[0] ?? ''} starts nothing`);
	const where = { packages: valuesOf(options, /^--scope$/) };
	if (names[0] === 'exec') return { kind: 'program', words: behind(words), where };
	return { kind: 'script', name: names[1] ?? 'start', args: behind(words), hooks: true, where };
}

function behind(words: readonly string[]): readonly string[] {
	return words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
}

/** Options and other words, in any order, before `--`. */
function spread(words: readonly string[], takesValue: (name: string) => boolean): { readonly options: readonly Option[]; readonly names: readonly string[] } {
	const options: Option[] = [];
	const names: string[] = [];
	for (let rest = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined); rest.length > 0; ) {
		const read = readOptions(rest, takesValue);
		options.push(...read.options);
		names.push(...read.rest.slice(0, 1));
		rest = read.rest.slice(1);
	}
	return { options, names };
}
