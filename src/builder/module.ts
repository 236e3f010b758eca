/** Modules that the configuration names: of the project, or npm packages. Loading one runs its code. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, TareError } from '../errors.js';
import { importModule } from './import-module.js';

/** The key of the configuration that names it. */
export type ModuleKey = 'builders' | 'extensions';
const EXAMPLE: Readonly<Record<ModuleKey, string>> = { builders: 'builder.mjs', extensions: 'extension.mjs' };

export interface LoadedModule {
	readonly module: Readonly<Record<string, unknown>>;
	/** What it was loaded as: another version may do otherwise. */
	readonly identity: string;
}

/** @param dir of the project; packages are looked for beside Tare itself, too @throws TareError CONFIG_INVALID */
export async function loadModule(name: string, dir: string, key: ModuleKey): Promise<LoadedModule> {
	const file = locate(name, dir, key);
	try {
		const module = (await importModule(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
		return { module, identity: `${name} ${identityOf(file)}` };
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `${key}: ${name} cannot be loaded: ${messageOf(cause)}`, {
			hint: 'Import it with node to see the whole error.',
			cause,
		});
	}
}

function locate(name: string, dir: string, key: ModuleKey): string {
	if (name.startsWith('.') || name.startsWith('/')) {
		const file = join(name.startsWith('/') ? '' : dir, name);
		if (existsSync(file)) return file;
		throw new TareError('CONFIG_INVALID', `${key}: there is no file ${name}`, {
			hint: `Paths are relative to the folder of tare.yaml, for example ./${EXAMPLE[key]}.`,
		});
	}
	for (const from of [join(dir, 'package.json'), import.meta.url]) {
		try {
			return createRequire(from).resolve(name);
		} catch {
			// Not installed there.
		}
	}
	throw new TareError('CONFIG_INVALID', `${key}: the package ${name} is not installed`, {
		hint: `Install it in the project or beside Tare: npm install --save-dev ${name}. A file is named with ./ in front.`,
	});
}

/** By content and by package: another version may build otherwise. */
function identityOf(file: string): string {
	const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
	return `${packageVersion(file)} ${hash}`;
}

function packageVersion(file: string): string {
	for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest)) return String((JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }).version ?? 'none');
	}
	return 'none';
}
