/** pnpm: https://pnpm.io/cli/install and the lock file at https://github.com/pnpm/spec/tree/master/lockfile */
import { intersects } from 'semver';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parse } from '../../../src/source/yaml.js';
import { isRecord, type Manifest, type PackageJson } from '../manifest.js';
import type { InstallQuestion, LockFacts, PackageManager } from './contract.js';
import { wayToTarget } from './foreign.js';
import { bringsNative, type LockNode, lookedUp, reachable, refuseMissing } from './graph.js';
import { limitsOf } from './platforms.js';
import { lockWithoutRuntimes, manifestWithoutRuntimes, settingsWithoutRuntimes } from './pnpm-runtimes.js';
import { nodeArchitecture } from './target.js';
import { type Candidate, chooseRange } from './versions.js';

const LOCK = 'pnpm-lock.yaml';
/** Which lock files a line of versions reads unchanged, and the oldest Node that it runs on (https://pnpm.io/installation#compatibility); best first. */
const LINES: readonly (Candidate & { readonly lock: RegExp })[] = [
	{ range: '10', node: '18.12.0', lock: /^9\./ },
	{ range: '9', node: '18.12.0', lock: /^9\./ },
	{ range: '11', node: '22.13.0', lock: /^9\./ },
	{ range: '8', node: '16.14.0', lock: /^6\./ },
	{ range: '7', node: '14.6.0', lock: /^5\.4/ },
	{ range: '6', node: '12.17.0', lock: /^5\.[0-3]$/ },
];

/** pnpm downloads no other pnpm and no Node, and does not install again before a script. Up to 10 it reads npm's variables, from 11 on its own. */
const SETTINGS: Readonly<Record<string, string>> = {
	manage_package_manager_versions: 'false',
	package_manager_strict: 'false',
	pm_on_fail: 'ignore',
	use_node_version: 'null',
	runtime_on_fail: 'ignore',
	verify_deps_before_run: 'false',
	update_notifier: 'false',
	confirm_modules_purge: 'false',
};
const ENV = forBoth(SETTINGS);

function forBoth(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => ['npm', 'pnpm'].map((tool) => [`${tool}_config_${name}`, value])));
}

export const pnpm: PackageManager = {
	id: 'pnpm',
	program: 'pnpm',
	tool: 'pnpm',
	lockFiles: [LOCK],
	reads: (path) => /^(?:\.npmrc|pnpm-workspace\.yaml|\.pnpmfile\.[cm]?js)$/.test(path),
	gyp: 'dist/node_modules/node-gyp/bin/node-gyp.js',
	state: [],
	version({ source, lock, node, wanted }) {
		const locked = lock === undefined ? undefined : String(readYaml(source, lock).lockfileVersion ?? '');
		const readers = LINES.filter((line) => locked === undefined || line.lock.test(locked));
		const { range = '*', reason } = chooseRange(wanted, readers.length > 0 ? readers : LINES, node) ?? {};
		// From 12 on the package is a program for one platform; 11 reads and writes the same lock file.
		if (reason !== undefined && !intersects(range, '<12')) return { range: '11', reason: { ...reason, says: `${reason.says}: installs with pnpm 11` } };
		return {
			range,
			reason: reason ?? { ...(lock !== undefined && { file: lock }), says: `pnpm ${range}${locked === undefined ? '' : `, for lockfileVersion ${locked}`}` },
		};
	},
	readLock,
	localise: lockWithoutRuntimes,
	settle,
	installAll: (question) => ({ args: ['install', ...frozen(question), ...COMMON, ...allowed(question)], env: {} }),
	installProduction: (question, { architecture, workspace }) => {
		const way = wayToTarget('pnpm', question.version);
		const platform = way === 'flags' ? [`--cpu=${nodeArchitecture(architecture)}`, '--os=linux', '--libc=glibc'] : [];
		const only = workspace === undefined ? [] : ['--filter', `{./${workspace}}...`];
		return { args: ['install', '--prod', ...frozen(question), ...COMMON, ...allowed(question), ...platform, ...only], env: {}, target: { architecture, way } };
	},
	cache: (folder) => forBoth({ store_dir: folder }),
	env: ENV,
	runScript: (name) => ['run', name],
	// The programs in .bin are shell scripts with this machine's paths.
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.modules\.yaml|\.pnpm-workspace-state[^/]*\.json|\.pnpm\/lock\.yaml|\.cache(?:\/|$)|\.bin(?:\/|$))/.test(path),
	saysOutdated: (output) =>
		/ERR_PNPM_(?:OUTDATED_LOCKFILE|FROZEN_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|LOCKFILE_BREAKING_CHANGE)|because pnpm-lock\.yaml is (?:not compatible|absent)/.test(
			output,
		),
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

function settle(path: string, text: string): string {
	if (path.endsWith('pnpm-workspace.yaml')) return settingsWithoutRuntimes(text);
	const json: unknown = path.endsWith('package.json') ? JSON.parse(text) : undefined;
	if (!isRecord(json)) return text;
	const settled = manifestWithoutRuntimes(json);
	return settled === json ? text : JSON.stringify(settled);
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
