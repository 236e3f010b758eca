/** Bun as a package manager: https://bun.com/docs/cli/install and https://bun.com/docs/pm/lockfile */

import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parse } from '../../../src/source/yaml.js';
import { isRecord, type Manifest } from '../manifest.js';
import type { LockFacts, PackageManager, ToolChoice } from './contract.js';
import { NEWER_BUN, wayToTarget } from './foreign.js';
import { bringsNative, type LockNode, lookedUp, reachable, refuseMissing } from './graph.js';
import { limitsOf } from './platforms.js';
import { nodeArchitecture } from './target.js';
import { chooseRange } from './versions.js';

export const bun: PackageManager = {
	id: 'bun',
	program: 'bun',
	tool: 'bun',
	lockFiles: ['bun.lock', 'bun.lockb'],
	reads: (path) => /^(?:\.npmrc|bunfig\.toml)$/.test(path),
	isRuntime: true,
	state: [],
	version({ source, node, wanted }) {
		const file = wanted.some(({ pins }) => pins) ? undefined : source.text('.bun-version')?.trim().replace(/^v/, '');
		if (file !== undefined && /^\d/.test(file)) return withNewer({ range: file, reason: { file: '.bun-version', line: 1, says: `.bun-version "${file}"` } });
		const { range, reason } = chooseRange(wanted, [{ range: '1' }], node) ?? { range: '1' };
		return withNewer({ range, reason: reason ?? { says: 'bun 1, the newest' } });
	},
	readLock,
	installAll: ({ lock }) => ({ args: ['install', ...(lock === undefined ? ['--no-save'] : ['--frozen-lockfile']), '--no-progress'], env: {} }),
	installProduction: ({ lock, version }, { architecture, workspace, withRoot = false }) => ({
		args: [
			'install',
			'--production',
			...(lock === undefined ? ['--no-save'] : ['--frozen-lockfile']),
			'--no-progress',
			`--cpu=${nodeArchitecture(architecture)}`,
			'--os=linux',
			...(workspace === undefined ? [] : ['--filter', `./${workspace}`]),
			...(withRoot ? ['--filter', './'] : []),
		],
		env: {},
		target: { architecture, way: wayToTarget('bun', version) },
	}),
	cache: (folder) => ({ BUN_INSTALL_CACHE_DIR: folder }),
	env: {},
	runScript: (name) => ['run', name],
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.cache(?:\/|$)|\.bun-tag)/.test(path),
	saysOutdated: (output) => /lockfile had changes, but lockfile is frozen/.test(output),
};

/** Said before it happens: the other version decides what is in the tree. */
function withNewer(choice: ToolChoice): ToolChoice {
	if (wayToTarget('bun', choice.range) !== 'newer') return choice;
	const says = `bun ${choice.range} installs for the platform that it runs on only: for another one bun ${NEWER_BUN} installs, with the same lock file`;
	return { ...choice, warnings: [{ ...choice.reason, says }] };
}

function readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts {
	// The older binary format says nothing to us; bun itself compares it.
	if (file === 'bun.lockb') return { file, hasInstallScripts: true, bins: {}, packages: [] };
	const lock = readText(source, file);
	const packages = isRecord(lock.packages) ? lock.packages : {};
	const workspaces = isRecord(lock.workspaces) ? lock.workspaces : {};
	const missing = lookedUp(manifest.json).filter(([name]) => !(name in packages));
	refuseMissing(
		missing.map(([name, range]) => `${name}@${range}`),
		file,
		manifest,
		'bun install',
	);
	const roots = Object.values(workspaces).flatMap((each) => (isRecord(each) ? [...names(each.dependencies), ...names(each.optionalDependencies)] : []));
	return {
		file,
		hasInstallScripts: bringsNative(Object.keys(packages)),
		bins: {},
		packages: reachable(roots, (key) => nodeAt(key, packages)),
	};
}

/** Trailing commas make it no JSON; a YAML flow mapping may have them. */
function readText(source: FileIndex, file: string): Record<string, unknown> {
	try {
		const value: unknown = parse(source.text(file) ?? '', { maxAliasCount: 0, strict: false, uniqueKeys: false });
		if (isRecord(value)) return value;
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} cannot be read: ${String(cause).split('\n')[0]}`, {
			at: { file },
			hint: 'Make it anew with `bun install`.',
			cause,
		});
	}
	throw new TareError('MANIFEST_INVALID', `${file} is not a bun lock file`, { at: { file }, hint: 'Make it anew with `bun install`.' });
}

function names(of: unknown): readonly string[] {
	return isRecord(of) ? Object.keys(of) : [];
}

/** An entry is `[name@version, registry, {dependencies...}, integrity]`; a key `a/b` is the `b` that `a` has for itself. */
function nodeAt(key: string, packages: Readonly<Record<string, unknown>>): LockNode | undefined {
	const entry = packages[key];
	const id = Array.isArray(entry) ? String(entry[0]) : '';
	const at = id.lastIndexOf('@');
	if (!Array.isArray(entry) || at <= 0 || id.includes('@workspace:')) return undefined;
	const details: unknown = entry.find(isRecord);
	const needs = isRecord(details) ? [...names(details.dependencies), ...names(details.optionalDependencies)] : [];
	return {
		name: id.slice(0, at),
		version: id.slice(at + 1),
		...(isRecord(details) && limitsOf(details)),
		needs: needs.map((name) => (`${key}/${name}` in packages ? `${key}/${name}` : name)),
	};
}
