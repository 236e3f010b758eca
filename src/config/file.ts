/** Reads the project's configuration: `tare.yaml`, `tare.yml`, or "tare" in package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SettingsSchema } from '../builder/settings.js';
import { TareError } from '../errors.js';
import { parseJson } from '../source/json.js';
import { type Configuration, configurationSchema } from './schema.js';

const FILES = ['tare.yaml', 'tare.yml'];

/** A configuration as it was written, not checked yet. */
export interface Located {
	readonly file: string;
	readonly value: unknown;
	lineOf(...path: readonly string[]): number | undefined;
}

/** Configuration checked: the shared keys, and each builder's own section by its id. */
export interface Checked {
	readonly config: Configuration;
	readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** @throws TareError CONFIG_INVALID where the file can't be parsed */
export async function locateConfiguration(dir: string): Promise<Located | undefined> {
	return (await readYaml(dir)) ?? readPackageJson(dir);
}

/** @param sections of the builders, by key @throws TareError CONFIG_INVALID with file and line of the first mistake */
export function checkConfiguration(located: Located, sections: Readonly<Record<string, SettingsSchema>>): Checked {
	const all = check(located, configurationSchema(sections)) as Record<string, unknown>;
	const own = Object.keys(sections).filter((key) => all[key] !== undefined);
	return {
		config: Object.fromEntries(Object.entries(all).filter(([key]) => !own.includes(key))),
		settings: Object.fromEntries(own.map((key) => [key, all[key] as Readonly<Record<string, unknown>>])),
	};
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

function check({ file, value, lineOf }: Located, schema: ReturnType<typeof configurationSchema>): unknown {
	const result = v.safeParse(schema, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const path = issue.path?.map(({ key }) => String(key)) ?? [];
	const line = lineOf(...path);
	throw new TareError('CONFIG_INVALID', `${file}: ${describe(issue, path)}`, {
		hint: `Keys: ${Object.keys(schema.entries)
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
