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
