/** Finds the project's configuration: `tare.yaml`, `tare.yml`, or "tare" in package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../source/json.js';

const FILES = ['tare.yaml', 'tare.yml'];

/** A configuration as it was written, not checked yet. */
export interface Located {
	readonly file: string;
	readonly value: unknown;
	lineOf(...path: readonly string[]): number | undefined;
}

/** @throws TareError CONFIG_INVALID where the file can't be parsed */
export async function locateConfiguration(dir: string): Promise<Located | undefined> {
	return (await readYaml(dir)) ?? readPackageJson(dir);
}

async function readYaml(dir: string): Promise<Located | undefined> {
	const file = FILES.find((name) => existsSync(join(dir, name)));
	if (file === undefined) return undefined;
	const { parseYaml } = await import('./yaml.js');
	return { file, ...parseYaml(readFileSync(join(dir, file), 'utf8'), file) };
}

function readPackageJson(dir: string): Located | undefined {
	const file = 'package.json';
	if (!existsSync(join(dir, file))) return undefined;
	const text = readFileSync(join(dir, file), 'utf8');
	if (!text.includes('"tare"')) return undefined;
	const { value, lineOf } = parseJson(text, file);
	const section = typeof value === 'object' && value !== null && 'tare' in value ? value.tare : undefined;
	// A dependency on this package also stands under the name, but not at the top.
	return typeof section === 'object' && section !== null ? { file, value: section, lineOf: (...path) => lineOf('tare', ...path) } : undefined;
}
