/** Imports against what is there: which are missed, which are no mistake, and what is said of them. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { checkImports, type ImportQuestion } from '../../../builders/python/imports/check.js';
import { readImports } from '../../../builders/python/imports/read.js';
import { missingImport } from '../../../builders/python/imports/report.js';
import { sourceRoots } from '../../../builders/python/imports/search.js';
import { type Files, index } from '../../support/files.js';

/** The standard library and installed packages of these tests. */
const SITE = [
	'os.py',
	'sys.py',
	'flask/__init__.py',
	'google/protobuf/__init__.py',
	'django/__init__.py',
	'django/conf/__init__.py',
	'fast.cpython-313-x86_64-linux-gnu.so',
];
const installed = (paths: readonly string[]) => ({ names: sourceRoots(paths)('').names });
const others = [installed(SITE)];

const check = (t: TestContext, files: Files, more: Partial<ImportQuestion> = {}) => {
	const source = index(t, files);
	const shipped = source.files.map(({ path }) => path);
	return checkImports({ source, shipped, command: ['python', 'main.py'], folder: '', path: [''], scripts: {}, others, given: [], ...more });
};
const fatal = (t: TestContext, files: Files, more: Partial<ImportQuestion> = {}): readonly string[] =>
	check(t, files, more).fatal.map(({ module, file, line }) => `${module} ${file}:${line}`);

test('an import that nothing provides is found through the modules of the project', (t) => {
	const files = {
		'main.py': 'import os\nfrom shop import views\n',
		'shop/__init__.py': '',
		'shop/views.py': 'from . import models\nfrom .deep.tools import x\nimport fast, flask\n',
		'shop/models.py': 'import yaml\n',
		'shop/deep/tools.py': 'from google.cloud import storage\nimport google.protobuf\n',
		'unused.py': 'import nowhere\n',
	};
	assert.deepEqual(fatal(t, files), ['yaml shop/models.py:1', 'google.cloud shop/deep/tools.py:1']);
});

const HARMLESS: readonly (readonly [string, string])[] = [
	['caught', 'try:\n  import ujson as json\nexcept ImportError:\n  import json_of_old\n'],
	['caught among others', 'try:\n  import a_b\nexcept (ValueError, ModuleNotFoundError) as e:\n  a_b = None\nelse:\n  import a_c\n'],
	['caught by all', 'try: import readline_x\nexcept: pass\n'],
	['for type checkers', 'import typing as t\nfrom typing import TYPE_CHECKING\nif t.TYPE_CHECKING:\n  import stubs\nif TYPE_CHECKING: import more\n'],
	[
		'for other systems',
		'import sys\nif sys.platform == "win32":\n  import winreg_x\nelif sys.version_info < (3, 8):\n  import backport\nelse:\n  import other\n',
	],
	['in a function', 'def f():\n  import pandas\n'],
	['in a text', 'x = """\nimport nothing\n"""\ny = "import nothing"\n'],
	['after a return of a called function', 'def setup():\n  if not DSN:\n    return\n  import sentry_sdk\nsetup()\n'],
	['under suppress', 'from contextlib import suppress\nwith suppress(ImportError):\n  import nothing\n'],
];
for (const [what, text] of HARMLESS)
	test(`no error: ${what}`, (t) => assert.deepEqual(fatal(t, { 'main.py': text }, { others: [...others, installed(['typing.py', 'contextlib.py'])] }), []));

const FATAL: readonly (readonly [string, string, string])[] = [
	['a class body', 'class A:\n  import nothing\n', 'nothing main.py:2'],
	['a main block', 'if __name__ == "__main__":\n  import nothing\n', 'nothing main.py:2'],
	['an exception that ends the program', 'try:\n  import nothing\nexcept ImportError:\n  raise SystemExit("install it")\n', 'nothing main.py:2'],
	['another exception', 'try:\n  import nothing\nexcept KeyError:\n  pass\n', 'nothing main.py:2'],
	['a function that the file calls', 'def main():\n  import nothing\nmain()\n', 'nothing main.py:2'],
	['several on a line', 'import os; import nothing\n', 'nothing main.py:1'],
	['several lines', 'from os import (\n  a,  # x\n  b,\n)\nfrom nothing.deep import (\n  c,\n)\n', 'nothing main.py:5'],
	['what is not for type checkers', 'if not TYPE_CHECKING:\n  import nothing\n', 'nothing main.py:2'],
];
for (const [what, text, place] of FATAL) test(`an error: ${what}`, (t) => assert.deepEqual(fatal(t, { 'main.py': text }), [place]));

