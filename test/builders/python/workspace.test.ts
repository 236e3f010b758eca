/** Projects that need folders outside of their own: workspaces, path dependencies, and which of several projects is built. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { detectPython } from '../../../builders/python/detect.js';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { everyApp, planPython } from '../../../builders/python/plan.js';
import { pathOfLine } from '../../../builders/python/workspace/named.js';
import { findRoot } from '../../../builders/python/workspace/root.js';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { subfolder } from '../../../src/source/subfolder.js';
import { type Files, folder, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const project = (name: string, more = ''): string => `[project]\nname = "${name}"\nversion = "1"\n${more}\n`;
const WORKSPACE = '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n';
const LOCK = ['api', 'core']
	.map(
		(name) =>
			`[[package]]\nname = "${name}"\nversion = "1"\nsource = { editable = "packages/${name}" }\n${name === 'api' ? 'dependencies = [{ name = "core" }, { name = "fastapi" }]\n' : 'dependencies = [{ name = "humanize" }]\n'}`,
	)
	.concat(['fastapi', 'humanize', 'other'].map((name) => `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "x" }\n`))
	.join('\n');
const API = 'from fastapi import FastAPI\napp = FastAPI()\n';
const UV: Files = {
	'.git/HEAD': '',
	'pyproject.toml': WORKSPACE,
	'uv.lock': LOCK,
	'packages/api/pyproject.toml': project(
		'api',
		'dependencies = ["core", "fastapi"]\n[tool.uv.sources]\ncore = { workspace = true }\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"',
	),
	'packages/api/src/api/main.py': API,
	'packages/core/pyproject.toml': project('core'),
	'packages/core/src/core/__init__.py': '',
	'packages/old/pyproject.toml': project('old'),
};

/** Root of the build, relative to the folder that holds everything. */
const ROOTS: readonly (readonly [string, Files, string, string])[] = [
	['a member of a uv workspace', UV, 'packages/api', ''],
	['a folder that the workspace excludes', UV, 'packages/old', 'packages/old'],
	['a folder of its own', { 'a/pyproject.toml': project('a'), 'a/requirements.txt': './lib\n' }, 'a', 'a'],
	['-e ../shared', { 'site/requirements.txt': 'flask\n-e ../shared\n', 'shared/setup.py': '' }, 'site', ''],
	['-r ../base.txt', { 'site/requirements.txt': '-r ../base.txt\n', 'base.txt': 'flask\n' }, 'site', ''],
	[
		'a path of uv, and the path of that',
		{
			'x/a/pyproject.toml': project('a', 'dependencies = ["b"]\n[tool.uv.sources]\nb = { path = "../b" }'),
			'x/b/pyproject.toml': project('b', 'dependencies = ["c"]\n[tool.uv.sources]\nc = { path = "../../c" }'),
			'c/pyproject.toml': project('c'),
		},
		'x/a',
		'',
	],
	[
		'a path of Poetry',
		{ 'a/pyproject.toml': '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nb = {path = "../b", develop = true}\n', 'b/pyproject.toml': '' },
		'a',
		'',
	],
	[
		'a path of Poetry for development alone',
		{ 'a/pyproject.toml': '[tool.poetry]\nname = "a"\n[tool.poetry.group.dev.dependencies]\nb = {path = "../b"}\n' },
		'a',
		'a',
	],
	['a path with a name', { 'a/pyproject.toml': project('a', 'dependencies = ["b @ file:../b"]'), 'b/setup.py': '' }, 'a', ''],
	["PDM's folder of the project", { 'a/pyproject.toml': project('a', 'dependencies = ["b @ file:///${PROJECT_ROOT}/../b"]'), 'b/setup.py': '' }, 'a', ''],
	["Hatch's folder of the project", { 'a/pyproject.toml': project('a', 'dependencies = ["b @ {root:parent:uri}/b"]'), 'b/setup.py': '' }, 'a', ''],
	['a wheel', { 'a/requirements.txt': '../wheels/b-1-py3-none-any.whl\n', 'wheels/b-1-py3-none-any.whl': '' }, 'a', ''],
	['a path of a Pipfile', { 'a/Pipfile': '[packages]\nb = {path = "../b", editable = true}\n', 'b/setup.py': '' }, 'a', ''],
];
for (const [name, files, own, root] of ROOTS) {
	test(`where the build begins: ${name}`, (t) => {
		const dir = folder(t, { '.git/HEAD': '', ...files });
		assert.equal(findRoot(join(dir, own)), root === own ? undefined : join(dir, root));
	});
}

test('a folder outside the repository, or one that is not there, is an error with its line', (t) => {
	const dir = folder(t, { 'repo/requirements.txt': 'flask\n-e ../shared\n', 'shared/setup.py': '' });
	mkdirSync(join(dir, 'repo/.git'));
	assert.throws(() => findRoot(join(dir, 'repo')), { code: 'LINK_UNUSABLE', message: /outside the source folder/, at: { file: 'requirements.txt', line: 2 } });
	const lost = folder(t, { '.git/HEAD': '', 'a/requirements.txt': '-e ../gone\n' });
	assert.throws(() => findRoot(join(lost, 'a')), { code: 'LINK_UNUSABLE', message: /does not exist/ });
});

