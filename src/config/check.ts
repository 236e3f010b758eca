/** Checks the project's configuration against the schema, and says where a mistake is. */
import * as v from 'valibot';
import type { SettingsSchema } from '../builder/settings.js';
import { type SourceLocation, TareError } from '../errors.js';
import type { Located } from './file.js';
import { type Configuration, configurationSchema, MACHINE_ONLY } from './schema.js';

/** Configuration checked: the shared keys, and each builder's own section by its id. */
export interface Checked {
	readonly config: Configuration;
	readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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

function check({ file, value, lineOf }: Located, schema: ReturnType<typeof configurationSchema>): unknown {
	const list = listForMapping(schema, value, []);
	if (list !== undefined) throw notAMapping(file, list, lineOf(...list.path));
	const result = v.safeParse(schema, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const path = issue.path?.map(({ key }) => String(key)) ?? [];
	const line = lineOf(...path);
	const at = { file, ...(line !== undefined && { line }) };
	if (isMachineOnly(path)) throw machineOnly(file, path, at);
	throw new TareError('CONFIG_INVALID', `${file}: ${describe(issue, path)}`, {
		hint: `Keys: ${Object.keys(schema.entries)
			.filter((key) => !key.startsWith('$'))
			.join(', ')}. \`tare init\` writes a file that explains them.`,
		at,
	});
}

interface Mistaken {
	readonly path: readonly string[];
	readonly list: readonly unknown[];
}

/** To valibot a list is a mapping of numbers, as it is to JavaScript. */
function listForMapping(schema: v.GenericSchema, value: unknown, path: readonly string[]): Mistaken | undefined {
	const { type, wrapped, pipe, entries } = schema as {
		readonly type: string;
		readonly wrapped?: v.GenericSchema;
		readonly pipe?: readonly v.GenericSchema[];
		readonly entries?: Readonly<Record<string, v.GenericSchema>>;
	};
	if (wrapped !== undefined) return listForMapping(wrapped, value, path);
	if (Array.isArray(value)) return type === 'record' ? { path, list: value } : undefined;
	const [first] = pipe ?? [];
	if (first !== undefined && first !== schema && entries === undefined) return listForMapping(first, value, path);
	if (entries === undefined || typeof value !== 'object' || value === null) return undefined;
	for (const [key, inner] of Object.entries(value)) {
		const found = Object.hasOwn(entries, key) ? listForMapping(entries[key] as v.GenericSchema, inner, [...path, key]) : undefined;
		if (found !== undefined) return found;
	}
	return undefined;
}

function notAMapping(file: string, { path, list }: Mistaken, line: number | undefined): TareError {
	const [name = 'NAME', value = 'value'] = String(list[0] ?? '').split(/=(.*)/s);
	return new TareError('CONFIG_INVALID', `${file}: "${path.join('.')}" is a list, and should be a mapping`, {
		hint: `Write one NAME: VALUE a line below ${path.at(-1)}, for example "${name === '' ? 'NAME' : name}: ${JSON.stringify(value)}".`,
		at: { file, ...(line !== undefined && { line }) },
	});
}

function isMachineOnly([section, , key = '']: readonly string[]): boolean {
	return section === 'registries' && MACHINE_ONLY.has(key);
}

/** The user's credentials go over this connection, and the file may be a stranger's. */
function machineOnly(file: string, path: readonly string[], at: SourceLocation): TareError {
	return new TareError('CONFIG_INVALID', `${file}: "${path.join('.')}" is not the project's to say: it would decide whom your machine trusts`, {
		hint:
			path.at(-1) === 'insecure'
				? `Pass --insecure ${path[1]}, or name the registry in registries.conf or daemon.json.`
				: `Put the certificates into ~/.docker/certs.d/${path[1]}/: *.crt for authorities, NAME.cert and NAME.key for your own.`,
		at,
	});
}

function describe(issue: v.BaseIssue<unknown>, path: readonly string[]): string {
	const key = path.join('.');
	if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown key "${key}"`;
	return `"${key}" is ${issue.received}, expected ${issue.type === 'regex' ? issue.message : (issue.expected ?? issue.message)}`;
}
