/** What an install reads, what it must not see, and what it may leave in the tree. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { removeForeign } from '../../../builders/node/foreign-packages.js';
import { managerById } from '../../../builders/node/package-managers/index.js';
import { lockWithoutRuntimes, manifestWithoutRuntimes, settingsWithoutRuntimes } from '../../../builders/node/package-managers/pnpm-runtimes.js';
import { installReads, linksSource } from '../../../builders/node/package-managers/referenced.js';
import { settleWorkspace } from '../../../builders/node/package-managers/settled-workspace.js';
import { type Files, folder, index, writeFiles } from '../../support/files.js';

function reads(t: TestContext, manager: string, files: Files, home = ''): readonly string[] {
	const source = index(t, files);
	const manifests = source.files.map(({ path }) => path).filter((path) => path.endsWith('package.json'));
	const lock = managerById(manager)
		.lockFiles.map((file) => (home === '' ? file : `${home}/${file}`))
		.find((file) => source.has(file));
	const isRead = installReads(managerById(manager), source, { manifests, lock, home });
	return source.files.map(({ path }) => path).filter((path) => isRead(path) && path !== lock && !path.endsWith('package.json'));
}

const NAMED: readonly (readonly [string, string, Files, readonly string[]])[] = [
	[
		'a patch that package.json names',
		'pnpm',
		{ 'package.json': { pnpm: { patchedDependencies: { ms: 'tools/p/ms.patch' } } }, 'tools/p/ms.patch': '', 'tools/p/old.patch': '' },
		['tools/p/ms.patch'],
	],
	[
		'a patch that the settings name',
		'pnpm',
		{ 'package.json': {}, 'pnpm-workspace.yaml': 'patchedDependencies:\n  ms@2.1.3: fixes/ms.diff\n', 'fixes/ms.diff': '' },
		['fixes/ms.diff', 'pnpm-workspace.yaml'],
	],
	[
		'a patch that only the lock file names',
		'pnpm',
		{ 'package.json': {}, 'pnpm-lock.yaml': 'patchedDependencies:\n  ms@2.1.3:\n    hash: x\n    path: etc/ms@2.1.3.patch\n', 'etc/ms@2.1.3.patch': '' },
		['etc/ms@2.1.3.patch'],
	],
	[
		'a hook, and what it is made of',
		'pnpm',
		{
			'package.json': {},
			'.npmrc': 'pnpmfile=tools/hooks.cjs\n',
			'tools/hooks.cjs': "require('./a')",
			'tools/a.js': "require('./hooks.cjs')",
			'tools/b.js': '',
		},
		['.npmrc', 'tools/a.js', 'tools/hooks.cjs'],
	],
	[
		'patches of yarn',
		'yarn-berry',
		{ 'package.json': { resolutions: { ms: 'patch:ms@npm%3A2.1.3#~/fix/ms.patch&optional!./fix/more.patch' } }, 'fix/ms.patch': '', 'fix/more.patch': '' },
		['fix/more.patch', 'fix/ms.patch'],
	],
	[
		'a patch beside a member of the workspace',
		'yarn-berry',
		{ 'package.json': {}, 'packages/a/package.json': { dependencies: { ms: 'patch:ms@2.1.3#./ms.patch' } }, 'packages/a/ms.patch': '' },
		['packages/a/ms.patch'],
	],
	[
		'plugins, wherever they are',
		'yarn-berry',
		{ 'package.json': {}, '.yarnrc.yml': 'plugins:\n  - path: tools/plugin.cjs\n    spec: x\n', 'tools/plugin.cjs': '' },
		['.yarnrc.yml', 'tools/plugin.cjs'],
	],
	[
		'an offline mirror',
		'yarn',
		{ 'package.json': {}, '.yarnrc': 'yarn-offline-mirror "./mirror"\n', 'mirror/ms-2.1.3.tgz': '' },
		['.yarnrc', 'mirror/ms-2.1.3.tgz'],
	],
	['patches of bun', 'bun', { 'package.json': { patchedDependencies: { 'ms@2.1.3': 'vendor/ms.patch' } }, 'vendor/ms.patch': '' }, ['vendor/ms.patch']],
	['certificates', 'npm', { 'package.json': {}, '.npmrc': 'cafile=certs/ca.pem\n', 'certs/ca.pem': '' }, ['.npmrc', 'certs/ca.pem']],
	['no folder because of its name', 'npm', { 'package.json': {}, 'patches/ms+2.1.3.patch': '' }, []],
];

for (const [says, manager, files, expected] of NAMED) test(`an install reads ${says}`, (t) => assert.deepEqual(reads(t, manager, files), expected));

test('an app that is alone in a folder has its files there', (t) => {
	const files: Files = {
		'package.json': {},
		'.npmrc': '',
		'api/package.json': { pnpm: { patchedDependencies: { ms: 'p/ms.patch' } } },
		'api/.npmrc': '',
		'api/p/ms.patch': '',
	};
	assert.deepEqual(reads(t, 'pnpm', files, 'api'), ['api/.npmrc', 'api/p/ms.patch']);
});

test('overrides and resolutions link files of the project, too', () => {
	const links = (json: object): boolean => linksSource(JSON.stringify(json));
	assert.ok(
		links({ overrides: { ms: { '.': 'file:./vendor/ms' } } }) &&
			links({ pnpm: { overrides: { ms: 'link:vendor/ms' } } }) &&
			links({ resolutions: { ms: 'portal:./ms' } }),
	);
	assert.ok(!links({ overrides: { ms: '2.1.3' }, dependencies: { a: 'npm:b@1', c: 'workspace:*' } }));
});

const LOCK = `importers:
  .:
    dependencies:
      ms:
        specifier: 2.1.3
        version: 2.1.3
    devDependencies:
      node:
        specifier: runtime:^24.4.0
        version: runtime:24.4.1
packages:
  ms@2.1.3: {}
  node@runtime:24.4.1:
    hasBin: true
snapshots:
  ms@2.1.3: {}
  node@runtime:24.4.1: {}
`;

test('pnpm is shown nothing that makes it download a Node, and a lock file that fits', () => {
	assert.equal(settingsWithoutRuntimes('packages: [a]\n'), 'packages: [a]\n');
	assert.deepEqual(parse(settingsWithoutRuntimes('useNodeVersion: 22.0.0\npackages: [a]\n')), { packages: ['a'] });
	const json = {
		name: 'a',
		pnpm: { executionEnv: { nodeVersion: '22.0.0' }, overrides: {} },
		devEngines: { runtime: { name: 'node' } },
		dependencies: { node: 'runtime:22', ms: '1' },
	};
	assert.deepEqual(manifestWithoutRuntimes(json), { name: 'a', pnpm: { overrides: {} }, devEngines: {}, dependencies: { ms: '1' } });
	const plain = { name: 'a', dependencies: {} };
	assert.equal(manifestWithoutRuntimes(plain), plain);
	const lock = parse(lockWithoutRuntimes(LOCK));
	assert.deepEqual(lock.importers['.'].devDependencies ?? {}, {});
	assert.deepEqual([Object.keys(lock.packages), Object.keys(lock.snapshots)], [['ms@2.1.3'], ['ms@2.1.3']]);
});

test('while steps run the workspace has none of it, afterwards what a step left', (t) => {
	const before = { pnpm: { executionEnv: { nodeVersion: '22.0.0' } } };
	const dir = folder(t, { 'package.json': before, 'a/package.json': before, 'pnpm-workspace.yaml': 'useNodeVersion: 22.0.0\n' });
	const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
	const text = read('package.json');
	const putBack = settleWorkspace(dir, '', ['package.json', 'a/package.json'], managerById('pnpm'));
	assert.deepEqual(JSON.parse(read('package.json')), { pnpm: {} });
	assert.doesNotMatch(read('pnpm-workspace.yaml'), /useNodeVersion/);
	writeFiles(dir, { 'a/package.json': 'written by a step' });
	putBack();
	assert.equal(read('package.json'), text);
	assert.equal(read('a/package.json'), 'written by a step');
});

test('packages for other platforms go, with what links to them; a required one stays and is named', (t) => {
	const native = (name: string, cpu: string, libc?: string): object => ({
		name,
		version: '1.0.0',
		os: ['linux'],
		cpu: [cpu],
		...(libc !== undefined && { libc: [libc] }),
	});
	const dir = folder(t, {
		'package.json': { dependencies: { main: '1', 'mac-only': '1' } },
		'node_modules/main/package.json': { name: 'main', optionalDependencies: { '@x/arm': '1', '@x/x64': '1' }, dependencies: { '@x/arm': '1' } },
		'node_modules/mac-only/package.json': { name: 'mac-only', os: ['darwin'] },
		'node_modules/@x/arm/package.json': native('@x/arm', 'arm64'),
		'node_modules/@x/x64/package.json': native('@x/x64', 'x64', 'glibc'),
		'node_modules/@y/musl/package.json': native('@y/musl', 'x64', 'musl'),
		'node_modules/main/node_modules/deep/package.json': native('deep', 'ia32'),
		'node_modules/.pnpm/z@1/node_modules/z/package.json': native('z', '!x64'),
		'node_modules/broken/package.json': 'test data',
	});
	mkdirSync(join(dir, 'node_modules/.bin'));
	symlinkSync('../.pnpm/z@1/node_modules/z/cli.js', join(dir, 'node_modules/.bin/z'));
	symlinkSync('.pnpm/z@1/node_modules/z', join(dir, 'node_modules/z'));
	const said: string[] = [];
	removeForeign([dir], 'amd64', (event) => void ('says' in event && said.push(event.says)));
	const left = ['main', 'mac-only', '@x/x64', '@x/arm', '@y', 'main/node_modules/deep', '.pnpm/z@1', 'z', '.bin/z'].filter((name) =>
		existsSync(join(dir, 'node_modules', name)),
	);
	assert.deepEqual(left, ['main', 'mac-only', '@x/x64']);
	assert.match(said.join('\n'), /left out: @x\/arm, @y\/musl, deep, z\n.*mac-only says that it is not for linux\/amd64/);
});
