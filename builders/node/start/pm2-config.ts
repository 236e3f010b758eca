/** pm2's ecosystem files with one app: https://pm2.keymetrics.io/docs/usage/application-declaration */
import { parse } from '../../../src/source/yaml.js';
import { isRecord } from '../manifest.js';
import { literalOf } from './literal.js';
import { quoted, unsupported, type Walk } from './walk.js';

const HINT = 'Write the command of the app that the image starts: "start": "node server.js".';

/** The command of the only app, or of the one that is asked for. @throws TareError START_UNSUPPORTED */
export function pm2App(file: string, mode: string | undefined, only: string | undefined, walk: Walk): { readonly line: string } {
	const text = walk.project.source.text(file.replace(/^\.\//, ''));
	if (text === undefined) throw unsupported(walk, `pm2 reads ${file}, which does not exist`, HINT);
	const value = /\.ya?ml$/.test(file) ? (parse(text, { maxAliasCount: 0 }) as unknown) : literalOf(text);
	const listed = isRecord(value) && Array.isArray(value.apps) ? value.apps : Array.isArray(value) ? value : [value];
	const apps = listed.filter(isRecord).filter(({ name }) => only === undefined || name === only);
	const [app] = apps;
	if (app === undefined) throw unsupported(walk, `${file} has no app that can be read without running it`, HINT);
	if (apps.length > 1)
		throw unsupported(walk, `${file} has ${apps.length} apps (${apps.map(({ name, script }) => name ?? script).join(', ')}), and an image starts one`, HINT);
	return { line: lineOf(app, mode, file, walk) };
}

function lineOf(app: Readonly<Record<string, unknown>>, mode: string | undefined, file: string, walk: Walk): string {
	const cwd = textOf(app.cwd) ?? '.';
	if (!/^\.?\/?$/.test(cwd)) throw unsupported(walk, `${file} starts its app in ${cwd}`, HINT);
	const script = textOf(app.script);
	if (script === undefined) throw unsupported(walk, `${file} names no script`, HINT);
	const all = { ...(isRecord(app.env) ? app.env : {}), ...(mode !== undefined && isRecord(app[`env_${mode}`]) ? (app[`env_${mode}`] as object) : {}) };
	for (const [name, value] of Object.entries(all)) walk.found.env[name] = String(value).replaceAll('$', '$$$$');
	const interpreter = textOf(app.interpreter) ?? textOf(app.exec_interpreter) ?? (/\.[cm]?js$/.test(script) ? 'node' : /\.tsx?$/.test(script) ? 'ts-node' : '');
	const flags = listOf(app.node_args ?? app.interpreter_args);
	return [interpreter === 'none' ? '' : interpreter, ...flags, /\s/.test(script) ? script : quoted(script), ...listOf(app.args)]
		.filter((word) => word !== '')
		.join(' ');
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.map((word) => quoted(String(word).replaceAll('$', '$$$$')));
	return typeof value === 'string' ? [value] : [];
}
