/** npm: https://docs.npmjs.com/cli/v11/commands/npm-ci and the lock file format at https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
import { minVersion, satisfies, validRange } from 'semver';
import { TareError } from '../../../src/errors.js';
import { parseJson } from '../../../src/source/json.js';
import { allDependencies, isRecord, type Manifest } from '../manifest.js';
import type { InstallCommand, LockFacts, PackageManager } from './contract.js';
import { limitsOf } from './platforms.js';
import { nodeArchitecture } from './target.js';

/** The newest major for each Node from there on: https://github.com/npm/cli (`engines` of its releases). */
const MAJORS: readonly (readonly [node: number, npm: string])[] = [
	[22, '11'],
	[18, '10'],
	[14, '9'],
	[12, '8'],
	[0, '6'],
];
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn'];
export const npm: PackageManager = {
	id: 'npm',
	program: 'npm',
	tool: 'npm',
	lockFiles: ['npm-shrinkwrap.json', 'package-lock.json'],
	reads: (path) => path === '.npmrc',
	programs: [
		['npm', 'bin/npm-cli.js'],
		['npx', 'bin/npx-cli.js'],
		['node-gyp', 'node_modules/node-gyp/bin/node-gyp.js'],
	],
	state: [],
	version({ manifest, node }) {
		const pinned = /^npm@(\d+\.\d+\.\d+)/.exec(manifest.json.packageManager ?? '')?.[1];
		if (pinned !== undefined)
			return { range: pinned, reason: { file: manifest.file, line: manifest.lineOf('packageManager'), says: `packageManager "npm@${pinned}"` } };
		const range = majorFor(node);
		return { range, reason: { says: `npm ${range}, the newest for the Node version` } };
	},
	readLock,
	installAll: ({ lock }) => command(lock, ['--include=dev', '--include=optional']),
	installProduction: ({ lock }, { architecture, workspace, withRoot = false }) => ({
		...command(lock, [
			'--omit=dev',
			'--os=linux',
			`--cpu=${nodeArchitecture(architecture)}`,
			'--libc=glibc',
			...(workspace === undefined ? [] : [`--workspace=${workspace}`]),
			...(withRoot ? ['--include-workspace-root'] : []),
		]),
		picksFromRoot: withRoot,
	}),
	env: {},
	runScript: (name) => ['run', name],
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.package-lock\.json|\.cache(?:\/|$))/.test(path),
	saysOutdated: (output) => /can only install (?:packages )?(?:when|with)|npm error code EUSAGE/.test(output),
};

function majorFor(node: string): string {
	const lowest = minVersion(node)?.major ?? 0;
	return MAJORS.find(([from]) => lowest >= from)?.[1] ?? '6';
}

function command(lock: string | undefined, args: readonly string[]): InstallCommand {
	return { args: [lock === undefined ? 'install' : 'ci', ...args, ...QUIET], env: lock === undefined ? { npm_config_package_lock: 'false' } : {} };
}

interface LockPackage extends Readonly<Record<string, unknown>> {
	readonly version?: string;
	readonly dev?: boolean;
	readonly devOptional?: boolean;
	readonly link?: boolean;
	readonly resolved?: string;
	readonly hasInstallScript?: boolean;
	readonly bin?: unknown;
}

function readLock(source: Parameters<PackageManager['readLock']>[0], file: string, manifest: Manifest): LockFacts {
	const { value, lineOf } = parseJson(source.text(file) ?? '', file);
	if (!isRecord(value)) throw new TareError('MANIFEST_INVALID', `${file} is not an npm lock file`, { at: { file }, hint: 'Make it anew with `npm install`.' });
	const packages = (isRecord(value.packages) ? value.packages : {}) as Record<string, LockPackage>;
	if (packages[''] !== undefined) refuseOutdated(manifest, packages, file, lineOf('packages'));
	const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
	return {
		file,
		hasInstallScripts: installed.some(([, { hasInstallScript }]) => hasInstallScript === true),
		bins: Object.fromEntries(installed.flatMap(([path, entry]) => binsOf(path, entry))),
		packages: installed
			.filter(([, entry]) => !entry.dev && !entry.devOptional && !entry.link && entry.version !== undefined)
			.map(([path, entry]) => ({ name: nameOf(path), version: entry.version ?? '', ...limitsOf(entry) })),
	};
}

/** `node_modules/a/node_modules/@s/b` is the package `@s/b`. */
function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function binsOf(path: string, entry: LockPackage): [string, string][] {
	if (path.lastIndexOf('node_modules/') !== 0) return [];
	const bins = typeof entry.bin === 'string' ? { [nameOf(path).replace(/^@[^/]+\//, '')]: entry.bin } : isRecord(entry.bin) ? entry.bin : {};
	return Object.entries(bins).flatMap(([name, target]): [string, string][] =>
		typeof target === 'string' ? [[name, `${path}/${target.replace(/^\.\//, '')}`]] : [],
	);
}

/** `npm ci` would refuse too, but after a minute and with a page of usage. As npm does, what is locked has to satisfy what is asked. */
function refuseOutdated(manifest: Manifest, packages: Readonly<Record<string, LockPackage>>, file: string, line: number | undefined): void {
	const differing = Object.entries(allDependencies(manifest.json)).filter(
		([name, range]) => !isLocked(packages[`node_modules/${name}`], range, name in manifest.json.optionalDependencies),
	);
	const [first] = differing;
	if (first === undefined) return;
	const [name, range] = first;
	const locked = packages[`node_modules/${name}`]?.version;
	const detail = `${name}: package.json asks for ${range}, ${file} has ${locked ?? 'nothing'}`;
	throw new TareError(
		'LOCKFILE_OUTDATED',
		`${file} does not match package.json (${detail}${differing.length > 1 ? `, and ${differing.length - 1} more` : ''})`,
		{
			hint: `Run \`npm install\` and commit ${file}.`,
			at: { file, ...(line !== undefined && { line }) },
			data: { packages: differing.map(([other]) => other) },
		},
	);
}

function isLocked(entry: LockPackage | undefined, range: string, optional: boolean): boolean {
	if (entry === undefined) return optional;
	// Tags, URLs, folders and aliases are npm's to compare.
	return entry.link === true || entry.version === undefined || validRange(range) === null || satisfies(entry.version, range, { includePrerelease: true });
}
