/** Builders of the user's own: modules of the project or npm packages, loaded because the configuration names them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, TareError } from '../errors.js';
import type { Builder } from './contract.js';

export interface CustomBuilder {
	readonly builder: Builder;
	/** What it was loaded as: another version may build otherwise. */
	readonly identity: string;
}

const REQUIRED = ['looksFor', 'detect', 'plan', 'inputs', 'build'] as const;

/**
 * @param dir of the project: where paths and packages are looked for; packages also beside Tare itself
 * @throws TareError CONFIG_INVALID where a module is missing, fails or is no builder
 */
export async function loadBuilders(names: readonly string[], dir: string): Promise<readonly CustomBuilder[]> {
	return Promise.all(names.map((name) => load(name, dir)));
}

async function load(name: string, dir: string): Promise<CustomBuilder> {
	const file = locate(name, dir);
	const builder = checked(await importBuilder(file, name), name);
	return { builder, identity: `${name}@${versionOf(file)}` };
}

function locate(name: string, dir: string): string {
	if (name.startsWith('.') || name.startsWith('/')) {
		const file = join(name.startsWith('/') ? '' : dir, name);
		if (existsSync(file)) return file;
		throw new TareError('CONFIG_INVALID', `builders: there is no file ${name}`, {
			hint: 'Paths are relative to the folder of tare.yaml, for example ./builder.mjs.',
		});
	}
	for (const from of [join(dir, 'package.json'), import.meta.url]) {
		try {
			return createRequire(from).resolve(name);
		} catch {
			// Not installed there.
		}
	}
	throw new TareError('CONFIG_INVALID', `builders: the package ${name} is not installed`, {
		hint: `Install it in the project or beside Tare: npm install --save-dev ${name}. A file is named with ./ in front.`,
	});
}

async function importBuilder(file: string, name: string): Promise<unknown> {
	try {
		const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown; readonly builder?: unknown };
		return module.builder ?? module.default;
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `builders: ${name} cannot be loaded: ${messageOf(cause)}`, {
			hint: 'Import it with node to see the whole error.',
			cause,
		});
	}
}

function checked(value: unknown, name: string): Builder {
	const found = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
	const missing = [
		...(typeof found.id === 'string' && /^[a-z][a-z0-9-]*$/.test(found.id) ? [] : ['id']),
		...REQUIRED.filter((key) => found[key] === undefined),
	];
	if (missing.length === 0) return value as Builder;
	throw new TareError('CONFIG_INVALID', `builders: ${name} exports no builder: it lacks ${missing.join(', ')}`, {
		hint: 'Export it as `builder` or as the default; docs/custom-builders.md describes its shape.',
	});
}

/** Of the package the file is in; a file of the project is part of the source that is built. */
function versionOf(file: string): string {
	for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest)) return String((JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }).version ?? 'none');
	}
	return 'none';
}
