/** Interpreter, dependencies and bad input of Python projects. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { detectPython } from '../../../builders/python/detect.js';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { installFailure } from '../../../builders/python/failures.js';
import { planPython } from '../../../builders/python/plan.js';
import { satisfies } from '../../../builders/python/versions.js';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}) =>
	planPython({
		source: index(t, { 'app.py': 'from flask import Flask\napp = Flask("x")', ...files }),
		app: '',
		base: { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false },
		optimize: [],
		settings: {},
		user: '65532:65532',
		buildEnv: {},
		...more,
	});
const facts = (t: TestContext, files: Files): PythonFacts => plan(t, files).facts as unknown as PythonFacts;
const project = (range: string): Files => ({ 'pyproject.toml': `[project]\nname = "x"\nrequires-python = "${range}"\ndependencies = ["flask", "gunicorn"]\n` });

const RANGES: readonly (readonly [string, boolean, boolean])[] = [
	['>=3.9', true, true],
	['>=3.12', true, false],
	['>=3.9,<3.13', false, true],
	['~=3.11', true, true],
	['~=3.11.0', false, true],
	['^3.10', true, true],
	['~3.11', false, true],
	['==3.11.*', false, true],
	['3.13', true, false],
	['>=3.8, !=3.13.*', false, true],
	['<3', false, false],
	['>3.11', true, false],
	['^2.7 || ^3.13', true, false],
];
for (const [range, new313, old311] of RANGES) {
	test(`version range ${range}`, () => {
		assert.equal(satisfies([3, 13, 9], range), new313);
		assert.equal(satisfies([3, 11, 9], range), old311);
	});
}

const VERSIONS: readonly (readonly [string, Files, string])[] = [
	['nothing says', { 'requirements.txt': 'flask' }, 'trixie'],
	['the limits of the project', project('>=3.9,<3.13'), 'bookworm'],
	['an older pin than Debian has', { 'requirements.txt': 'flask', '.python-version': '3.9.1\n' }, 'bookworm'],
	['a pin between the two', { 'requirements.txt': 'flask', 'runtime.txt': 'python-3.12.4' }, 'trixie'],
	['a pin against the limits', { ...project('>=3.12'), '.python-version': '3.11' }, 'trixie'],
	['compiled packages from before 3.13', { 'requirements.txt': 'flask\nnumpy==1.26.4' }, 'bookworm'],
	['newer ones', { 'requirements.txt': 'flask\nnumpy==2.2.0' }, 'trixie'],
	['Pipfile', { Pipfile: '[packages]\nflask = "*"\n[requires]\npython_version = "3.11"' }, 'bookworm'],
	['setup.py', { 'setup.py': "setup(python_requires='>=3.8,<3.12', install_requires=['flask'])" }, 'bookworm'],
];
for (const [says, files, release] of VERSIONS) {
	test(`python: ${says}`, (t) => {
		const { base } = plan(t, files);
		assert.equal(base.kind === 'debian' && base.release, release);
	});
}

test('a version that Debian does not have is said; one that the project rules out is an error with its line', (t) => {
	assert.match(plan(t, { 'requirements.txt': 'flask', '.python-version': '3.12' }).warnings[0]?.says ?? '', /3\.12, which Debian does not have/);
	assert.throws(() => plan(t, project('>=3.14')), { code: 'VERSION_UNSATISFIABLE', at: { file: 'pyproject.toml', line: 3 }, hint: /3\.13/ });
});

test('requirements: included files, extras and constraints are read as pip reads them', (t) => {
	const { warnings } = plan(t, {
		'requirements.txt': '-r base.txt  # all\n-c limits.txt\nrequests[socks] == 2.32.0 ; python_version > "3"\n',
		'base.txt': 'Flask \\\n >= 3\ngunicorn',
		'limits.txt': 'waitress==1',
	});
	assert.ok(!warnings.some(({ says }) => says.includes('is added')), 'gunicorn of the included file is seen');
});

const HASH = `sha256:${'0'.repeat(64)}`;
test('locks become pinned lines with their hashes; groups for developers stay out', (t) => {
	const poetry = `[[package]]
name = "Flask"
version = "3.1.0"
groups = ["main"]
markers = "python_version >= '3.9'"
files = [{file = "x.whl", hash = "${HASH}"}]
[[package]]
name = "pytest"
version = "8"
groups = ["dev"]
`;
	const manifest = '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.10"\nflask = "^3"\n';
	const { origin } = facts(t, { 'pyproject.toml': manifest, 'poetry.lock': poetry });
	assert.deepEqual(origin, { kind: 'pinned', lines: [`flask==3.1.0 ; python_version >= '3.9' --hash=${HASH}`] });
	const old = poetry
		.replaceAll(/^groups.*\n/gm, '')
		.replace('[[package]]\nname = "pytest"', '[package.dependencies]\nclick = ">=8"\n[[package]]\nname = "click"');
	const lines = (facts(t, { 'pyproject.toml': manifest, 'poetry.lock': old }).origin as unknown as { lines: string[] }).lines;
	assert.deepEqual(
		lines.map((line) => line.split('==')[0]),
		['click', 'flask'],
		'without groups, what the project reaches',
	);
	const pipenv = { default: { flask: { version: '==3.1.0', hashes: [HASH], markers: "python_version >= '3'" } }, develop: { pytest: { version: '==8' } } };
	assert.deepEqual(facts(t, { Pipfile: '[packages]\nflask = "*"', 'Pipfile.lock': pipenv }).origin, {
		kind: 'pinned',
		lines: [`flask==3.1.0 ; python_version >= '3' --hash=${HASH}`],
	});
});

test('a lock that lacks a dependency is out of date', (t) => {
	assert.throws(() => plan(t, { ...project('>=3.9'), 'uv.lock': '[[package]]\nname = "x"\nsource = { virtual = "." }\n' }), {
		code: 'LOCKFILE_OUTDATED',
		message: /flask, gunicorn/,
		hint: /uv lock/,
	});
});

test('bad manifests name the line', (t) => {
	assert.throws(() => plan(t, { 'pyproject.toml': '[project]\nname = "x"\nversion = \n' }), {
		code: 'MANIFEST_INVALID',
		at: { file: 'pyproject.toml', line: 3 },
	});
	assert.throws(() => plan(t, { 'requirements.txt': '' }, { base: { kind: 'scratch' } }), { code: 'BASE_INVALID' });
});

test('a pyproject.toml that only configures tools makes no Python app', (t) => {
	const found = (files: Files) => detectPython(index(t, files))?.reasons[0]?.file;
	assert.equal(found({ 'pyproject.toml': '[tool.ruff]\nline-length = 100\n', 'tools/x.py': '' }), undefined);
	assert.equal(found({ 'pyproject.toml': '[tool.poetry]\nname = "x"' }), 'pyproject.toml');
	assert.equal(found({ 'shop.py': '' }), 'shop.py');
});

test('failures of the installer say what to do', (t) => {
	const of = (tail: string, platform?: string) => installFailure(tail, facts(t, { 'requirements.txt': 'flask' }), platform);
	assert.match(of('  Because nosuchthing was not found in the package registry and you require').message, /no nosuchthing/);
	const built = of('  × Failed to build `mysqlclient==2.2.0`');
	assert.match(built.message, /mysqlclient==2\.2\.0 has no wheel for Python 3\.13/);
	assert.match(built.hint ?? '', /libmariadb-dev/);
	assert.match(of('Because docopt==0.6.2 has no usable wheels', 'linux/arm64').message, /no wheel for linux\/arm64/);
});
