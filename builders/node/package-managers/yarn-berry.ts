/** Yarn 2 and later ("berry"): https://yarnpkg.com/cli/install and https://yarnpkg.com/configuration/yarnrc */

import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parse } from '../../../src/source/yaml.js';
import { isRecord, type Manifest } from '../manifest.js';
import type { LockFacts, PackageManager } from './contract.js';
import { wayToTarget } from './foreign.js';
import { bringsNative, isLink, type LockNode, lookedUp, reachable, refuseMissing } from './graph.js';
import { published, vendoredYarn } from './vendored-yarn.js';
import { type Candidate, chooseRange } from './versions.js';

const LOCK = 'yarn.lock';
/** The newest yarn that reads a lock file of that `__metadata.version` without rewriting it. */
const READERS: Readonly<Record<string, readonly Candidate[]>> = {
	'4': [{ range: '~2.4.1' }],
	'5': [{ range: '~3.1.0' }],
	'6': [{ range: '>=3.2.0 <4' }],
	'7': [{ range: '>=3.5.0 <4' }],
	'8': [{ range: '>=4.0.0 <4.10.0', node: '18.12.0' }],
};
const NEWEST: readonly Candidate[] = [{ range: '4', node: '18.12.0' }, { range: '3', node: '14.2.0' }, { range: '2' }];

/** A plain node_modules also where the project uses Plug'n'Play: the lock file is the same, and every tool can read it. */
const ENV = {
	YARN_NODE_LINKER: 'node-modules',
	YARN_IGNORE_PATH: '1',
	YARN_ENABLE_GLOBAL_CACHE: '1',
	YARN_ENABLE_MIRROR: '0',
	YARN_ENABLE_TELEMETRY: '0',
	YARN_ENABLE_PROGRESS_BARS: '0',
};

export const yarnBerry: PackageManager = {
	id: 'yarn-berry',
	program: 'yarn',
	tool: '@yarnpkg/cli-dist',
	lockFiles: [LOCK],
	reads: (path) => /^(?:\.npmrc|\.yarnrc\.yml|\.yarn\/(?:plugins|patches|cache|versions)\/.+)$/.test(path),
	// `yarn run` refuses a project that it does not find installed.
	state: ['.yarn/install-state.gz'],
	version({ source, lock, node, wanted }) {
		const vendored = vendoredYarn(source);
		const pin = wanted.find(({ pins }) => pins);
		if (vendored !== undefined && (pin === undefined || pin.range === vendored.range)) return vendored;
		const metadata = lock === undefined ? undefined : readYaml(source, lock).__metadata;
		const version = isRecord(metadata) ? String(metadata.version) : undefined;
		const { range, reason } = chooseRange(wanted, READERS[version ?? ''] ?? NEWEST, node) ?? { range: '*' };
		if (reason !== undefined) return published(range, reason);
		return {
			range,
			reason: { ...(lock !== undefined && { file: lock }), says: `yarn ${range}${version === undefined ? '' : `, for lock file version ${version}`}` },
		};
	},
	readLock,
	installAll: ({ lock }) => ({
		args: ['install', ...(lock === undefined ? [] : ['--immutable']), '--inline-builds'],
		env: { YARN_ENABLE_IMMUTABLE_INSTALLS: String(lock !== undefined) },
	}),
	// Only yarn 4 has `workspaces focus` built in. Without the development dependencies in the manifests, an install is a production one in every version.
	installProduction: ({ version }, { architecture }) => ({
		args: ['install', '--inline-builds'],
		env: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
		stripsDevelopment: true,
		target: { architecture, way: wayToTarget('yarn-berry', version) },
	}),
	cache: (folder) => ({ YARN_GLOBAL_FOLDER: folder }),
	env: ENV,
	runScript: (name) => ['run', name],
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.yarn-state\.yml|\.cache(?:\/|$))/.test(path),
	saysOutdated: (output) => /YN0028/.test(output),
};

function readYaml(source: FileIndex, file: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = parse(source.text(file) ?? '', { maxAliasCount: 0 });
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} is not valid YAML: ${String(cause).split('\n')[0]}`, {
			at: { file },
			hint: 'Make it anew with `yarn install`.',
			cause,
		});
	}
	return isRecord(value) ? value : {};
}

function readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts {
	const lock = new Map<string, LockNode & { readonly workspace: boolean }>();
	for (const [key, entry] of Object.entries(readYaml(source, file))) {
		if (!isRecord(entry) || key === '__metadata') continue;
		const resolution = String(entry.resolution ?? '');
		const at = resolution.indexOf('@', 1);
		const needs = isRecord(entry.dependencies) ? Object.entries(entry.dependencies).map(([name, range]) => descriptor(name, String(range))) : [];
		const node = { name: resolution.slice(0, at), version: String(entry.version ?? ''), needs, workspace: resolution.slice(at).startsWith('@workspace:') };
		for (const name of key.split(/,\s*/)) lock.set(name, node);
	}
	const wanted = lookedUp(manifest.json).filter(([, range]) => !isLink(range) && /^[\d^~<>=*]/.test(range));
	const members = new Set([...lock.values()].filter(({ workspace }) => workspace).map(({ name }) => name));
	const missing = wanted.filter(([name, range]) => !members.has(name) && !lock.has(descriptor(name, range))).map(([name, range]) => `${name}@${range}`);
	// An empty lock file is how a new project says that it uses this tool.
	if (lock.size > 0) refuseMissing(missing, file, manifest, 'yarn install');
	const roots =
		members.size > 1
			? [...lock.keys()]
			: Object.entries({ ...manifest.json.dependencies, ...manifest.json.optionalDependencies }).map(([name, range]) => descriptor(name, range));
	return {
		file,
		hasInstallScripts: bringsNative([...lock.values()].map(({ name }) => name)),
		bins: {},
		packages: reachable(roots, (key) => {
			const node = lock.get(key);
			return node?.workspace === true ? undefined : node;
		}),
	};
}

/** Lock files write the protocol that manifests leave out. */
function descriptor(name: string, range: string): string {
	return /^[a-z+]+:/.test(range) ? `${name}@${range}` : `${name}@npm:${range}`;
}