const APP = { 'web/__init__.py': 'def create_app():\n  from web import views\n  return 1\n', 'web/views.py': 'import nothing\n' };
const STARTS: readonly (readonly [string, readonly string[], Files])[] = [
	['a factory of gunicorn', ['gunicorn', '-w', '2', 'web:create_app()'], APP],
	['a factory of uvicorn', ['python', '-IS', '/usr/local/lib/tare/start.py', 'uvicorn', '--factory', 'web:create_app', '--port', '$PORT'], APP],
	['a package', ['python', '-m', 'web'], { 'web/__init__.py': '', 'web/__main__.py': 'from web import views', 'web/views.py': 'import nothing\n' }],
	[
		'a module of a folder that an option names',
		['gunicorn', '--chdir=src', 'web.wsgi'],
		{ 'src/web/wsgi.py': 'import web.views', 'src/web/views.py': 'import nothing\n' },
	],
	['a command of the project', ['serve'], { 'src/web/views.py': 'import nothing\n' }],
	['a file of streamlit', ['streamlit', 'run', 'ui/Home.py'], { 'ui/Home.py': 'from views import x', 'ui/views.py': 'import nothing' }],
	['a configuration file', ['gunicorn'], { 'gunicorn.conf.py': 'wsgi_app = "web.views:app"\n', 'web/views.py': 'import nothing\n' }],
	['workers', ['celery', '-A', 'web.views', 'worker'], { 'web/views.py': 'import nothing\n' }],
	[
		'a step before',
		['python', '-IS', '/usr/local/lib/tare/start.py', 'python', 'manage.py', 'migrate', '&&', 'PYTHONPATH=lib', 'python', 'main.py'],
		{ 'main.py': 'import views', 'lib/views.py': 'import nothing' },
	],
];
for (const [what, command, files] of STARTS)
	test(`loaded by ${what}`, (t) => {
		const found = check(t, files, { command, path: ['', 'src'], scripts: { serve: 'web.views:main' } });
		assert.deepEqual(
			[...found.fatal, ...found.doubtful].map(({ module }) => module),
			['nothing'],
		);
	});

test('Django loads what its settings name', (t) => {
	const files = {
		'site1/wsgi.py': 'import os\nimport django\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
		'site1/settings.py':
			'INSTALLED_APPS = [\n  "django.conf",\n  "blog.apps.BlogConfig",\n  "rest_framework",\n]\nif DEBUG:\n  INSTALLED_APPS += ["debug_toolbar"]\nROOT_URLCONF = "site1.urls"\n',
		'site1/urls.py': 'import nothing\n',
		'blog/apps.py': '',
		'blog/models.py': 'import also_nothing\n',
	};
	assert.deepEqual(fatal(t, files, { command: ['gunicorn', 'site1.wsgi:application'] }), [
		'rest_framework site1/settings.py:1',
		'also_nothing blog/models.py:1',
		'nothing site1/urls.py:1',
	]);
});

test('what is only perhaps needed is doubtful, and what the user names is not looked at', (t) => {
	const files = { 'main.py': 'import importlib\ndef f():\n  import pandas\nimportlib.import_module("plugin")\nimport gone\n' };
	const found = check(t, files, { given: ['gone', 'importlib'] });
	assert.deepEqual(
		[found.fatal, found.doubtful.map(({ module, line }) => [module, line])],
		[
			[],
			[
				['pandas', 3],
				['plugin', 4],
			],
		],
	);
});

test('distutils is there in part; other packages may make modules themselves', (t) => {
	const library = { ...installed(['distutils/__init__.py', 'distutils/version.py', 'collections/__init__.py']), whole: ['distutils'] };
	const files = { 'main.py': 'import distutils.version\nimport distutils.util\nimport flask.made, collections.abc\n' };
	assert.deepEqual(fatal(t, files, { others: [library, ...others] }), ['distutils.util main.py:2']);
	assert.deepEqual(fatal(t, files, { others: [library, installed(['setuptools/_distutils/__init__.py', 'setuptools/__init__.py']), ...others] }), []);
});

test('a path that the code changes, and a package that makes its names, are beyond us', (t) => {
	assert.deepEqual(fatal(t, { 'main.py': 'import sys\nsys.path.insert(0, "lib")\nimport inner\n', 'lib/inner.py': '' }), []);
	assert.deepEqual(fatal(t, { 'main.py': 'import pkg.made', 'pkg/__init__.py': '__path__ = []' }), []);
	assert.deepEqual(fatal(t, { 'main.py': 'import pkg.made', 'pkg/__init__.py': '' }), ['pkg.made main.py:1']);
});

const error = (t: TestContext, files: Files) => {
	const source = index(t, files);
	return missingImport(check(t, files).fatal, { source, version: '3.13', manifest: 'requirements.txt' });
};

