/** How the app is started: what the user or the project says, else what the source is seen to be. Nothing is run to find out. */
import type { SimpleCommand } from '../../src/builder/command-line.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { chooseProcess, procfileEntries, WEB } from '../../src/builder/process-choice.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { readCommand } from './commands.js';
import { type Dependencies, has } from './dependencies.js';
import type { Django } from './django.js';
import { candidateFiles, type Module, readModule } from './modules.js';
import type { Project } from './project.js';
import { script } from './scripts.js';
import { type ADDED, serve } from './servers.js';
import { entrypoint } from './serving/entrypoints.js';
import { toolScripts } from './serving/tool-scripts.js';
import { factories, type WebApp, webApps } from './web-apps.js';

export interface Start {
	/** Words may name variables. */
	readonly commands: readonly SimpleCommand[];
	/** Folder to start in, '' for the app's own. */
	readonly folder: string;
	/** Folders of the source on the import path. */
	readonly roots: readonly string[];
	readonly reason: Reason;
	readonly adds?: keyof typeof ADDED;
	/** Chosen here: nobody wrote the command. */
	readonly own?: true;
	/** What was passed over on the way. */
	readonly warnings?: readonly Reason[];
}

export interface StartInput {
	readonly request: PlanRequest;
	readonly source: FileIndex;
	readonly project: Project | undefined;
	readonly dependencies: Dependencies;
	readonly django: Django | undefined;
}

/** @throws TareError NO_START | START_UNSUPPORTED | AMBIGUOUS | MANIFEST_INVALID */
export function findStart(input: StartInput): Start {
	const said = asked(input) ?? procfile(input) ?? entrypoint(input);
	if (said !== undefined) return said;
	const { start, warnings } = toolScripts(input);
	const found = start ?? djangoStart(input) ?? webApp(input) ?? script(input) ?? nothing(input, warnings);
	return warnings.length === 0 ? found : { ...found, warnings };
}

export interface TypedStart extends Start {
	readonly type: string;
}

/** Every process type: their images differ in configuration alone, so what any of them needs is in all. */
export function everyStart(input: StartInput): readonly TypedStart[] {
	const { request, source } = input;
	if (request.start !== undefined) return [];
	const types = new Set([WEB, ...procfileEntries(source).map(({ type }) => type)]);
	return [...types].flatMap((process) => {
		try {
			return [{ ...findStart({ ...input, request: { ...request, process } }), type: process }];
		} catch (error) {
			// Its own build will say so.
			if (error instanceof TareError) return [];
			throw error;
		}
	});
}

function asked({ request }: StartInput): Start | undefined {
	return request.start === undefined ? undefined : readCommand(request.start, { says: `asked to start with: ${request.start}` });
}

/** The Procfile's process; with another name than `web`, a command of the project or a script of its tool as well. */
function procfile(input: StartInput): Start | undefined {
	const { request, project } = input;
	const commands = project?.scripts ?? {};
	const tool = request.process === undefined ? undefined : toolScripts(input, request.process).start;
	const names = [...Object.keys(commands), ...(tool === undefined || request.process === undefined ? [] : [request.process])];
	const choice = chooseProcess(request, { kind: 'command', names });
	if (choice.kind === 'entry') return readCommand(choice.entry.command, choice.reason);
	if (choice.kind === 'rules') return undefined;
	if (project !== undefined && Object.hasOwn(commands, choice.name))
		return readCommand(choice.name, { file: project.file, says: `command "${choice.name}": ${commands[choice.name]}` });
	return tool;
}

function djangoStart({ django }: StartInput): Start | undefined {
	if (django === undefined) return undefined;
	const { serving, root, reason } = django;
	return {
		commands: [{ words: serving.words, env: {} }],
		folder: root,
		roots: [root],
		reason,
		own: true,
		...(serving.adds !== undefined && { adds: serving.adds }),
	};
}