test('lines that name folders', () => {
	const lines = ['-e ../x', '--editable=../x', '../x[extra]', 'x @ ../x ; python_version > "3"', 'file:../x  # why', 'x@file:///${PROJECT_ROOT}/../x'];
	for (const line of lines) assert.match(pathOfLine(line) ?? '', /^(?:\.\/)?\.\.\/x$/, line);
	for (const line of ['flask', 'x @ git+https://a/b.git', '-e git+https://a/b#egg=x', '/abs/x', '..x']) assert.equal(pathOfLine(line), undefined, line);
});

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}) => planPython({ source: index(t, files), ...REQUEST, ...more });

test('a member is built with the lock of its workspace', (t) => {
	const { facts, processes, reasons, config } = plan(t, UV, { app: 'packages/api' });
	assert.deepEqual((facts as unknown as PythonFacts).origin, { kind: 'uv', folder: '../..', flags: [], member: 'api' });
	assert.deepEqual(processes[0]?.command.slice(3, 5), ['uvicorn', 'api.main:app']);
	assert.equal(config.env?.PYTHONPATH, '/app:/app/src');
	assert.ok(reasons.some(({ says }) => says === 'dependencies of api in the uv.lock of its workspace'));
});

test('a lock that lacks a dependency of the member', (t) => {
	const files = { ...UV, 'packages/api/pyproject.toml': project('api', 'dependencies = ["core", "redis"]') };
	assert.throws(() => plan(t, files, { app: 'packages/api' }), { code: 'LOCKFILE_OUTDATED', message: /redis/ });
});

test('the root of a workspace: its only app, the one that is named, or a choice', (t) => {
	const command = (files: Files, more: Partial<PlanRequest> = {}) => plan(t, files, more).processes[0]?.command.slice(3, 5);
	assert.equal(detectPython(index(t, { 'pyproject.toml': WORKSPACE }))?.builder, 'python');
	assert.deepEqual(command(UV), ['uvicorn', 'api.main:app']);
	const two = { ...UV, 'packages/web/pyproject.toml': project('web', 'dependencies = ["fastapi"]'), 'packages/web/web/main.py': API };
	delete (two as Record<string, unknown>)['uv.lock'];
	assert.throws(() => plan(t, two), { code: 'AMBIGUOUS', message: /packages\/api, packages\/web/, hint: /--all/ });
	for (const main of ['packages/web', './packages/web/', 'web']) assert.deepEqual(command(two, { main }), ['uvicorn', 'web.main:app'], main);
	assert.throws(() => plan(t, two, { main: 'nothing' }), { code: 'NO_START', message: /"nothing"/, hint: /packages\/api/ });
	assert.deepEqual(everyApp({ source: index(t, two), ...REQUEST }), [{ folder: 'packages/api' }, { folder: 'packages/web' }]);
});

test('--main without a workspace: a command, a file, a module', (t) => {
	const files = { 'pyproject.toml': project('x', '[project.scripts]\nserve = "x:main"\njobs = "x:jobs"'), 'x/__main__.py': 'run()', 'tool.py': '' };
	const command = (main: string) => plan(t, files, { main }).processes[0]?.command;
	assert.deepEqual([command('jobs'), command('tool.py'), command('x')], [['jobs'], ['python', 'tool.py'], ['python', '-m', 'x']]);
	assert.throws(() => plan(t, files, { main: 'x', start: 'serve' }), { code: 'NO_START', message: /--main and --start/ });
});

test('a subfolder sees its neighbours by their paths', (t) => {
	const inner = subfolder(index(t, { 'a/x.txt': 'x', 'b/y.txt': 'y', 'z.txt': 'z' }), 'a');
	assert.deepEqual([inner.text('x.txt'), inner.text('../b/y.txt'), inner.text('../z.txt'), inner.text('../../z.txt')], ['x', 'y', 'z', undefined]);
	assert.equal(inner.get('../b/y.txt')?.path, 'b/y.txt');
});

test("a dependency that is a member of Hatch's workspace is taken from its folder", (t) => {
	const files = {
		'pyproject.toml': project('app', 'dependencies = ["core[x]>=1", "flask"]\n[tool.hatch.envs.default]\nworkspace.members = ["packages/*"]'),
		'app.py': 'from flask import Flask\napp = Flask("x")\n',
		'packages/core/pyproject.toml': project('core'),
	};
	const { origin, local } = plan(t, files).facts as unknown as PythonFacts;
	assert.deepEqual([origin.kind === 'resolve' && origin.lines, local], [['./packages/core[x]', 'flask'], true]);
});
