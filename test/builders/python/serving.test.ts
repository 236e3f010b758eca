/** Where a Python app listens: what the project says, what the program reads, and nothing where neither is known. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planPython } from '../../../builders/python/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan => planPython({ source: index(t, files), ...REQUEST, ...more });
const FLASK = 'from flask import Flask\nsite = Flask(__name__)\n';
const needs = (...names: string[]): Files => ({ 'requirements.txt': `${names.join('\n')}\n` });
const web = (command: string, ...names: string[]): Files => ({ ...needs(...names), Procfile: `web: ${command}\n` });

interface Expected {
	readonly command: string;
	/** What is exposed. */
	readonly port?: string;
	/** PORT as the image sets it. */
	readonly variable?: string;
	readonly says?: RegExp;
}

function check(t: TestContext, files: Files, { command, port, variable, says }: Expected): void {
	const { processes, config, warnings, reasons } = plan(t, files);
	assert.equal((processes[0]?.command ?? []).join(' ').replace('python -IS /usr/local/lib/tare/start.py ', ''), command);
	assert.deepEqual(Object.keys(config.ExposedPorts ?? {}), port === undefined ? [] : [`${port}/tcp`]);
	assert.equal(config.env?.PORT, variable);
	if (says !== undefined) assert.match([...warnings, ...reasons, ...(processes[0]?.reasons ?? [])].map((one) => one.says).join('\n'), says);
}

const gunicorn = (conf: string, more: Files = {}): Files => ({
	...needs('flask', 'gunicorn'),
	'gunicorn.conf.py': conf,
	'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
	'public_site.py': FLASK,
	...more,
});
const serves = (body: string): Files => ({ ...needs(), 'main.py': `${body}\n` });
const pdm = (scripts: string, more: Files = {}): Files => ({
	'pyproject.toml': `[project]\nname = "beat"\nversion = "1"\ndependencies = ["uvicorn"]\n[tool.pdm]\ndistribution = false\n[tool.pdm.scripts]\n${scripts}\n`,
	'beat/gateway.py': 'async def handler(scope, receive, send):\n  pass\n',
	...more,
});

