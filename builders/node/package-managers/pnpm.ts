/** pnpm: https://pnpm.io/cli/install and the lock file at https://github.com/pnpm/spec/tree/master/lockfile */
import { minVersion } from 'semver';
import { parse } from 'yaml';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isRecord, type Manifest, type PackageJson } from '../manifest.js';
import type { InstallQuestion, LockFacts, PackageManager } from './contract.js';
import { bringsNative, type LockNode, lookedUp, reachable, refuseMissing } from './graph.js';
import { limitsOf } from './platforms.js';
import { nodeArchitecture, pinnedVersion } from './target.js';

const LOCK = 'pnpm-lock.yaml';
/** The newest pnpm that reads a lock file of that version unchanged. */
const READERS: readonly (readonly [lock: RegExp, pnpm: string])[] = [
	[/^5\.[0-3]$/, '6'],
	[/^5\.4/, '7'],
	[/^6\./, '8'],
	[/^9\./, '10'],
];
/** pnpm's own lowest Node: https://pnpm.io/installation#compatibility */
const NEEDS_NODE: readonly (readonly [pnpm: string, node: number])[] = [
	['10', 18],
	['8', 16],
	['7', 14],
];

const ENV = { npm_config_manage_package_manager_versions: 'false', npm_config_update_notifier: 'false', npm_config_confirm_modules_purge: 'false' };

export const pnpm: PackageManager = {
	id: 'pnpm',
	program: 'pnpm',
	tool: 'pnpm',
	lockFiles: [LOCK],
	reads: (path) => /^(?:\.npmrc|pnpm-workspace\.yaml|\.pnpmfile\.[cm]?js|patches\/.+)$/.test(path),
	programs: [
		['pnpm', 'bin/pnpm.cjs'],
		['pnpm', 'bin/pnpm.mjs'],
		['pnpx', 'bin/pnpx.cjs'],
		['node-gyp', 'dist/node_modules/node-gyp/bin/node-gyp.js'],
	],
	state: [],
	version({ source, manifest, lock, node }) {
		const pinned = pinnedVersion(manifest.json.packageManager, 'pnpm');
		const line = manifest.lineOf('packageManager');
		if (pinned !== undefined) {
			// From 12 on the package is a program for one platform; 11 reads and writes the same lock file.
			const range = Number(pinned.split('.')[0]) >= 12 ? '11' : pinned;
			return { range, reason: { file: manifest.file, line, says: `packageManager "pnpm@${pinned}"${range === pinned ? '' : ': installs with pnpm 11'}` } };
		}
		const locked = lock === undefined ? undefined : String(readYaml(source, lock).lockfileVersion ?? '');
		const range = READERS.find(([pattern]) => pattern.test(locked ?? '9.0'))?.[1] ?? newestFor(node);
		return {
			range,
			reason: { ...(lock !== undefined && { file: lock }), says: `pnpm ${range}${locked === undefined ? '' : `, for lockfileVersion ${locked}`}` },
		};
	},
	readLock,
	installAll: (question) => ({ args: ['install', ...frozen(question), ...COMMON, ...allowed(question)], env: {} }),
	installProduction: (question, { architecture, workspace }) => ({
		args: [
			'install',
			'--prod',
			...frozen(question),
			...COMMON,
			...allowed(question),
			`--cpu=${nodeArchitecture(architecture)}`,
			'--os=linux',
			'--libc=glibc',
			...(workspace === undefined ? [] : ['--filter', `{./${workspace}}...`]),
		],
		env: {},
	}),
	cache: (folder) => ({ npm_config_store_dir: folder }),
	env: ENV,
	runScript: (name) => ['run', name],
	// The programs in .bin are shell scripts with this machine's paths.
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.modules\.yaml|\.pnpm-workspace-state[^/]*\.json|\.pnpm\/lock\.yaml|\.cache(?:\/|$)|\.bin(?:\/|$))/.test(path),
	saysOutdated: (output) => /ERR_PNPM_(?:OUTDATED_LOCKFILE|FROZEN_LOCKFILE|LOCKFILE_CONFIG_MISMATCH)/.test(output),
};

// Files are copied, not linked: a build that changes a package must not change the store.
const COMMON = ['--prefer-offline', '--reporter=append-only', '--package-import-method=clone-or-copy'];

function frozen({ lock }: InstallQuestion): readonly string[] {
	return [lock === undefined ? '--no-lockfile' : '--frozen-lockfile'];
}

