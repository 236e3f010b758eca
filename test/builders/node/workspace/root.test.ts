/** A folder of a repository: one of its packages, an app of its own, or an error where a registry's package would replace the repository's. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findWorkspaceRoot, whyApart } from '../../../../builders/node/workspace/root.js';
import { TareError } from '../../../../src/errors.js';
import { type Files, folder } from '../../../support/files.js';

const APP = { name: 'api', dependencies: { lib: '*', ms: '2' } };
const repository = (root: Files, app: object = APP): Files => ({ 'apps/api/package.json': app, 'packages/lib/package.json': { name: 'lib' }, ...root });
const workspaces = (patterns: readonly string[], more: object = {}): Files => ({ 'package.json': { name: 'root', workspaces: patterns, ...more } });
const pnpm = (pattern: string): Files => ({ 'package.json': { name: 'root' }, 'pnpm-workspace.yaml': `packages:\n  - '${pattern}'\n` });

type Outcome = 'member' | 'alone' | RegExp;
const CASES: readonly (readonly [string, Files, Outcome])[] = [
	['braces', repository(workspaces(['{apps,packages}/*'])), 'member'],
	['an object, as Yarn 1 has it', repository({ 'package.json': { workspaces: { packages: ['apps/a?i'] } } }), 'member'],
	['pnpm, with the folder above', repository(pnpm('./apps/**/')), 'member'],
	['npm without the folder', repository(workspaces(['packages/*'])), /apps\/api is in no workspace pattern of \.\.\/\.\.\/package\.json.* depends on lib/],
	['pnpm without the folder', repository(pnpm('packages/*')), /pnpm-workspace\.yaml/],
	['an exclusion', repository(workspaces(['apps/*', '!apps/api'])), /depends on lib/],
	['Yarn 1 knows no exclusion', repository(workspaces(['apps/*', '!apps/api'], { packageManager: 'yarn@1.22.22' })), 'member'],
	['Bun without the folder', repository(workspaces(['packages/*'], { packageManager: 'bun@1.3.0' })), /depends on lib/],
	['pnpm does not read package.json', repository(workspaces(['apps/*'], { packageManager: 'pnpm@10.0.0' })), /depends on lib/],
	['Lerna alone', repository({ 'package.json': { name: 'root' }, 'lerna.json': { packages: ['apps/*'] } }), /lerna\.json/],
	['Rush', repository({ 'rush.json': '{ // x\n "projects": [{ "packageName": "api", "projectFolder": "apps/api" }] }' }), /rush\.json/],
	[
		'a lock file that names it',
		repository({ 'package.json': { name: 'root' }, 'package-lock.json': { packages: { 'apps/api': {} } } }, { name: 'api' }),
		/package-lock\.json there names it/,
	],
	['an importer of pnpm', repository({ 'pnpm-lock.yaml': 'importers:\n  apps/api: {}\n' }, { name: 'api' }), /pnpm-lock\.yaml there names it/],
	['a workspace of Yarn', repository({ 'yarn.lock': '"api@workspace:apps/api":\n  version: 0\n' }, { name: 'api' }), /yarn\.lock there names it/],
	['a workspace of Bun', repository({ 'bun.lock': '{"workspaces":{"apps/api":{"name":"api",},},}' }, { name: 'api' }), /bun\.lock there names it/],
	['a lock file of its own', repository({ ...workspaces(['packages/*']), 'apps/api/yarn.lock': '' }), 'alone'],
	['no package of the repository', repository(workspaces(['packages/*']), { name: 'api', dependencies: { ms: '2' } }), 'alone'],
	['a link to a folder of the repository', repository(workspaces(['packages/*']), { name: 'api', dependencies: { lib: 'file:../../packages/lib' } }), 'member'],
];

function outcome(t: TestContext, files: Files): 'member' | 'alone' | TareError {
	const root = folder(t, { '.git/HEAD': '', ...files });
	try {
		const found = findWorkspaceRoot(join(root, 'apps/api'));
		if (found !== undefined) assert.equal(found, root);
		assert.equal(whyApart(join(root, 'apps/api')) === undefined, found !== undefined);
		return found === undefined ? 'alone' : 'member';
	} catch (error) {
		if (error instanceof TareError) return error;
		throw error;
	}
}

for (const [name, files, expected] of CASES) {
	test(`a folder of a repository: ${name}`, (t) => {
		const seen = outcome(t, files);
		if (!(expected instanceof RegExp)) return assert.equal(seen, expected);
		assert.ok(seen instanceof TareError);
		assert.equal(seen.code, 'WORKSPACE_UNLISTED');
		assert.match(seen.message, expected);
		assert.match(seen.hint ?? '', /lock file of its own/);
	});
}

test('the error names the line of the patterns, and what to write', (t) => {
	const seen = outcome(t, repository(workspaces(['packages/*', 'tools'])));
	assert.ok(seen instanceof TareError);
	assert.deepEqual(seen.at, { file: '../../package.json', line: 4 });
	assert.match(seen.hint ?? '', /Add "apps\/api" to "workspaces" in package\.json \(now "packages\/\*", "tools"\)/);
});

test('a folder with no repository above it has nothing to say', (t) => {
	const dir = folder(t, { '.git/HEAD': '', 'package.json': APP });
	assert.equal(findWorkspaceRoot(dir), undefined);
	assert.equal(whyApart(dir), undefined);
});

test('a pattern that could take hours is an error', (t) => {
	const seen = outcome(t, repository(workspaces(['packages/+(a|aa)+(a|aa)x'])));
	assert.ok(seen instanceof TareError);
	assert.equal(seen.code, 'MANIFEST_INVALID');
});
