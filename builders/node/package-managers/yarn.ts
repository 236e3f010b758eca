/** Yarn 1 ("classic"): https://classic.yarnpkg.com/lang/en/docs/cli/install/ */
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import type { LockFacts, PackageManager } from './contract.js';
import { wayToTarget } from './foreign.js';
import { bringsNative, isLink, lookedUp, reachable, refuseMissing } from './graph.js';
import { vendoredYarn } from './vendored-yarn.js';
import { chooseRange } from './versions.js';
import { nameOfPattern, parseYarnLock } from './yarn-lock.js';

const LOCK = 'yarn.lock';
/** Names under which yarn 1 writes the public registry, whatever registry it was told to use. */
const PUBLIC = /(^\s+resolved ")https?:\/\/registry\.(?:yarnpkg|npmjs)\.[a-z]+\//gm;
const QUIET = ['--non-interactive', '--no-progress', '--prefer-offline', '--ignore-engines'];

export const yarn: PackageManager = {
	id: 'yarn',
	program: 'yarn',
	tool: 'yarn',
	lockFiles: [LOCK],
	reads: (path) => /^(?:\.npmrc|\.yarnrc)$/.test(path),
	state: [],
	version({ source, lock, node, wanted }) {
		const vendored = vendoredYarn(source);
		const pin = wanted.find(({ pins }) => pins);
		if (vendored !== undefined && (pin === undefined || pin.range === vendored.range)) return vendored;
		const { range, reason } = chooseRange(wanted, [{ range: '^1.22.22' }, { range: '1' }], node) ?? { range: '1' };
		return { range, reason: reason ?? { ...(lock !== undefined && { file: lock }), says: 'yarn 1: the lock file is of version 1' } };
	},
	readLock,
	localise: (text, registry) => text.replace(PUBLIC, `$1${registry}`),
	installAll: ({ lock }) => ({
		args: ['install', '--production=false', ...(lock === undefined ? ['--no-lockfile'] : ['--frozen-lockfile']), ...QUIET],
		env: {},
	}),
	installProduction: ({ lock, version }, { architecture, workspace }) => ({
		// A lock file that has more than a part of the workspace needs would not count as frozen; it is read all the same.
		args: ['install', '--production=true', lock === undefined ? '--no-lockfile' : workspace === undefined ? '--frozen-lockfile' : '--pure-lockfile', ...QUIET],
		env: {},
		wholeWorkspace: true,
		target: { architecture, way: wayToTarget('yarn', version) },
	}),
	cache: (folder) => ({ YARN_CACHE_FOLDER: folder }),
	env: { YARN_IGNORE_PATH: '1' },
	runScript: (name) => ['run', name],
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.yarn-integrity|\.cache(?:\/|$))/.test(path),
	saysOutdated: (output) => /Your lockfile needs to be updated/.test(output),
};

function readLock(source: FileIndex, file: string, manifest: Manifest): LockFacts {
	const lock = parseYarnLock(source.text(file) ?? '');
	const asked = lookedUp(manifest.json).filter(([, range]) => !isLink(range));
	// Members of a workspace are not in the lock file, and whether a name is one is known only with the whole tree.
	const missing = manifest.json.workspaces === undefined ? asked.map(([name, range]) => `${name}@${range}`).filter((key) => !lock.has(key)) : [];
	refuseMissing(missing, file, manifest, 'yarn install');
	const production = Object.entries({ ...manifest.json.dependencies, ...manifest.json.optionalDependencies }).map(([name, range]) => `${name}@${range}`);
	const roots = manifest.json.workspaces === undefined ? production : [...lock.keys()];
	return {
		file,
		hasInstallScripts: bringsNative([...lock.keys()].map(nameOfPattern)),
		bins: {},
		packages: reachable(roots, (key) => {
			const entry = lock.get(key);
			return entry === undefined ? undefined : { name: nameOfPattern(key), version: entry.version, needs: entry.needs };
		}),
	};
}
