/** Every place where a project says which Node it uses or supports. */

import type { Reason } from '../../src/builder/contract.js';
import { toolVersions, versionFile } from '../../src/builder/tool-versions.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parse } from '../../src/source/yaml.js';
import { isRecord, type Manifest } from './manifest.js';
import { npmSetting } from './npmrc.js';

export interface Signal extends Reason {
	/** `pin`: the version the team uses. `range`: the versions the app supports. */
	readonly kind: 'pin' | 'range';
	/** As written. */
	readonly wants: string;
}

export interface Place {
	readonly source: FileIndex;
	readonly manifest: Manifest | undefined;
}

/** Pins in order of precedence, then the range. */
export function signalsOf({ source, manifest }: Place): readonly Signal[] {
	return [
		...(manifest === undefined ? [] : manifestPins(manifest)),
		...['.nvmrc', '.node-version'].flatMap((file) => versionFile(source, file) ?? []).map(pin),
		...toolVersions(source, ['node', 'nodejs']).map(pin),
		...pnpmPins(source),
		...(manifest === undefined ? [] : engines(manifest)),
	];
}

function pin({ wants, file, line }: { readonly wants: string; readonly file: string; readonly line: number }): Signal {
	return { kind: 'pin', wants, file, line, says: `${file} "${wants}"` };
}

/** Fields of package.json that pin. https://docs.volta.sh/guide/understanding#managing-your-project, https://pnpm.io/package_json#executionenvnodeversion */
function manifestPins({ file, json, lineOf }: Manifest): readonly Signal[] {
	const at = (says: string, wants: unknown, ...path: readonly string[]): readonly Signal[] =>
		typeof wants !== 'string' ? [] : [{ kind: 'pin', wants, file, line: lineOf(...path), says: `${says} "${wants}"` }];
	const { volta, devEngines, pnpm } = json;
	const runtimes = [isRecord(devEngines) ? devEngines.runtime : undefined].flat();
	const runtime = runtimes.find((each) => isRecord(each) && each.name === 'node');
	const environment = isRecord(pnpm) && isRecord(pnpm.executionEnv) ? pnpm.executionEnv : {};
	return [
		...at('volta.node', isRecord(volta) ? volta.node : undefined, 'volta', 'node'),
		...at('devEngines.runtime', isRecord(runtime) ? runtime.version : undefined, 'devEngines', 'runtime'),
		...at('pnpm.executionEnv.nodeVersion', environment.nodeVersion, 'pnpm', 'executionEnv', 'nodeVersion'),
	];
}

/** pnpm fetches this Node to run scripts: https://pnpm.io/settings#usenodeversion */
function pnpmPins(source: FileIndex): readonly Signal[] {
	const npmrc = npmSetting(source, 'use-node-version');
	const file = 'pnpm-workspace.yaml';
	const text = source.text(file);
	const setting = text === undefined ? undefined : settingOf(text, 'useNodeVersion');
	return [
		...(npmrc === undefined ? [] : [pin({ ...npmrc, wants: npmrc.value })]),
		...(text === undefined || setting === undefined
			? []
			: [pin({ wants: setting, file, line: text.slice(0, text.indexOf('useNodeVersion')).split('\n').length })]),
	];
}

function settingOf(text: string, key: string): string | undefined {
	try {
		const value: unknown = parse(text, { maxAliasCount: 0 });
		const setting = isRecord(value) ? value[key] : undefined;
		return setting === undefined ? undefined : String(setting);
	} catch {
		// Whoever reads the file as a workspace reports it.
		return undefined;
	}
}

function engines({ file, json, lineOf }: Manifest): readonly Signal[] {
	const wants = json.engines.node;
	return wants === undefined ? [] : [{ kind: 'range', wants, file, line: lineOf('engines', 'node'), says: `engines.node "${wants}"` }];
}
