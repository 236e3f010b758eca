/** The web application objects that a module makes at its top level, known by what their constructor stands for. */
import type { Module } from './modules.js';
import { resolveName } from './python-source.js';

export type Interface = 'wsgi' | 'asgi';

export interface WebApp {
	readonly module: Module;
	/** Variable, or function of a factory. */
	readonly object: string;
	readonly factory: boolean;
	readonly interface: Interface;
	/** `Flask`, `FastAPI`, ... */
	readonly framework: string;
	readonly line: number;
}

const CONSTRUCTORS: readonly (readonly [RegExp, Interface])[] = [
	[
		/^(?:fastapi|starlette|litestar|starlite|quart|quart_trio|esmerald|ravyn)(?:\.\w+)*\.(FastAPI|Starlette|Litestar|Starlite|Quart|QuartTrio|Esmerald|Ravyn)$/,
		'asgi',
	],
	[/^fasthtml(?:\.\w+)*\.(FastHTML|fast_app)$/, 'asgi'],
	[/^blacksheep(?:\.\w+)*\.(Application)$/, 'asgi'],
	[/^(?:falcon\.asgi(?:\.\w+)*)\.(App)$/, 'asgi'],
	[/^socketio(?:\.\w+)*\.(ASGIApp)$/, 'asgi'],
	[/^sanic(?:\.\w+)*\.(Sanic)$/, 'asgi'],
	[/^connexion(?:\.\w+)*\.(AsyncApp|FlaskApp|App)$/, 'asgi'],
	[/^google\.adk\.cli\.fast_api\.(get_fast_api_app)$/, 'asgi'],
	[/^google\.adk\.a2a(?:\.\w+)*\.(to_a2a)$/, 'asgi'],
	[/^django\.core\.asgi\.(get_asgi_application)$/, 'asgi'],
	[/^(?:flask|apiflask|flask_openapi3|eve)(?:\.\w+)*\.(Flask|APIFlask|OpenAPI|Eve)$/, 'wsgi'],
	[/^bottle\.(Bottle|default_app|app)$/, 'wsgi'],
	[/^falcon(?:\.\w+)*\.(App|API)$/, 'wsgi'],
	[/^socketio(?:\.\w+)*\.(WSGIApp)$/, 'wsgi'],
	[/^django\.core\.wsgi\.(get_wsgi_application)$/, 'wsgi'],
];
const ASSIGNED = /^(\w+)\s*(?:,\s*\w+\s*)*(?::\s*[\w.[\]"' ]+)?=\s*(?:\w+\s*=\s*)*([\w.]+)\s*\(/;
const FACTORY = /^(?:async\s+)?def\s+((?:create|make|get|build|init)_(?:\w+_)?app(?:lication)?|app_factory)\s*\((.*)\)\s*(?:->[^:]*)?:/;
/** Which of several objects is the outermost. */
const OUTER = ['ASGIApp', 'WSGIApp'];
const NAMES = ['app', 'application', 'api', 'server', 'asgi', 'wsgi'];

/** Objects first, in the order of how sure they are. */
export function webApps(module: Module): readonly WebApp[] {
	const top = module.statements.filter(({ indent }) => indent === 0);
	// A module that serves itself is a script.
	const isScript = top.some(({ text }) => /^if\s+__name__\s*==/.test(text));
	const objects = top.flatMap(({ text, line }) => [...objectOf(module, text, line), ...(isScript ? [] : callableOf(module, text, line))]);
	const rank = ({ framework, object }: WebApp): number => (OUTER.includes(framework) ? -1 : NAMES.includes(object) ? NAMES.indexOf(object) : NAMES.length);
	return [...objects].sort((a, b) => rank(a) - rank(b));
}

function objectOf(module: Module, text: string, line: number): WebApp[] {
	const dash = /^(\w+)\s*=\s*\w+\.server$/.exec(text)?.[1];
	if (dash !== undefined && module.imports.modules.some((name) => /^dash\b/.test(name)))
		return [{ module, object: dash, factory: false, line, interface: 'wsgi', framework: 'Dash' }];
	const [, object = '', callee = ''] = ASSIGNED.exec(text) ?? [];
	if (object === '') return [];
	const kind = constructorOf(resolveName(callee, module.imports));
	if (kind !== undefined) return [{ module, object, factory: false, line, ...kind }];
	// `app = create_app()`: what the factory makes is told by what else the project uses.
	const made = NAMES.includes(object) && /(?:^|\.)(?:create|make|get|build|init)_(?:\w+_)?app(?:lication)?$/.test(callee);
	if (made) return [{ module, object, factory: false, line, ...(usedBy(module) ?? { interface: 'wsgi', framework: '' }) }];
	const pyramid = /\.make_wsgi_app$/.test(callee) || /\.wsgifunc$/.test(callee);
	return pyramid ? [{ module, object, factory: false, line, interface: 'wsgi', framework: 'WSGI' }] : [];
}

/** A function with the parameters of an application: https://peps.python.org/pep-3333/ and https://asgi.readthedocs.io/en/latest/specs/main.html */
function callableOf(module: Module, text: string, line: number): WebApp[] {
	const wsgi = /^def\s+(\w+)\s*\(\s*\w+\b[^,()]*,\s*start_response\b[^,()]*\)/.exec(text)?.[1];
	if (wsgi !== undefined) return [{ module, object: wsgi, factory: false, line, interface: 'wsgi', framework: 'WSGI' }];
	const asgi = /^async\s+def\s+(\w+)\s*\(\s*scope\b[^,()]*,\s*receive\b[^,()]*,\s*send\b[^,()]*\)/.exec(text)?.[1];
	return asgi === undefined ? [] : [{ module, object: asgi, factory: false, line, interface: 'asgi', framework: 'ASGI' }];
}

/** Functions that make an app when called with nothing. */
export function factories(module: Module): readonly WebApp[] {
	const used = usedBy(module);
	if (used === undefined) return [];
	return module.statements
		.filter(({ indent }) => indent === 0)
		.flatMap(({ text, line }): WebApp[] => {
			const [, object = '', parameters = ''] = FACTORY.exec(text) ?? [];
			return object === '' || !callableBare(parameters) ? [] : [{ module, object, factory: true, line, ...used }];
		});
}

/** Every parameter has a default, or takes the rest. */
function callableBare(parameters: string): boolean {
	const parts: string[] = [];
	let depth = 0;
	let part = '';
	for (const character of parameters) {
		if ('([{'.includes(character)) depth++;
		if (')]}'.includes(character)) depth--;
		if (character === ',' && depth === 0) {
			parts.push(part);
			part = '';
		} else part += character;
	}
	return [...parts, part].map((one) => one.trim()).every((one) => one === '' || one.startsWith('*') || one === '/' || one.includes('='));
}

function constructorOf(name: string): Pick<WebApp, 'interface' | 'framework'> | undefined {
	for (const [pattern, kind] of CONSTRUCTORS) {
		const framework = pattern.exec(name)?.[1];
		if (framework !== undefined) return { interface: kind, framework };
	}
	return undefined;
}

/** The constructor that the module imports, whether or not it is called at the top level. */
function usedBy({ imports }: Module): Pick<WebApp, 'interface' | 'framework'> | undefined {
	for (const name of imports.names.values()) {
		const known = constructorOf(name) ?? constructorOf(`${name}.${WHOLE[name] ?? ''}`);
		if (known !== undefined) return known;
	}
	return undefined;
}

/** `import flask` alone. */
const WHOLE: Readonly<Record<string, string>> = { flask: 'Flask', fastapi: 'FastAPI', quart: 'Quart', litestar: 'Litestar', bottle: 'Bottle' };