/** pnpm 10 runs no install scripts unless told; the project's own list is kept, without one they run as with the other tools. */
function allowed({ source, root }: InstallQuestion): readonly string[] {
	const settings = source.has('pnpm-workspace.yaml') ? readYaml(source, 'pnpm-workspace.yaml') : {};
	const lists = ['onlyBuiltDependencies', 'neverBuiltDependencies', 'onlyBuiltDependenciesFile', 'allowBuilds', 'ignoredBuiltDependencies'];
	const listed = lists.some((key) => key in settings || key in (isRecord(root.pnpm) ? root.pnpm : {}));
	return listed ? [] : ['--config.dangerouslyAllowAllBuilds=true'];
}

function newestFor(node: string): string {
	const lowest = minVersion(node)?.major ?? 0;
	return NEEDS_NODE.find(([, from]) => lowest >= from)?.[0] ?? '6';
}

function readYaml(source: FileIndex, file: string): Record<string, unknown> {
	try {
		const value: unknown = parse(source.text(file) ?? '', { maxAliasCount: 0 });
		if (isRecord(value)) return value;
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} is not valid YAML: ${String(cause).split('\n')[0]}`, {
			at: { file },
			hint: 'Make it anew with `pnpm install`.',
		});
	}
	if (file !== LOCK) return {};
	throw new TareError('MANIFEST_INVALID', `${file} is not a pnpm lock file`, { at: { file }, hint: 'Make it anew with `pnpm install`.' });
}

type Group = Readonly<Record<string, unknown>>;

function readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts {
	const lock = readYaml(source, file);
	const importers = isRecord(lock.importers) ? lock.importers : { '.': lock };
	const folder = manifest.file.includes('/') ? manifest.file.slice(0, manifest.file.lastIndexOf('/')) : '.';
	const importer = importers[folder];
	refuseMissing(missingFrom(manifest.json, isRecord(importer) ? importer : {}), file, manifest, 'pnpm install');
	const packages = group(lock, 'packages');
	const snapshots = isRecord(lock.snapshots) ? lock.snapshots : packages;
	const keys = new Map(Object.keys(snapshots).map((key) => [key.replace(/^\//, ''), key]));
	const nodeAt = (key: string): LockNode | undefined => {
		const snapshot = snapshots[keys.get(key) ?? ''];
		const parts = /^(@?[^@(]+?)[@/](\d[^(_]*)/.exec(key);
		return parts === null || !isRecord(snapshot)
			? undefined
			: {
					name: parts[1] as string,
					version: parts[2] as string,
					...limitsOf(group(packages, (keys.get(key) ?? '').replace(/\(.*$/, ''))),
					needs: [...keysOf(snapshot, 'dependencies'), ...keysOf(snapshot, 'optionalDependencies')],
				};
	};
	const roots = Object.values(importers).flatMap((each) => (isRecord(each) ? [...keysOf(each, 'dependencies'), ...keysOf(each, 'optionalDependencies')] : []));
	const names = [...keys.keys()].map((key) => /^@?[^@(]+?(?=[@/]\d)/.exec(key)?.[0] ?? '');
	return {
		file,
		hasInstallScripts: bringsNative(names) || Object.values(packages).some((entry) => isRecord(entry) && entry.requiresBuild === true),
		bins: {},
		packages: reachable(roots, nodeAt),
	};
}

function group(of: Group, key: string): Group {
	const value = of[key];
	return isRecord(value) ? value : {};
}

/** `name@version` of each entry; lock file 5 and 6 write the version or a whole path. */
function keysOf(of: Group, key: string): readonly string[] {
	return Object.entries(group(of, key)).map(([name, value]) => {
		const version = isRecord(value) ? String(value.version ?? '') : String(value);
		if (version.startsWith('/')) return version.slice(1);
		return /^(?:@[^/]+\/)?[a-zA-Z][^@]*@/.test(version) ? version : `${name}@${version}`;
	});
}

/** A lock file of version 5 keeps `specifiers` apart. */
function missingFrom(json: PackageJson, importer: Group): readonly string[] {
	const specifiers = group(importer, 'specifiers');
	const entries = { ...group(importer, 'devDependencies'), ...group(importer, 'optionalDependencies'), ...group(importer, 'dependencies') };
	return lookedUp(json).flatMap(([name, range]) => {
		const entry = entries[name];
		const locked = isRecord(entry) ? entry.specifier : (specifiers[name] ?? entry);
		if (locked === undefined) return [`${name}@${range}`];
		// Catalogs and overrides rewrite specifiers; those are pnpm's to compare.
		return typeof locked === 'string' && /^[\d^~]/.test(locked) && /^[\d^~]/.test(range) && locked !== range && entries[name] !== locked
			? [`${name}@${range}`]
			: [];
	});
}
