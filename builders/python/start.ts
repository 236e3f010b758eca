/** How the app is started: what the user or the project says, else what the source is seen to be. Nothing is run to find out. */
import type { SimpleCommand } from '../../src/builder/command-line.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { parseProcfile, processOf } from '../../src/builder/procfile.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { readCommand } from './commands.js';
import { type Dependencies, has } from './dependencies.js';
import type { Django } from './django.js';
import { candidateFiles, type Module, readModule } from './modules.js';
import type { Project } from './project.js';
import { script } from './scripts.js';
import { type ADDED, serve } from './servers.js';
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
	return asked(input) ?? procfile(input) ?? djangoStart(input) ?? webApp(input) ?? script(input) ?? nothing(input);
}

/** The other process types: their images differ in configuration alone, so what any of them needs is in all. */
export function otherStarts(input: StartInput): readonly Start[] {
	const { request, source } = input;
	if (request.start !== undefined) return [];
	const types = parseProcfile(source.text('Procfile') ?? '').map(({ type }) => type);
	return [undefined, ...types].flatMap((process) => {
		try {
			return [findStart({ ...input, request: { ...request, process } })];
		} catch (error) {
			if (error instanceof TareError) return [];
			throw error;
		}
	});
}

function asked({ request }: StartInput): Start | undefined {
	return request.start === undefined ? undefined : readCommand(request.start, { says: `asked to start with: ${request.start}` });
}

function procfile({ request, source }: StartInput): Start | undefined {
	const text = source.text('Procfile');
	const wanted = request.process ?? 'web';
	if (text === undefined) {
		if (request.process === undefined) return undefined;
		throw new TareError('NO_START', `there is no Procfile that has the process "${wanted}"`, { hint: 'Leave --process out, or add a Procfile.' });
	}
	const entries = parseProcfile(text);
	const entry = processOf(entries, wanted);
	if (entry !== undefined) return readCommand(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` });
	if (request.process === undefined) return undefined;
	throw new TareError('NO_START', `Procfile has no process "${wanted}"`, {
		hint: `It has ${entries.map(({ type }) => type).join(', ')}.`,
		at: { file: 'Procfile' },
	});
}

function djangoStart({ django }: StartInput): Start | undefined {
	if (django === undefined) return undefined;
	const { serving, root, reason } = django;
	return { commands: [{ words: serving.words, env: {} }], folder: root, roots: [root], reason, ...(serving.adds !== undefined && { adds: serving.adds }) };
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
	return { commands: [{ words, env: {} }], folder: '', roots: [root], reason: { file, line: app.line, says }, ...(adds !== undefined && { adds }) };
}

/** What `flask run` is told by .flaskenv. */
function flaskApp(source: FileIndex): string | undefined {
	const named = /^\s*(?:export\s+)?FLASK_APP\s*=\s*['"]?([\w./-]+)/m.exec(source.text('.flaskenv') ?? '')?.[1];
	return named === undefined ? undefined : source.first(named, `${named}.py`, `${named}/__init__.py`);
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

function nothing({ source, project }: StartInput): never {
	const files = source.files.map(({ path }) => path).filter((path) => path.endsWith('.py') && !path.includes('/'));
	const commands = Object.keys(project?.scripts ?? {});
	const seen = files.length === 0 ? 'no Python file in the folder' : `Python files: ${files.slice(0, 8).join(', ')}`;
	throw new TareError('NO_START', 'nothing says how the app is started', {
		hint: `Add a Procfile with "web: gunicorn module:app" (or "web: python ${files[0] ?? 'main.py'}"), or use --start. Looked for Django, a web app object (Flask, FastAPI, ...), ${
			commands.length > 1 ? `one command in [project.scripts] (there are ${commands.join(', ')})` : 'a command in [project.scripts]'
		}, and a file that runs something; ${seen}.`,
		data: { files, commands },
	});
}