function webApp({ source, dependencies }: StartInput): Start | undefined {
	const { conventional, others } = candidateFiles(source);
	const hinted = flaskApp(source);
	const known = [...(hinted === undefined ? [] : [hinted]), ...conventional].map((file) => readModule(source, file));
	const rest = lazily(() => others.map((file) => readModule(source, file)));
	const app = first(known, webApps) ?? only(rest(), webApps) ?? first(known, factories) ?? only(rest(), factories);
	if (app === undefined) return undefined;
	const sure = app.framework === '' ? { ...app, interface: interfaceOf(dependencies) } : app;
	const { words, adds } = serve(sure, dependencies);
	const { file, root } = app.module;
	const says = `${app.framework === '' ? 'web app' : app.framework}${app.factory ? ' factory' : ''} "${app.object}" in ${file}`;
	return { commands: [{ words, env: {} }], folder: '', roots: [root], reason: { file, line: app.line, says }, own: true, ...(adds !== undefined && { adds }) };
}

/** What `flask run` is told by .flaskenv. */
function flaskApp(source: FileIndex): string | undefined {
	const named = /^\s*(?:export\s+)?FLASK_APP\s*=\s*['"]?([\w./-]+)/m.exec(source.text('.flaskenv') ?? '')?.[1];
	const path = named?.replace(/\.py$/, '').replaceAll('.', '/');
	return path === undefined ? undefined : source.first(`${path}.py`, `${path}/__init__.py`, `src/${path}.py`, `src/${path}/__init__.py`);
}

/** A factory in a module of its own tells nothing of what it makes: the dependencies do. */
function interfaceOf(dependencies: Dependencies): WebApp['interface'] {
	const is = (...names: readonly string[]): boolean => names.some((name) => has(dependencies, name));
	return is('fastapi', 'starlette', 'litestar', 'quart', 'sanic', 'python-fasthtml') && !is('flask') ? 'asgi' : 'wsgi';
}

function first(modules: readonly Module[], find: (module: Module) => readonly WebApp[]): WebApp | undefined {
	for (const module of modules) {
		const [app] = find(module);
		if (app !== undefined) return app;
	}
	return undefined;
}

/** Among files whose names say nothing there must be one. @throws TareError AMBIGUOUS */
function only(modules: readonly Module[], find: (module: Module) => readonly WebApp[]): WebApp | undefined {
	const found = modules.flatMap((module) => find(module).slice(0, 1));
	const depth = Math.min(...found.map(({ module }) => module.file.split('/').length));
	const highest = found.filter(({ module }) => module.file.split('/').length === depth);
	if (highest.length <= 1) return highest[0];
	const names = highest.map(({ module, object }) => `${module.name}:${object}`);
	throw new TareError('AMBIGUOUS', `more than one file makes a web app: ${highest.map(({ module }) => module.file).join(', ')}`, {
		hint: `Name one: --start "${highest[0]?.interface === 'asgi' ? 'uvicorn' : 'gunicorn'} ${names[0]}", or a line "web: ..." in a Procfile.`,
		data: { candidates: names },
	});
}

function lazily<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

function nothing({ source, project }: StartInput, passedOver: readonly Reason[]): never {
	const files = source.files.map(({ path }) => path).filter((path) => path.endsWith('.py') && !path.includes('/'));
	const commands = Object.keys(project?.scripts ?? {});
	const seen = files.length === 0 ? 'no Python file in the folder' : `Python files: ${files.slice(0, 8).join(', ')}`;
	throw new TareError('NO_START', 'nothing says how the app is started', {
		hint: `Add a Procfile with "web: gunicorn module:app" (or "web: python ${files[0] ?? 'main.py'}"), or use --start. Looked for Django, a web app object (Flask, FastAPI, ...), ${
			commands.length > 1 ? `one command in [project.scripts] (there are ${commands.join(', ')})` : 'a command in [project.scripts]'
		}, and a file that runs something; ${seen}.${passedOver.map(({ says }) => ` ${says}.`).join('')}`,
		data: { files, commands },
	});
}