const CASES: readonly (readonly [string, Files, Expected])[] = [
	[
		'gunicorn.conf.py names app and port',
		gunicorn('wsgi_app = "public_site:site"\nbind = "0.0.0.0:5000"\n'),
		{ command: 'gunicorn --bind 0.0.0.0:${PORT:-5000}', port: '5000' },
	],
	[
		'a bind that reads PORT is left alone',
		gunicorn('import os\nwsgi_app = "public_site:site"\nbind = f"0.0.0.0:{os.environ.get(\'PORT\', 9000)}"\n'),
		{ command: 'gunicorn', port: '8080', variable: '8080' },
	],
	['settings without an app', gunicorn('bind = ["0.0.0.0:7000"]\n'), { command: 'gunicorn --bind 0.0.0.0:${PORT:-7000} app:app', port: '7000' }],
	[
		'a bind of names',
		gunicorn('host = "0.0.0.0"\nport = 5001\nbind = f"{host}:{port}"\n'),
		{ command: 'gunicorn --bind 0.0.0.0:${PORT:-5001} app:app', port: '5001' },
	],
	['a bind that cannot be read', gunicorn('bind = compute()\n'), { command: 'gunicorn app:app', says: /"bind" in gunicorn\.conf\.py cannot be read/ }],
	[
		'a bind to loopback',
		gunicorn('bind = "127.0.0.1:8000"\n'),
		{ command: 'gunicorn --bind 0.0.0.0:${PORT:-8000} app:app', port: '8000', says: /gunicorn is told 0\.0\.0\.0/ },
	],
	['a socket', gunicorn('bind = "unix:/tmp/x.sock"\n'), { command: 'gunicorn app:app', says: /no port is exposed/ }],
	['a variable of its own with a default', gunicorn('import os\nbind = os.getenv("BIND", "0.0.0.0:6000")\n'), { command: 'gunicorn app:app', port: '6000' }],
	[
		'a settings file that the command names',
		{ ...web('gunicorn -c conf/web.py app:app', 'gunicorn'), 'conf/web.py': 'bind = ":4000"\n' },
		{ command: 'gunicorn --bind 0.0.0.0:${PORT:-4000} -c conf/web.py app:app', port: '4000' },
	],
	[
		'[tool.fastapi] entrypoint',
		{
			'pyproject.toml': '[project]\nname="x"\ndependencies=["fastapi[standard]"]\n[tool.fastapi]\nentrypoint = "api.web:service"\n',
			'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
			'src/api/web.py': 'service = make()\n',
		},
		{ command: 'uvicorn api.web:service --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080' },
	],
	[
		'a script of PDM',
		pdm('start = "uvicorn beat.gateway:handler --host 0.0.0.0 --port 8080"\ntest = "pytest"'),
		{ command: 'uvicorn beat.gateway:handler --host 0.0.0.0 --port 8080', port: '8080' },
	],
	[
		'a script of PDM that reloads, by way of another',
		pdm('start = {composite = ["serve"]}\nserve = {cmd = ["uvicorn", "beat.gateway:handler", "--reload"]}', { 'main.py': 'print()\n' }),
		{ command: 'uvicorn beat.gateway:handler --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080', says: /is told where to listen/ },
	],
	[
		'a script that no image can run is passed over, and said',
		pdm('start = "docker compose up"', { 'app.py': 'async def app(scope, receive, send):\n  pass\n' }),
		{ command: 'uvicorn app:app --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080', says: /docker is not among the dependencies/ },
	],
	[
		'a script of Poe in a folder, with variables',
		{
			'pyproject.toml':
				'[project]\nname="x"\ndependencies=["uvicorn"]\n[tool.poe.tasks.serve]\ncmd = "uvicorn web:app --host 0.0.0.0 --port ${PORT:-5000}"\ncwd = "backend"\nenv = {MODE = "prod"}\n',
			'backend/web.py': 'async def app(scope, receive, send):\n  pass\n',
		},
		{ command: 'MODE=prod uvicorn web:app --host 0.0.0.0 --port ${PORT:-5000}', port: '5000' },
	],
	[
		'a script of taskipy',
		{ 'pyproject.toml': '[project]\nname="x"\n[tool.taskipy.tasks]\nprod = "python run_it.py"\n', 'run_it.py': 'x()\n', 'other.py': 'y()\n' },
		{ command: 'python run_it.py' },
	],
	[
		"a script of Hatch's environment",
		{ 'pyproject.toml': '[project]\nname="x"\n[tool.hatch.envs.default.scripts]\nserve = "python run_it.py {args}"\n', 'run_it.py': 'x()\n' },
		{ command: 'python run_it.py' },
	],
	[
		'datasette',
		web('datasette serve data.db', 'datasette'),
		{ command: 'datasette serve data.db --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080', says: /datasette serve is told/ },
	],
	[
		'datasette by its name',
		web('datasette data.db', 'datasette'),
		{ command: 'datasette data.db --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080' },
	],
	[
		'another command of datasette',
		web('datasette inspect data.db', 'datasette'),
		{ command: 'datasette inspect data.db', says: /where datasette listens is not known/ },
	],
	['a port of its own', web('mlflow server --host 0.0.0.0 -p 5000', 'mlflow'), { command: 'mlflow server --host 0.0.0.0 -p 5000', port: '5000' }],
	[
		'loopback',
		web('uvicorn x:app --host 127.0.0.1 --port 8000', 'uvicorn'),
		{ command: 'uvicorn x:app --host 127.0.0.1 --port 8000', port: '8000', says: /nobody outside reaches/ },
	],
	['an address in a pair', web('hypercorn x:app', 'hypercorn'), { command: 'hypercorn x:app --bind 0.0.0.0:$PORT', port: '8080', variable: '8080' }],
	['mkdocs', web('mkdocs serve', 'mkdocs'), { command: 'mkdocs serve --dev-addr 0.0.0.0:$PORT', port: '8080', variable: '8080' }],
	[
		'options before the command',
		web('flask --app web run', 'flask'),
		{ command: 'flask --app web run --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080' },
	],
	[
		"an agent of Google's ADK",
		{
			...needs('google-adk'),
			'weather/__init__.py': 'from . import agent\n',
			'weather/agent.py': 'from google.adk.agents import Agent\nroot_agent = Agent(name="weather")\n',
		},
		{ command: 'adk api_server . --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080', says: /an agent of google-adk/ },
	],
	[
		'agents in a folder of their own',
		{
			...needs('google-adk'),
			'agents/a/agent.py': 'root_agent = Agent()\n',
			'agents/b/agent.py': 'root_agent: Agent = Agent()\n',
			'agents/b/sub_agents/c/agent.py': 'root_agent = 1\n',
		},
		{ command: 'adk api_server agents --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080', says: /2 agents of google-adk/ },
	],
	[
		"an app around ADK's agents",
		{
			...needs('google-adk'),
			'main.py': 'from google.adk.cli.fast_api import get_fast_api_app\napp = get_fast_api_app(agents_dir=".", web=False)\n',
			'weather/agent.py': 'root_agent = 1\n',
		},
		{ command: 'uvicorn main:app --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080' },
	],
	[
		'.flaskenv names a factory',
		{ ...needs('flask', 'gunicorn'), '.flaskenv': 'FLASK_APP=shop.web:make\n', 'shop/web.py': 'def make():\n  return app\n', 'app.py': FLASK },
		{ command: 'gunicorn shop.web:make()', port: '8080', variable: '8080', says: /\.flaskenv names the app/ },
	],
	[
		'.flaskenv names a module',
		{ ...needs('flask', 'gunicorn'), '.flaskenv': 'FLASK_APP=shop.web\n', 'shop/web.py': FLASK, 'app.py': FLASK },
		{ command: 'gunicorn shop.web:site', port: '8080', variable: '8080' },
	],
	[
		'uWSGI that speaks HTTP',
		{ ...needs('flask', 'uwsgi'), 'uwsgi.ini': '[uwsgi]\nmodule = web:site\nhttp-socket = :5000\n', 'web.py': FLASK },
		{ command: 'uwsgi --ini uwsgi.ini', port: '5000' },
	],
	[
		'uWSGI for another server',
		{ ...needs('flask', 'uwsgi', 'gunicorn'), 'uwsgi.ini': '[uwsgi]\nmodule = web:site\nsocket = /tmp/x.sock\n', 'web.py': FLASK },
		{ command: 'gunicorn web:site', port: '8080', variable: '8080' },
	],
	[
		'Pyramid by its file for production',
		{ ...needs('pyramid', 'waitress'), 'production.ini': '[app:main]\nuse = egg:x\n[server:main]\nuse = egg:waitress#main\nlisten = *:6543\n' },
		{ command: 'pserve production.ini', port: '6543' },
	],
	[
		'a file that names loopback',
		{ ...needs('pyramid'), 'production.ini': '[server:main]\nuse = egg:waitress#main\nhost = 127.0.0.1\nport = 6543\n' },
		{ command: 'pserve production.ini', port: '6543', says: /nobody outside reaches/ },
	],
	[
		'a wrapper',
		web('opentelemetry-instrument uvicorn x:app --host 0.0.0.0 --port 9000', 'uvicorn'),
		{ command: 'opentelemetry-instrument uvicorn x:app --host 0.0.0.0 --port 9000', port: '9000' },
	],
	['a module', web('python -m uvicorn x:app', 'uvicorn'), { command: 'python -m uvicorn x:app --host 0.0.0.0 --port $PORT', port: '8080', variable: '8080' }],
	['a socket of uvicorn', web('uvicorn x:app --uds /tmp/s', 'uvicorn'), { command: 'uvicorn x:app --uds /tmp/s' }],
	[
		"variables of the server's own",
		web('UVICORN_PORT=$PORT UVICORN_HOST=0.0.0.0 uvicorn x:app', 'uvicorn'),
		{ command: 'UVICORN_PORT=$PORT UVICORN_HOST=0.0.0.0 uvicorn x:app', port: '8080', variable: '8080' },
	],
	[
		'Streamlit with a port of its own',
		{ ...needs('streamlit'), 'app.py': 'import streamlit\n', '.streamlit/config.toml': '[server]\nport = 8502\n' },
		{
			command: 'streamlit run app.py --server.address=0.0.0.0 --server.port=${PORT:-8502} --server.headless=true --browser.gatherUsageStats=false',
			port: '8502',
		},
	],
	['a program that no table has', web('frobnicate serve', 'frobnicate'), { command: 'frobnicate serve', says: /where frobnicate listens is not known/ }],
	['a script that reads PORT', serves('import os\nserve(int(os.environ.get("PORT", 8000)))'), { command: 'python main.py', port: '8080', variable: '8080' }],
	[
		'settings of pydantic',
		{ ...serves('from conf import settings\nrun(settings)'), 'conf.py': 'class S(BaseSettings):\n    port: int = 8000\n' },
		{ command: 'python main.py', port: '8080', variable: '8080' },
	],
	['a script that listens on a number', serves('HTTPServer(("", 8123), Handler).serve_forever()'), { command: 'python main.py', port: '8123' }],
	['a number by its name', serves('LISTEN_PORT = 9100\nweb.run_app(app, port=LISTEN_PORT)'), { command: 'python main.py', port: '9100' }],
	['a script that listens nowhere', serves('bot.run(os.environ["TOKEN"])'), { command: 'python main.py' }],
	['aiohttp without a port', serves('from aiohttp import web\nweb.run_app(app)'), { command: 'python main.py', port: '8080' }],
	[
		'uvicorn in code, which binds to loopback',
		serves('import uvicorn\nuvicorn.run("x:app", port=8000)'),
		{ command: 'python main.py', port: '8000', says: /own loopback/ },
	],
];

