/** npm: https://docs.npmjs.com/cli/v11/commands/npm-ci and the lock file format at https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
import { intersects, satisfies, validRange } from 'semver';
import { TareError } from '../../../src/errors.js';
import { parseJson } from '../../../src/source/json.js';
import { allDependencies, isRecord, type Manifest } from '../manifest.js';
import type { InstallCommand, InstallQuestion, LockFacts, PackageManager } from './contract.js';
import { wayToTarget } from './foreign.js';
import { limitsOf } from './platforms.js';
import { nodeArchitecture } from './target.js';
import { type Candidate, chooseRange } from './versions.js';

/**
 * The newest major for each Node, and the oldest Node that it runs on: https://github.com/npm/cli (`engines` of its releases). 6 came with Node up
 * to 14, and knows no lock file of version 3; 12 only where it is asked for.
 */
const LINES: readonly (Candidate & { readonly newLock: boolean })[] = [
	{ range: '11', node: '22.9.0', newLock: true },
	{ range: '10', node: '18.17.0', newLock: true },
	{ range: '9', node: '14.17.0', newLock: true },
	{ range: '8', node: '12.13.0', newLock: true },
	{ range: '6', node: '6.2.0', newLock: false },
	{ range: '7', node: '10.0.0', newLock: true },
	{ range: '>=12', node: '24.15.0', newLock: true },
];
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn'];
export const npm: PackageManager = {
	id: 'npm',
	program: 'npm',
	tool: 'npm',
	lockFiles: ['npm-shrinkwrap.json', 'package-lock.json'],
	reads: (path) => path === '.npmrc',
	gyp: 'node_modules/node-gyp/bin/node-gyp.js',
	state: [],
	version({ source, lock, node, wanted }) {
		const needsNew = lock !== undefined && /"lockfileVersion":\s*3\b/.test(source.text(lock) ?? '');
		const { range = '*', reason } = chooseRange(wanted, needsNew ? LINES.filter(({ newLock }) => newLock) : LINES, node) ?? {};
		return { range, reason: reason ?? { says: `npm ${range}, the newest for the Node version` } };
	},
	readLock,
	installAll: (question) => command(question, ['--include=dev', '--include=optional']),
	installProduction: (question, { architecture, workspace, withRoot = false }) => {
		const way = wayToTarget('npm', question.version);
		const platform = way === 'flags' ? ['--os=linux', `--cpu=${nodeArchitecture(architecture)}`, '--libc=glibc'] : [];
		const without = isBefore('7', question) ? '--only=production' : '--omit=dev';
		const scope = [...(workspace === undefined ? [] : [`--workspace=${workspace}`]), ...(withRoot ? ['--include-workspace-root'] : [])];
		return { ...command(question, [without, ...platform, ...scope]), target: { architecture, way }, picksFromRoot: withRoot };
	},
	env: {},
	runScript: (name) => ['run', name],
	isTrace: (path) => /(?:^|\/)node_modules\/(?:\.package-lock\.json|\.cache(?:\/|$))/.test(path),
	saysOutdated: (output) => /can only install (?:packages )?(?:when|with)|npm error code EUSAGE/.test(output),
};

function isBefore(major: string, { version }: InstallQuestion): boolean {
	return !intersects(version, `>=${major}`);
}

/** npm 12 runs no install scripts unless told; the project's own list is kept, without one they run as with the other tools. */
function allowed(question: InstallQuestion): readonly string[] {
	const listed = question.root.allowScripts !== undefined || /^[^\S\n]*allow-scripts\b/m.test(question.source.text('.npmrc') ?? '');
	return isBefore('12', question) || listed ? [] : ['--dangerously-allow-all-scripts'];
}

function command(question: InstallQuestion, args: readonly string[]): InstallCommand {
	const { lock } = question;
	return {
		args: [lock === undefined ? 'install' : 'ci', ...args, ...allowed(question), ...QUIET],
		env: lock === undefined ? { npm_config_package_lock: 'false' } : {},
	};
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
