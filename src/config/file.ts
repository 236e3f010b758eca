/** Reads the project's configuration: `tare.yaml`, `tare.yml`, or "tare" in package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { TareError } from '../errors.js';
import { parseJson } from '../source/json.js';
import { CONFIGURATION, type Configuration } from './schema.js';

const FILES = ['tare.yaml', 'tare.yml'];

interface Located {
	readonly file: string;
	readonly value: unknown;
	lineOf(...path: readonly string[]): number | undefined;
}

/** @throws TareError CONFIG_INVALID with file and line of the first mistake */
export async function readConfiguration(dir: string): Promise<Configuration> {
	const located = (await readYaml(dir)) ?? readPackageJson(dir);
	return located === undefined ? {} : check(located);
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

function check({ file, value, lineOf }: Located): Configuration {
	const result = v.safeParse(CONFIGURATION, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const path = issue.path?.map(({ key }) => String(key)) ?? [];
	const line = lineOf(...path);
	throw new TareError('CONFIG_INVALID', `${file}: ${describe(issue, path)}`, {
		hint: `Keys: ${Object.keys(CONFIGURATION.entries)
			.filter((key) => !key.startsWith('$'))
			.join(', ')}. \`tare init\` writes a file that explains them.`,
		at: { file, ...(line !== undefined && { line }) },
	});
}

function describe(issue: v.BaseIssue<unknown>, path: readonly string[]): string {
	const key = path.join('.');
	if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown key "${key}"`;
	return `"${key}" is ${issue.received}, expected ${issue.expected ?? issue.message}`;
}
