/** The app that settings of a server or a framework name: it comes before what files are usually called. */

import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { boundedPattern, escapePattern } from '../../../src/source/pattern.js';
import { has } from '../dependencies.js';
import { readModule } from '../modules.js';
import { asgi, type Serving, wsgi } from '../servers.js';
import type { Start, StartInput } from '../start.js';
import { at, readToml, text } from '../toml.js';
import { GUNICORN_CONF, readGunicornConf } from './gunicorn-conf.js';
import { iniServer } from './ini-servers.js';

/** @throws TareError NO_START where the named module is not there */
export function entrypoint(input: StartInput): Start | undefined {
	return gunicornApp(input) ?? fastapiEntrypoint(input) ?? flaskApp(input) ?? iniServer(input);
}

/** https://docs.gunicorn.org/en/stable/settings.html#wsgi-app */
function gunicornApp({ source, dependencies }: StartInput): Start | undefined {
	const conf = readGunicornConf(source, GUNICORN_CONF);
	if (conf?.app === undefined) return undefined;
	const { target, line } = conf.app;
	const reason = { file: GUNICORN_CONF, line, says: `${GUNICORN_CONF} names the app ${target}` };
	const adds = has(dependencies, 'gunicorn') ? {} : { adds: 'gunicorn' as const };
	return started({ words: ['gunicorn'], ...adds }, target, source, reason, conf.chdir);
}

/** What `fastapi run` serves: https://fastapi.tiangolo.com/fastapi-cli/ */
function fastapiEntrypoint({ source, dependencies }: StartInput): Start | undefined {
	const file = 'pyproject.toml';
	const target = text(at(readToml(source, file), 'tool', 'fastapi').entrypoint);
	if (target === undefined) return undefined;
	const line = (source.text(file) ?? '').split('\n').findIndex((one) => /^\s*entrypoint\s*=/.test(one)) + 1;
	const reason = { file, ...(line > 0 && { line }), says: `[tool.fastapi] names the app ${target}` };
	return started(asgi(target.includes(':') ? target : `${target}:app`, false, dependencies), target, source, reason);
}

/** FLASK_APP=module:object. A module alone is looked into later. */
function flaskApp({ source, dependencies }: StartInput): Start | undefined {
	const file = '.flaskenv';
	const text = source.text(file) ?? '';
	const [, module = '', object = ''] = /^[^\S\n]*(?:export\s+)?FLASK_APP\s*=\s*['"]?([\w.]+):(\w+(?:\(.*?\))?)/m.exec(text) ?? [];
	if (module === '') return undefined;
	const name = module.replace(/\.py$/, '');
	const root = rootOf(source, name, '');
	const makes = root !== undefined && isFunction(source, name, root, object);
	const target = `${name}:${object}${makes ? '()' : ''}`;
	const line = text.split('\n').findIndex((one) => one.includes('FLASK_APP')) + 1;
	return started(wsgi(target, undefined, dependencies), target, source, { file, line, says: `${file} names the app ${target}` });
}

function isFunction(source: FileIndex, module: string, root: string, object: string): boolean {
	const path = posix.join(root, module.replaceAll('.', '/'));
	const text = source.text(source.first(`${path}.py`, `${path}/__init__.py`) ?? '') ?? '';
	return boundedPattern(`^def\\s+${escapePattern(object)}\\s*\\(`, 'm').test(text);
}

function started({ words, adds }: Serving, target: string, source: FileIndex, reason: Reason, folder = ''): Start {
	const module = target.split(':')[0] ?? '';
	const root = rootOf(source, module, folder);
	if (root === undefined) {
		throw new TareError('NO_START', `${reason.says}, but there is no module ${module}`, {
			hint: `Correct ${reason.file}, or name the command: --start "gunicorn module:app".`,
			at: { file: reason.file ?? '', ...(reason.line !== undefined && { line: reason.line }) },
		});
	}
	return { commands: [{ words, env: {} }], folder: '', roots: [root], reason, own: true, ...(adds !== undefined && { adds }) };
}

/** Where the import of a module begins. A module that only a dependency can bring is imported from the app's folder. */
function rootOf(source: FileIndex, module: string, folder: string): string | undefined {
	const inside = `${module.replaceAll('.', '/')}`;
	const files = source.files.map(({ path }) => path).filter((path) => path === `${inside}.py` || path === `${inside}/__init__.py` || endsIn(path, inside));
	const expected = files.find((path) => path.startsWith(posix.join(folder, inside))) ?? files.find((path) => path.startsWith(`src/${inside}`)) ?? files[0];
	if (expected === undefined) return source.files.some(({ path }) => path.endsWith('.py')) ? undefined : folder;
	const at = expected.lastIndexOf(inside);
	return at > 0 ? expected.slice(0, at - 1) : readModule(source, expected).root;
}

function endsIn(path: string, inside: string): boolean {
	return path.endsWith(`/${inside}.py`) || path.endsWith(`/${inside}/__init__.py`);
}
