/** Start commands of Python projects: what people write, what their source says, and where a guess would be wrong. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planPython } from '../../../builders/python/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan =>
	planPython({
		source: index(t, files),
		...REQUEST,
		...more,
	});

const START = ['python', '-IS', '/usr/local/lib/tare/start.py'];
const UVICORN = (target: string, ...flags: string[]): string[] => [...START, 'uvicorn', ...flags, target, '--host', '0.0.0.0', '--port', '$PORT'];
const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const FASTAPI = 'from fastapi import FastAPI\napp: FastAPI = FastAPI(\n  title="x",\n)\n';
const flask = (more: Files): Files => ({ 'requirements.txt': 'flask\ngunicorn\n', ...more });
const fastapi = (more: Files): Files => ({ 'requirements.txt': 'fastapi[standard]\n', ...more });
const MANAGE = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n";
const django = (settings: string, more: Files = {}): Files => ({
	'manage.py': MANAGE,
	'site1/settings.py': settings,
	'site1/wsgi.py': '',
	'requirements.txt': 'Django==5.1\ngunicorn\n',
	...more,
});

const CASES: readonly (readonly [string, Files, readonly string[] | object])[] = [
	['Flask in a conventional file', flask({ 'server.py': FLASK }), ['gunicorn', 'server:app']],
	[
		'a program of a package',
		{
			'requirements.txt': 'aiohttp\n',
			'chat/__init__.py': '',
			'chat/main.py': 'from chat.views import x\nif __name__ == "__main__":\n  main()',
			'chat/views.py': '',
			'db.py': 'if __name__ == "__main__":\n  x()',
		},
		['python', '-m', 'chat.main'],
	],
	['Flask under another name', flask({ 'app.py': 'import flask as f\nservice = f.Flask("x")' }), ['gunicorn', 'app:service']],
	[
		'a factory that needs nothing',
		flask({ 'app/__init__.py': 'from flask import Flask\ndef create_app(config=None) -> Flask:\n  app = Flask("x")' }),
		['gunicorn', 'app:create_app()'],
	],
	[
		'an app made by an imported factory',
		flask({ 'microblog.py': 'from app import create_app\napp = create_app()', 'app/__init__.py': 'from flask import Flask' }),
		['gunicorn', 'microblog:app'],
	],
	['a WSGI function', { 'main.py': 'def app(environ, start_response):\n  return []\n', 'requirements.txt': '' }, ['gunicorn', 'main:app']],
	[
		'a WSGI function with types and another name',
		{ 'wsgi.py': 'def application(env: dict, start_response: "StartResponse") -> list:\n  return []\n', 'requirements.txt': 'gunicorn' },
		['gunicorn', 'wsgi:application'],
	],
	['an ASGI function', { 'app.py': 'async def app(scope, receive, send):\n  pass\n', 'requirements.txt': 'uvicorn\n' }, UVICORN('app:app')],
	[
		'a script that serves a WSGI function itself',
		{
			'app.py': 'def app(environ, start_response):\n  return []\nif __name__ == "__main__":\n  make_server("", 8000, app).serve_forever()\n',
			'requirements.txt': '',
		},
		['python', 'app.py'],
	],
	['text that looks like an app', flask({ 'main.py': '"""\napp = Flask(__name__)\n"""\n# app = Flask(__name__)', 'web.py': FLASK }), ['gunicorn', 'web:app']],
	['main before another Flask module', flask({ 'main.py': FLASK, 'custom.py': FLASK }), ['gunicorn', 'main:app']],
	[
		'two files of which none is the app',
		flask({ 'one.py': FLASK, 'two.py': FLASK }),
		{ code: 'AMBIGUOUS', message: /one\.py, two\.py/, hint: /gunicorn one:app/ },
	],
	['one file under any name', flask({ 'shop.py': FLASK }), ['gunicorn', 'shop:app']],
	['FastAPI in a package', fastapi({ 'app/main.py': `from app.db import x\n${FASTAPI}`, 'app/db.py': '' }), UVICORN('app.main:app')],
	['FastAPI that imports its neighbours', fastapi({ 'src/main.py': `from db import x\n${FASTAPI}`, 'src/db.py': '' }), UVICORN('main:app')],
	['an ASGI factory', fastapi({ 'main.py': 'from fastapi import FastAPI\ndef create_app():\n  return FastAPI()' }), UVICORN('main:create_app', '--factory')],
	['sockets around an app', fastapi({ 'main.py': `import socketio\n${FASTAPI}asgi = socketio.ASGIApp(sio, app)` }), UVICORN('main:asgi')],
	[
		'waitress where the project has it',
		{ 'requirements.txt': 'flask\nwaitress', 'app.py': FLASK },
		[...START, 'waitress-serve', '--host=0.0.0.0', '--port=$PORT', 'app:app'],
	],
	['Dash by its server', flask({ 'app.py': 'from dash import Dash\napp = Dash()\nserver = app.server' }), ['gunicorn', 'app:server']],
	['Django by its settings', django("WSGI_APPLICATION = 'site1.wsgi.application'"), ['gunicorn', 'site1.wsgi:application']],
	['Django by its files', django(''), ['gunicorn', 'site1.wsgi:application']],
	['Django without either', { 'manage.py': MANAGE, 'site1/settings.py': '', 'requirements.txt': 'django' }, { code: 'NO_START', hint: /site1\/wsgi\.py/ }],
	[
		'Django with channels',
		django("ASGI_APPLICATION = 'site1.asgi.application'", { 'site1/asgi.py': '', 'requirements.txt': 'django\nchannels[daphne]' }),
		[...START, 'daphne', '-b', '0.0.0.0', '-p', '$PORT', 'site1.asgi:application'],
	],
	['Streamlit', { 'requirements.txt': 'streamlit', 'app.py': 'import streamlit as st' }, /^streamlit run app\.py .*--server\.port=\$PORT/],
	['Gradio', { 'requirements.txt': 'gradio', 'app.py': 'import gradio as gr' }, /^GRADIO_SERVER_NAME=0\.0\.0\.0 GRADIO_SERVER_PORT=\$PORT .*python app\.py$/],
	[
		'the only command of the project',
		{ 'pyproject.toml': '[project]\nname = "x"\n[project.scripts]\nserve-it = "x:main"', 'src/x/__init__.py': '' },
		['serve-it'],
	],
	['a package that runs', { 'requirements.txt': '', 'x/__main__.py': 'print()' }, ['python', '-m', 'x']],
	[
		'a package within packages that runs',
		{
			'requirements.txt': '',
			'services/__init__.py': '',
			'services/common.py': '',
			'services/billing/__main__.py': 'from services.common import WORD\nprint()',
		},
		['python', '-m', 'services.billing'],
	],
	['a file before such a package', { 'requirements.txt': '', 'a/b/__main__.py': 'print()', 'main.py': 'print()' }, ['python', 'main.py']],
	['several such packages', { 'requirements.txt': '', 'a/b/__main__.py': 'print()', 'a/c/__main__.py': 'print()' }, { code: 'NO_START' }],
	['a file with a main block', { 'requirements.txt': '', 'main.py': "if __name__ == '__main__':\n  run()" }, ['python', 'main.py']],
	['functions alone', { 'main.py': 'def hello(request):\n  return 1' }, { code: 'NO_START', hint: /Procfile/ }],
	['Procfile', flask({ Procfile: 'web: gunicorn -w 2 x:app', 'app.py': FLASK }), ['gunicorn', '-w', '2', 'x:app']],
	['Procfile with $PORT', flask({ Procfile: 'web: gunicorn x:app -b 0.0.0.0:${PORT:-5000}' }), [...START, 'gunicorn', 'x:app', '-b', '0.0.0.0:${PORT:-5000}']],
	[
		'Procfile with a step before',
		flask({ Procfile: 'web: python3 manage.py migrate && A=$B gunicorn x:app' }),
		[...START, 'python', 'manage.py', 'migrate', '&&', 'A=$B', 'gunicorn', 'x:app'],
	],
	['Procfile with a runner', flask({ Procfile: 'web: poetry run gunicorn x:app' }), ['gunicorn', 'x:app']],
	[
		'Procfile with a pipe',
		flask({ Procfile: 'web: gunicorn x:app | tee log' }),
		{ code: 'START_UNSUPPORTED', message: /"\|"/, at: { file: 'Procfile', line: 1 } },
	],
	['Procfile with a substitution', flask({ Procfile: 'web: gunicorn -w $(nproc) x:app' }), { code: 'START_UNSUPPORTED' }],
	['Procfile with a shell script', flask({ Procfile: 'web: ./run.sh' }), { code: 'START_UNSUPPORTED', message: /run\.sh/ }],
];

for (const [says, files, expected] of CASES) {
	test(`start: ${says}`, (t) => {
		const command = () => plan(t, files).processes[0]?.command;
		if (Array.isArray(expected)) assert.deepEqual(command(), expected);
		else if (expected instanceof RegExp) assert.match(command()?.slice(START.length).join(' ') ?? '', expected);
		else assert.throws(command, expected);
	});
}

test('a folder before the command is where it starts', (t) => {
	const { config, processes } = plan(t, flask({ Procfile: 'web: cd backend && gunicorn srv:app' }));
	assert.equal(config.WorkingDir, '/app/backend');
	assert.deepEqual(processes[0]?.command, ['gunicorn', 'srv:app']);
});

test('Django below the root starts where its manage.py is', (t) => {
	const { config } = plan(t, { 'web/manage.py': MANAGE, 'web/site1/settings.py': '', 'web/site1/wsgi.py': '', 'requirements.txt': 'django\ngunicorn' });
	assert.equal(config.WorkingDir, '/app/web');
});

test('static files are collected where STATIC_ROOT is set inside the project', (t) => {
	const steps = (settings: string) => plan(t, django(settings)).steps.map(({ id }) => id);
	assert.ok(steps("STATIC_ROOT = BASE_DIR / 'static'").includes('collectstatic'));
	assert.ok(!steps("# STATIC_ROOT = 'x'").includes('collectstatic'));
	assert.ok(!steps("STATIC_ROOT = '/var/www/static'").includes('collectstatic'), 'nothing is written outside');
	assert.ok(!plan(t, django("STATIC_ROOT = 'x'"), { buildScript: false }).steps.some(({ id }) => id === 'collectstatic'));
});

test('--process picks a line of the Procfile, and says which there are', (t) => {
	const files = flask({ Procfile: 'web: gunicorn x:app\nworker: python worker.py' });
	assert.deepEqual(plan(t, files, { process: 'worker' }).processes[0]?.command, ['python', 'worker.py']);
	assert.throws(() => plan(t, files, { process: 'none' }), { code: 'NO_START', hint: /web, worker/ });
});

test('a server that is not among the dependencies is added, and said; with a lock in one version', (t) => {
	const open = plan(t, { 'requirements.txt': 'flask', 'app.py': FLASK });
	assert.deepEqual(open.facts.adds, ['gunicorn']);
	assert.match(open.warnings[0]?.says ?? '', /gunicorn is added/);
	const lock = '[[package]]\nname = "flask"\nversion = "3.1.0"\ngroups = ["main"]\n[[package]]\nname = "packaging"\nversion = "24.0"\ngroups = ["main"]';
	const locked = plan(t, { 'pyproject.toml': '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nflask = "*"', 'poetry.lock': lock, 'app.py': FLASK });
	assert.deepEqual(locked.facts.adds, ['gunicorn==23.0.0'], 'packaging keeps the locked version');
});
