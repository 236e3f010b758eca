/** Finds the project's configuration: `tare.yaml`, `tare.yml`, or "tare" in package.json. */
import { readProjectFile } from '../project-file.js';
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
	for (const file of FILES) {
		const text = readProjectFile(dir, file, { code: 'CONFIG_INVALID' });
		if (text !== undefined) return { file, ...(await import('./yaml.js')).parseYaml(text, file) };
	}
	return undefined;
}

function readPackageJson(dir: string): Located | undefined {
	const file = 'package.json';
	const text = readProjectFile(dir, file);
	if (text?.includes('"tare"') !== true) return undefined;
	const { value, lineOf } = parseJson(text, file);
	const section = typeof value === 'object' && value !== null && 'tare' in value ? value.tare : undefined;
	// A dependency on this package also stands under the name, but not at the top.
	return typeof section === 'object' && section !== null ? { file, value: section, lineOf: (...path) => lineOf('tare', ...path) } : undefined;
}
