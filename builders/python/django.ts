/** Django: where its manage.py lies, which module serves it, whether it collects static files. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type Dependencies, has } from './dependencies.js';
import { lineFinder } from './project.js';
import { asgi, type Serving, wsgi } from './servers.js';

export interface Django {
	/** Folder of manage.py, '' for the source itself. */
	readonly root: string;
	/** Dotted settings module, as manage.py names it. */
	readonly settings?: string;
	readonly serving: Serving;
	/** STATIC_ROOT is set. */
	readonly collects: boolean;
	readonly reason: Reason;
}

/** @throws TareError NO_START when neither wsgi.py nor asgi.py is there */
export function findDjango(source: FileIndex, dependencies: Dependencies): Django | undefined {
	const manage = source.files
		.map(({ path }) => path)
		.filter((path) => posix.basename(path) === 'manage.py' && path.split('/').length <= 3)
		.filter((path) => /DJANGO_SETTINGS_MODULE/.test(source.text(path) ?? ''))
		.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0];
	if (manage === undefined) return undefined;
	const root = posix.dirname(manage) === '.' ? '' : posix.dirname(manage);
	const settings = /DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]/.exec(source.text(manage) ?? '')?.[1];
	const texts = settingsTexts(source, root, settings);
	const { serving, reason } = servingOf(source, root, settings, texts, dependencies);
	return {
		root,
		...(settings !== undefined && { settings }),
		serving,
		reason,
		collects:
			texts.some(({ text }) => /^[^\S\n]*STATIC_ROOT\s*(?::[^=]*)?=(?!\s*None\b)(?!\s*['"]{2}\s*$)/m.test(text)) && !texts.some(({ text }) => outside(text)),
	};
}

/** A fixed absolute folder would be written on the machine that builds. */
function outside(text: string): boolean {
	return /^\s*STATIC_ROOT\s*=\s*(?:Path\(\s*)?['"]\//m.test(text);
}

interface SettingsText {
	readonly file: string;
	readonly text: string;
}

/** The module itself, and with a package of settings, its files. */
function settingsTexts(source: FileIndex, root: string, settings: string | undefined): readonly SettingsText[] {
	if (settings === undefined) return [];
	const path = posix.join(root, settings.replaceAll('.', '/'));
	const folder =
		source.has(`${path}.py`) && !posix.dirname(path).endsWith('settings') ? undefined : source.has(`${path}/__init__.py`) ? path : posix.dirname(path);
	const files =
		folder === undefined ? [`${path}.py`] : source.files.map((file) => file.path).filter((file) => posix.dirname(file) === folder && file.endsWith('.py'));
	return files.map((file) => ({ file, text: (source.text(file) ?? '').replace(/^[^\S\n]*#.*$/gm, '') }));
}

function servingOf(source: FileIndex, root: string, settings: string | undefined, texts: readonly SettingsText[], dependencies: Dependencies) {
	const asked = (name: string) => {
		const found = texts.find(({ text }) => assignment(name).test(text));
		const module = found === undefined ? undefined : assignment(name).exec(found.text)?.[1];
		const target = module === undefined ? undefined : module.replace(/\.(\w+)$/, ':$1');
		const there = target !== undefined && source.has(`${posix.join(root, (target.split(':')[0] ?? '').replaceAll('.', '/'))}.py`);
		return there && found !== undefined ? { target, file: found.file, line: lineFinder(source.text(found.file) ?? '')(name) } : undefined;
	};
	const [wsgiTarget, asgiTarget] = [
		asked('WSGI_APPLICATION') ?? byFile(source, root, settings, 'wsgi'),
		asked('ASGI_APPLICATION') ?? byFile(source, root, settings, 'asgi'),
	];
	const servesAsgi = ['uvicorn', 'daphne', 'hypercorn'].some((name) => has(dependencies, name));
	const prefersAsgi =
		asgiTarget !== undefined && (wsgiTarget === undefined || (servesAsgi && (has(dependencies, 'channels') || !has(dependencies, 'gunicorn'))));
	const chosen = prefersAsgi ? asgiTarget : wsgiTarget;
	if (chosen === undefined) throw noModule(root, settings);
	const both = prefersAsgi && has(dependencies, 'gunicorn') && has(dependencies, 'uvicorn');
	const serving: Serving = both
		? { words: ['gunicorn', '--worker-class', 'uvicorn.workers.UvicornWorker', chosen.target] }
		: prefersAsgi
			? asgi(chosen.target, false, dependencies)
			: wsgi(chosen.target, undefined, dependencies);
	const { file, line } = chosen;
	return { serving, reason: { file, ...(line !== undefined && { line }), says: `Django: ${chosen.target}` } };
}

function assignment(name: string): RegExp {
	return new RegExp(`^[^\\S\\n]*${name}\\s*=\\s*['"]([\\w.]+)['"]`, 'm');
}

/** wsgi.py beside the settings, else the only one there is. */
function byFile(source: FileIndex, root: string, settings: string | undefined, stem: string) {
	const inside = source.files.map(({ path }) => path).filter((path) => posix.basename(path) === `${stem}.py` && (root === '' || path.startsWith(`${root}/`)));
	const packages = [settings?.split('.').slice(0, -1), settings?.split('.').slice(0, 1)].map((parts) => posix.join(root, ...(parts ?? []), `${stem}.py`));
	const file = packages.find((path) => inside.includes(path)) ?? (inside.length === 1 ? inside[0] : undefined);
	if (file === undefined) return undefined;
	const module = (root === '' ? file : file.slice(root.length + 1)).replace(/\.py$/, '').replaceAll('/', '.');
	return { target: `${module}:application`, file, line: undefined };
}

function noModule(root: string, settings: string | undefined): TareError {
	return new TareError('NO_START', 'a Django project, but neither wsgi.py nor asgi.py says how it is served', {
		hint: `Add ${posix.join(root, settings?.split('.')[0] ?? 'project', 'wsgi.py')} as \`django-admin startproject\` makes it, or name the command: --start "gunicorn project.wsgi".`,
		at: { file: posix.join(root, 'manage.py') },
	});
}
