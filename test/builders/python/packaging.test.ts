/** The project's own package: where its modules are, its version, its commands, and when its build backend has to make it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { parseIni } from '../../../builders/python/packaging/ini.js';
import { planPython } from '../../../builders/python/plan.js';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}) => planPython({ source: index(t, files), ...REQUEST, ...more });

interface Expected {
	/** PYTHONPATH below /app. */
	readonly roots?: readonly string[];
	readonly version?: string;
	/** Why the backend builds; else it does not. */
	readonly builds?: RegExp;
	readonly command?: string;
	readonly warns?: RegExp;
}

const setuptools = (more: string, project = 'version = "1.2"'): string =>
	`[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "ledger"\n${project}\n[project.scripts]\nledger = "ledger.cli:main"\n${more}`;
const backend = (name: string, more: string, project = 'version = "1.2"'): string =>
	`[build-system]\nrequires = ["${name}"]\nbuild-backend = "${name}"\n[project]\nname = "ledger"\n${project}\n[project.scripts]\nledger = "ledger.cli:main"\n${more}`;
const inside = (root: string, pyproject: string, more: Files = {}): Files => ({
	'pyproject.toml': pyproject,
	[`${root}ledger/__init__.py`]: '__version__ = "4.5.6"\n',
	[`${root}ledger/cli.py`]: 'print()\n',
	...more,
});
const ATTR = '[tool.setuptools.dynamic]\nversion = {attr = "ledger.__version__"}\n';
const DYNAMIC = 'dynamic = ["version"]';
const ASKS = { 'lib.py': 'from importlib.metadata import version\n' };
const POETRY = '[build-system]\nrequires=["poetry-core"]\nbuild-backend="poetry.core.masonry.api"\n[tool.poetry]\nname="ledger"\nversion="3.1"\n';

const CASES: readonly (readonly [string, Files, Expected])[] = [
	[
		'package-dir, and a version of a module',
		inside('lib/', setuptools(`[tool.setuptools.package-dir]\n"" = "lib"\n${ATTR}`, DYNAMIC)),
		{ roots: ['', 'lib'], version: '4.5.6', command: 'ledger' },
	],
	['packages.find.where', inside('code/', setuptools('[tool.setuptools.packages.find]\nwhere = ["code"]\n')), { roots: ['', 'code'], version: '1.2' }],
	['the src folder by itself', inside('src/', setuptools('')), { roots: ['', 'src'] }],
	['one package at a place of its own', inside('lib/', setuptools('[tool.setuptools.package-dir]\nledger = "lib/ledger"\n')), { roots: ['', 'lib'] }],
	[
		'another name',
		{ 'pyproject.toml': setuptools('[tool.setuptools.package-dir]\nledger = "code"\n'), 'code/cli.py': '' },
		{ builds: /gives code the name ledger/ },
	],
	[
		'a version of a file',
		inside('', setuptools('[tool.setuptools.dynamic]\nversion = {file = "VERSION"}\n', DYNAMIC), { VERSION: '7.8\n' }),
		{ version: '7.8' },
	],
	[
		'a computed version that the code asks for',
		inside('', setuptools(ATTR, DYNAMIC), { 'ledger/__init__.py': '__version__ = make()\n', ...ASKS }),
		{ builds: /version is not in a file/ },
	],
	[
		'a computed version that nobody asks for',
		inside('', setuptools(ATTR, DYNAMIC), { 'ledger/__init__.py': '__version__ = make()\n' }),
		{ version: '0.0.0', warns: /cannot be read/ },
	],
	['extension modules', inside('', setuptools('[[tool.setuptools.ext-modules]]\nname = "x"\n')), { builds: /ext-modules/ }],
	[
		'a setup.py with extension modules beside',
		inside('', setuptools(''), { 'setup.py': 'setup(ext_modules=[Extension("x", ["x.c"])])' }),
		{ builds: /setup\.py has ext_modules/ },
	],
	['a setup.py that adds nothing', inside('', setuptools(''), { 'setup.py': 'from setuptools import setup\nsetup()\n' }), { version: '1.2' }],
	[
		'a version file of setuptools-scm',
		inside('src/', setuptools('[tool.setuptools_scm]\nversion_file = "src/ledger/_version.py"\n', DYNAMIC).replace('"setuptools"', '"setuptools-scm"')),
		{ builds: /writes src\/ledger\/_version\.py/, roots: ['', 'src'], warns: /no tag/ },
	],
	[
		'hatch: packages',
		inside('lib/', backend('hatchling', '[tool.hatch.build.targets.wheel]\npackages = ["lib/ledger"]\n').replace('= "hatchling"', '= "hatchling.build"')),
		{ roots: ['', 'lib'] },
	],
	['hatch: sources', inside('code/', backend('hatchling.build', '[tool.hatch.build]\nsources = ["code"]\n')), { roots: ['', 'code'] }],
	[
		'hatch: sources with another name',
		inside('code/', backend('hatchling.build', '[tool.hatch.build.targets.wheel.sources]\n"code/ledger" = "ledger2"\n')),
		{ builds: /the name ledger2/ },
	],
	[
		'hatch: a version of a module',
		inside('src/', backend('hatchling.build', '[tool.hatch.version]\npath = "src/ledger/__init__.py"\n', DYNAMIC)),
		{ version: '4.5.6' },
	],
	['hatch: a hook', inside('src/', backend('hatchling.build', '[tool.hatch.build.hooks.custom]\n')), { builds: /hook "custom"/ }],
	[
		'Poetry: packages from',
		inside('lib/', `${POETRY}packages = [{include = "ledger", from = "lib"}]\n[tool.poetry.scripts]\nledger = "ledger.cli:main"\n`),
		{ roots: ['', 'lib'], version: '3.1', command: 'ledger' },
	],
	[
		'Poetry: a build script',
		inside('', `${POETRY}[tool.poetry.build]\nscript = "build.py"\n[tool.poetry.scripts]\nledger = "ledger.cli:main"\n`),
		{ builds: /build script/ },
	],
	['uv_build: module-root', inside('python/', backend('uv_build', '[tool.uv.build-backend]\nmodule-root = "python"\n')), { roots: ['', 'python'] }],
	[
		'PDM: package-dir',
		inside(
			'lib/',
			backend('pdm.backend', '[tool.pdm.build]\npackage-dir = "lib"\n[tool.pdm.version]\nsource = "file"\npath = "lib/ledger/__init__.py"\n', DYNAMIC),
		),
		{ roots: ['', 'lib'], version: '4.5.6' },
	],
	['flit: the version of the module', inside('src/', backend('flit_core.buildapi', '', 'dynamic = ["version"]')), { roots: ['', 'src'], version: '4.5.6' }],
	['maturin', inside('', backend('maturin', '')), { builds: /maturin builds/ }],
	['a backend in the project', inside('', backend('own', '').replace('[project]', 'backend-path = ["."]\n[project]')), { builds: /of its own/ }],
	[
		'setup.cfg alone',
		{
			'pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n[tool.black]\nline-length = 100\n',
			'setup.cfg':
				'[metadata]\nname = tickets\nversion = 1.7.0\n[options]\npackage_dir =\n    = lib\npackages = find:\npython_requires = >=3.9\n[options.packages.find]\nwhere = lib\n[options.entry_points]\nconsole_scripts =\n    tickets = tickets.serve:main\n',
			'lib/tickets/serve.py': 'def main(): pass\n',
		},
		{ roots: ['', 'lib'], version: '1.7.0', command: 'tickets' },
	],
	[
		'setup.py alone',
		{
			'setup.py':
				'from setuptools import find_packages, setup\nsetup(\n  name="till", version="2.0",\n  package_dir={"": "code"}, packages=find_packages("code"),\n  entry_points={"console_scripts": ["till = till.app:main"]},\n)\n',
			'code/till/app.py': 'def main(): pass\n',
		},
		{ roots: ['', 'code'], version: '2.0', command: 'till' },
	],
	[
		'setup.py that reads its version',
		{ 'setup.py': 'setup(name="till", version=read("VERSION"), entry_points={"console_scripts": ["till=till:main"]})\n', 'till.py': '' },
		{ builds: /setup\.py has version/, command: 'till' },
	],
	['a project without a build system', { 'pyproject.toml': '[project]\nname = "x"\nversion = "9"\n', 'main.py': 'run()\n' }, { roots: [''], version: '9' }],
];