test('a module off the import path is an error that names its folder, and a variable may put it there', (t) => {
	const files = { 'main.py': 'import inner\n', 'lib/inner.py': 'import nothing' };
	const found = check(t, files).fatal;
	assert.deepEqual(found, [{ module: 'inner', file: 'main.py', line: 1, fails: true, folder: 'lib' }]);
	assert.match(missingImport(found, { source: index(t, files), version: '3.13', manifest: undefined }).hint ?? '', /PYTHONPATH: \/app\/lib/);
	assert.deepEqual(fatal(t, files, { path: ['lib'] }), ['nothing lib/inner.py:1']);
});

test('settings that a variable names stand in for those that the code does', (t) => {
	const files = {
		'main.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf.local")\n',
		'conf/local.py': 'import debug_toolbar',
		'conf/production.py': 'import nothing',
	};
	assert.deepEqual(fatal(t, files), [], 'settings for developers');
	assert.deepEqual(fatal(t, files, { settings: 'conf.production' }), ['nothing conf/production.py:1']);
	const launched = ['python', '-IS', '/usr/local/lib/tare/start.py', 'DJANGO_SETTINGS_MODULE=conf.production', 'python', 'main.py'];
	assert.deepEqual(fatal(t, files, { command: launched }), ['nothing conf/production.py:1']);
});

test('a start command whose file or module is not there', (t) => {
	assert.equal(check(t, { 'app.py': '' }, { command: ['python', 'src/app.py'] }).absent, 'src/app.py');
	assert.deepEqual(fatal(t, { 'lib/tool/cli.py': '' }, { command: ['tool'], scripts: { tool: 'tool.cli:main' } }), ['tool :0']);
	assert.deepEqual(fatal(t, { 'app.py': '' }, { command: ['gunicorn', 'wsgi:app'] }), ['wsgi :0']);
	const worker = (name: string) => fatal(t, { 'app.py': '' }, { command: ['gunicorn', '-k', name, 'app:app'] });
	assert.deepEqual(['gthread', 'flask.Worker', 'gevent', 'uvicorn.workers.UvicornWorker'].flatMap(worker), ['gevent :0', 'uvicorn :0']);
});

test('the error names the list that was not read, and what to write', (t) => {
	const main = { 'main.py': 'import os\nimport yaml\n' };
	const at = { file: 'main.py', line: 2 };
	const extra = error(t, { ...main, 'pyproject.toml': '[project]\nname="x"\n[project.optional-dependencies]\nconf = ["PyYAML>=6"]\n' });
	assert.deepEqual([extra.code, extra.at], ['MODULE_MISSING', at]);
	assert.match(extra.hint ?? '', /^The extra "conf" of pyproject\.toml lists it.*add "python: extras: \[conf\]"/);
	assert.match(error(t, { ...main, 'pyproject.toml': '[tool.poetry.group.web.dependencies]\npyyaml = "*"\n' }).hint ?? '', /python: groups: \[web\]/);
	assert.match(error(t, { ...main, Pipfile: '[dev-packages]\npyyaml = "*"\n' }).hint ?? '', /python: groups: \[dev\]/);
	assert.match(
		error(t, { ...main, 'environment.yml': 'dependencies:\n  - pyyaml=6.0\n' }).hint ?? '',
		/^environment\.yml:2 lists it, and is not read: add PyYAML to requirements\.txt/,
	);
	assert.match(error(t, { ...main, 'requirements-dev.txt': 'pytest\npyyaml==6\n' }).hint ?? '', /^requirements-dev\.txt:2 lists it/);
	assert.match(error(t, main).hint ?? '', /^Add PyYAML to requirements\.txt\./);
	const add = (manifest: string) =>
		missingImport([{ module: 'yaml', file: 'main.py', line: 1, fails: true }], { source: index(t, main), version: '3.13', manifest }).hint ?? '';
	assert.match(add('uv.lock'), /^Add PyYAML to pyproject\.toml, and lock again\./);
	assert.match(add('serve.py'), /^Add PyYAML to the script header of serve\.py\./);
	assert.match(error(t, { 'main.py': 'import cgi' }).message, /Python 3\.13 does not have any more/);
});

test('imports with their lines', () => {
	const text = 'from a.b import (c, d as e)\nimport f as g, h.i\nfrom .. import j\n';
	assert.deepEqual(
		readImports(text, { main: false, calls: [] }).map(({ module, level, names, line }) => [module, level, names, line]),
		[
			['a.b', 0, ['c', 'd'], 1],
			['f', 0, [], 2],
			['h.i', 0, [], 2],
			['', 2, ['j'], 3],
		],
	);
});
