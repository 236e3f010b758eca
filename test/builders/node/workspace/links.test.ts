/** Dependencies that are folders: inside, outside, and those that nothing installs for. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { planNode } from '../../../../builders/node/plan.js';
import { findLinkRoot } from '../../../../builders/node/workspace/link-root.js';
import { refuseUninstalled } from '../../../../builders/node/workspace/links.js';
import type { BuildPlan } from '../../../../src/builder/contract.js';
import { type Files, folder, index } from '../../../support/files.js';
import { REQUEST } from '../../../support/request.js';

const plan = (t: TestContext, files: Files, app = ''): Promise<BuildPlan> =>
	planNode({
		source: index(t, files),
		...REQUEST,
		app,
	});
const app = (more: object): Files => ({ 'package.json': { name: 'a', scripts: { start: 'node index.js' }, ...more }, 'index.js': '' });

test('every way to name a folder outside the source is an error with its line', async (t) => {
	const ranges = [
		'file:../shared',
		'link:../shared',
		'portal:../shared',
		'../shared',
		'file:../shared.tgz',
		'file:lib/../../shared',
		'~/shared',
		'file:///shared',
		'/shared',
	];
	for (const range of ranges)
		for (const list of ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides', 'resolutions'])
			await assert.rejects(plan(t, app({ [list]: { shared: range } })), (error: Error & { code?: string; hint?: string; at?: unknown }) => {
				assert.equal(error.code, 'LINK_UNUSABLE', `${list} ${range}`);
				assert.match(error.message, /^shared is .*, which is outside the source folder$/);
				assert.deepEqual(error.at, { file: 'package.json', line: 7 });
				return true;
			});
	await plan(t, { ...app({ dependencies: { shared: './lib', other: 'file:vendor/x.tgz' } }), 'lib/package.json': { name: 'shared' } });
});

test('a member of a workspace that links out of it is an error that names the member', async (t) => {
	const files = {
		'package.json': { workspaces: ['apps/*'] },
		'apps/api/package.json': { name: 'api', scripts: { start: 'node index.js' }, dependencies: { x: 'file:../../../x' } },
		'apps/api/index.js': '',
	};
	await assert.rejects(plan(t, files, 'apps/api'), /x is file:\.\.\/\.\.\/\.\.\/x, which is outside/);
});

test('the smallest folder of the repository that holds all links is the root', (t) => {
	const files: Files = {
		'group/app/package.json': { dependencies: { shared: 'file:../shared' } },
		'group/shared/package.json': { dependencies: { deep: 'link:../deep' } },
		'group/deep/package.json': {},
	};
	const inside = folder(t, { ...files, '.git/HEAD': '' });
	assert.equal(findLinkRoot(join(inside, 'group/app')), join(inside, 'group'));
	assert.equal(findLinkRoot(join(inside, 'group/deep')), undefined);
	assert.equal(findLinkRoot(join(folder(t, files), 'group/app')), undefined);
});

test('an app that links to folders beside it is installed in its own folder, and both are shipped', async (t) => {
	const files: Files = {
		'app/package.json': { scripts: { start: 'node index.js', build: 'tsc' }, dependencies: { shared: 'file:../shared' } },
		'app/package-lock.json': {
			lockfileVersion: 3,
			packages: { '': { dependencies: { shared: 'file:../shared' } }, 'node_modules/shared': { link: true, resolved: '../shared' } },
		},
		'app/index.js': '',
		'shared/package.json': { name: 'shared', scripts: { build: 'tsc' } },
	};
	const made = await plan(t, files, 'app');
	const install = made.steps.find(({ id }) => id === 'dependencies');
	assert.equal(install?.cwd, 'app');
	assert.ok(!install?.command.some((word) => word.startsWith('--workspace')));
	assert.deepEqual([made.facts.lock, made.facts.members, made.config.WorkingDir], ['package-lock.json', ['shared'], '/app/app']);
	assert.match(made.warnings.map(({ says }) => says).join('\n'), /shared is a linked folder, and its script "build" is not run/);
});

test('a folder that is linked and not installed for is an error; a copy of it is not', (t) => {
	const source = index(t, { 'package.json': { dependencies: { x: 'link:libs/x' } }, 'libs/x/package.json': { dependencies: { ms: '2' } } });
	const places = (installed: Record<string, string>) => () => refuseUninstalled(source, [''], (path) => installed[path]);
	const link = { 'node_modules/x': 'libs/x' };
	assert.throws(places(link), /x is a link to libs\/x, and the package manager installs nothing that this folder depends on: ms/);
	for (const where of ['node_modules/ms', 'libs/node_modules/ms', 'libs/x/node_modules/ms']) assert.doesNotThrow(places({ ...link, [where]: where }));
	assert.doesNotThrow(places({ 'node_modules/x': 'node_modules/.pnpm/x/node_modules/x' }));
});