for (const [name, files, { roots, version, builds, command, warns }] of CASES) {
	test(`packaging: ${name}`, (t) => {
		const made = plan(t, files, command === undefined ? { start: 'python -m ledger.cli' } : {});
		const facts = made.facts as unknown as PythonFacts;
		const reasons = made.reasons.map(({ says }) => says).join('\n');
		if (builds === undefined) assert.equal(facts.wheel, undefined, reasons);
		else assert.match(reasons, builds);
		if (version !== undefined) assert.equal(facts.distribution?.version, version);
		if (roots !== undefined) assert.equal(made.config.env?.PYTHONPATH, roots.map((root) => (root === '' ? '/app' : `/app/${root}`)).join(':'));
		if (command !== undefined) assert.deepEqual(made.processes[0]?.command, [command]);
		if (warns !== undefined) assert.match(made.warnings.map(({ says }) => says).join('\n'), warns);
	});
}

test('a version of git: of the variable, of the tag, and said', (t) => {
	const files = inside('', setuptools('', DYNAMIC).replace('["setuptools"]', '["setuptools", "setuptools-scm"]'));
	const version = (more: Partial<PlanRequest>) => (plan(t, files, more).facts as unknown as PythonFacts).distribution?.version;
	const commit = (tag: string) => ({ commit: () => ({ id: 'a'.repeat(40), tag }) });
	assert.equal(version(commit('v1.4.2')), '1.4.2');
	assert.equal(version(commit('ledger-2.0rc1')), '2.0rc1');
	assert.equal(version({ ...commit('v1'), buildEnv: { SETUPTOOLS_SCM_PRETEND_VERSION: '3.0' } }), '3.0');
	assert.equal(version(commit('nightly')), '0.0.0');
	assert.match(
		plan(t, files, commit('v1.4.2'))
			.reasons.map(({ says }) => says)
			.join('\n'),
		/version 1\.4\.2 of the git tag v1\.4\.2/,
	);
	assert.match(
		plan(t, files)
			.warnings.map(({ says }) => says)
			.join('\n'),
		/--build-env SETUPTOOLS_SCM_PRETEND_VERSION/,
	);
});

test('arguments of the build backend make it build, and reach it', (t) => {
	const { facts, reasons } = plan(t, inside('', setuptools('')), { settings: { buildArguments: ['--global-option=x'] } });
	assert.deepEqual((facts as unknown as PythonFacts).wheel?.arguments, ['--global-option=x']);
	assert.match(reasons.map(({ says }) => says).join('\n'), /python\.buildArguments/);
});

test('setup.cfg: comments, continued lines, both signs', () => {
	const cfg = parseIni('# a\n[metadata]\nName: x\nlong-description = file: README\n[options]\ninstall_requires =\n  a\n  ; no\n  b>=1\n');
	assert.deepEqual(
		[...(cfg.get('metadata') ?? [])],
		[
			['name', 'x'],
			['long_description', 'file: README'],
		],
	);
	assert.equal(cfg.get('options')?.get('install_requires'), 'a\nb>=1');
});
