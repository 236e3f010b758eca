/**
 * pnpm downloads a Node where it is told to (`useNodeVersion`, `executionEnv`, `devEngines.runtime` with `onFail: download`, a dependency `runtime:22`).
 * What they ask for is read when Tare chooses the Node; pnpm itself is not shown it. https://pnpm.io/settings#usenodeversion
 */
import { parseDocument } from '../../../src/source/yaml.js';
import { isRecord } from '../manifest.js';

const DOWNLOADS = ['useNodeVersion', 'executionEnv'];
const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** The text of pnpm-workspace.yaml. */
export function settingsWithoutRuntimes(text: string): string {
	const document = parseDocument(text);
	const found = DOWNLOADS.filter((key) => document.has(key));
	for (const key of found) document.delete(key);
	return found.length === 0 ? text : document.toString();
}

/** @param json a package.json @returns the same value where nothing asks for a runtime */
export function manifestWithoutRuntimes(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	const changed: Record<string, unknown> = {};
	if (isRecord(json.pnpm) && DOWNLOADS.some((key) => key in (json.pnpm as object))) changed.pnpm = without(json.pnpm, (key) => DOWNLOADS.includes(key));
	if (isRecord(json.devEngines) && 'runtime' in json.devEngines) changed.devEngines = without(json.devEngines, (key) => key === 'runtime');
	for (const group of GROUPS) {
		const all = json[group];
		if (isRecord(all) && Object.values(all).some(isRuntime)) changed[group] = without(all, (_, value) => isRuntime(value));
	}
	return Object.keys(changed).length === 0 ? json : { ...json, ...changed };
}

/** The lock file as it would be without them; else it would not fit the manifest. */
export function lockWithoutRuntimes(text: string): string {
	if (!/\bruntime:/.test(text)) return text;
	const document = parseDocument(text);
	const lock = document.toJS() as Readonly<Record<string, unknown>>;
	const importers = isRecord(lock.importers) ? Object.entries(lock.importers) : [];
	for (const [folder, importer] of importers)
		for (const group of GROUPS)
			for (const [name, entry] of entries(isRecord(importer) ? importer[group] : undefined))
				if (isRecord(entry) && isRuntime(entry.specifier)) document.deleteIn(['importers', folder, group, name]);
	for (const part of ['packages', 'snapshots']) for (const [key] of entries(lock[part])) if (key.includes('@runtime:')) document.deleteIn([part, key]);
	return document.toString({ lineWidth: 0 });
}

function entries(value: unknown): readonly [string, unknown][] {
	return isRecord(value) ? Object.entries(value) : [];
}

function isRuntime(value: unknown): boolean {
	return typeof value === 'string' && value.startsWith('runtime:');
}

function without(of: Readonly<Record<string, unknown>>, drops: (key: string, value: unknown) => boolean): Record<string, unknown> {
	return Object.fromEntries(Object.entries(of).filter(([key, value]) => !drops(key, value)));
}