for (const [name, files, expected] of CASES) test(`serving: ${name}`, (t) => check(t, files, expected));

test('an entry point that is not there is an error with its line', (t) => {
	const files = gunicorn('bind = "0.0.0.0:5000"\nwsgi_app = "nowhere:app"\n');
	assert.throws(() => plan(t, files), { code: 'NO_START', message: /no module nowhere/, at: { file: 'gunicorn.conf.py', line: 2 } });
});

test('only the process that serves has a port', (t) => {
	const files = { ...web('gunicorn x:site', 'gunicorn', 'flask', 'celery'), Procfile: 'web: gunicorn x:site\nworker: celery -A jobs worker\n', 'x.py': FLASK };
	const { config, processes } = plan(t, files, { process: 'worker' });
	assert.equal(config.ExposedPorts, undefined);
	assert.equal(config.env?.PORT, undefined);
	assert.deepEqual(
		processes.map(({ type }) => type),
		['worker', 'web'],
	);
	assert.deepEqual(
		plan(t, files).processes.map(({ type }) => type),
		['web', 'worker'],
	);
});

test('--process without a Procfile: web is the app, a command or a script by its name, else an error', (t) => {
	const files = {
		'pyproject.toml':
			'[project]\nname="x"\ndependencies=["flask","gunicorn"]\n[project.scripts]\njobs = "jobs:main"\n[tool.poe.tasks]\nclean = "python clean.py"\n',
		'app.py': FLASK,
	};
	const command = (process: string) => plan(t, files, { process }).processes[0]?.command;
	assert.deepEqual(command('web'), ['gunicorn', 'app:site']);
	assert.deepEqual(command('jobs'), ['jobs']);
	assert.deepEqual(command('clean'), ['python', 'clean.py']);
	assert.throws(() => command('none'), { code: 'NO_START', hint: /There are: jobs/ });
});
