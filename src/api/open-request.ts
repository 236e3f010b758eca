/** Options, configuration files and builders become one request: where every function of the API begins. */
import { builders as ours } from '../../builders/index.js';
import type { Builder } from '../builder/contract.js';
import type { CustomBuilder } from '../builder/custom.js';
import type { NamedExtension } from '../builder/extensions.js';
import type { ModuleKey } from '../builder/module.js';
import { sectionsOf } from '../builder/settings.js';
import type { Checked } from '../config/check.js';
import { type Located, locateConfiguration } from '../config/file.js';
import { readForeign } from '../config/foreign/index.js';
import { type Host, readHost } from '../config/host.js';
import { type BuildOptions, type BuildRequest, resolveRequest, sourceOf } from '../config/request.js';
import { TareError } from '../errors.js';

export interface OpenedRequest {
	readonly host: Host;
	readonly request: BuildRequest;
	/** The user's own first. */
	readonly builders: readonly Builder[];
}

/** What is loaded where nobody says otherwise. */
const BOTH: readonly ModuleKey[] = ['builders', 'extensions'];

/** @param needs modules of the project that the result depends on @throws TareError CONFIG_INVALID | USAGE and what `resolveRequest` throws */
export async function openRequest(options: BuildOptions, host = readHost(), needs = BOTH): Promise<OpenedRequest> {
	const { dir } = sourceOf(options, host);
	const located = await locateConfiguration(dir);
	const named = (key: ModuleKey): readonly string[] => (needs.includes(key) ? namesIn(located, key) : []);
	if (located !== undefined && options.allowProjectCode !== true) for (const key of BOTH) refuseCode(located, key, named(key));
	const [custom, extensions] = await Promise.all([customBuilders(named('builders'), dir), ownExtensions(named('extensions'), dir)]);
	const own = custom.map(({ builder }) => builder);
	const builders = [...own, ...ours.filter(({ id }) => !own.some((other) => other.id === id))];
	const checked = located === undefined ? await readForeign(dir) : { ...(await check(located, builders)), notes: [], warnings: [] };
	const project = { ...checked, customBuilders: custom.map(({ builder: { id }, identity }) => ({ id, identity })), extensions };
	return { host, request: resolveRequest(options, host, project), builders };
}

/** Whoever only looks at a stranger's folder runs nothing of it; a plan without its own code would be another plan. */
function refuseCode({ file, lineOf }: Located, key: ModuleKey, names: readonly string[]): void {
	if (names.length === 0) return;
	const line = lineOf(key);
	throw new TareError('USAGE', `${file} names code of the project (${key}: ${names.join(', ')}), which is run by a build only`, {
		hint: 'If you trust the folder, add --allow-project-code (API: allowProjectCode: true).',
		at: { file, ...(line !== undefined && { line }) },
	});
}

async function customBuilders(names: readonly string[], dir: string): Promise<readonly CustomBuilder[]> {
	return names.length === 0 ? [] : (await import('../builder/custom.js')).loadBuilders(names, dir);
}

async function ownExtensions(names: readonly string[], dir: string): Promise<readonly NamedExtension[]> {
	return names.length === 0 ? [] : (await import('../builder/load-extensions.js')).loadExtensions(names, dir);
}

async function check(located: Located, builders: readonly Builder[]): Promise<Checked> {
	return (await import('../config/check.js')).checkConfiguration(located, sectionsOf(builders));
}

/** Their sections are part of what is checked, so they are read before. */
function namesIn(located: Located | undefined, key: ModuleKey): readonly string[] {
	const names = ((located?.value ?? {}) as Readonly<Record<string, unknown>>)[key];
	return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
