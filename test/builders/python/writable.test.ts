/** Where a Python app writes, as its code, its databases and its frameworks say. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planPython } from '../../../builders/python/plan.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const places = (t: TestContext, files: Files): readonly string[] =>
	(planPython({ source: index(t, { 'requirements.txt': '', ...files }), ...REQUEST }).writable ?? []).map(({ path, link, shipped }) =>
		[path, ...(link === undefined ? [] : [`-> ${link}`]), ...(shipped === true ? ['shipped'] : [])].join(' '),
	);
const code = (...lines: string[]): Files => ({ 'main.py': `${lines.join('\n')}\nif __name__ == "__main__":\n    serve()\n` });
const flask = (...lines: string[]): Files => ({
	'requirements.txt': 'flask\nflask-sqlalchemy==3.1.1\ngunicorn\n',
	'app.py': `import os\nfrom flask import Flask\napp = Flask(__name__)\n${lines.join('\n')}\n`,
});
const MANAGE = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n";
const django = (...lines: string[]): Files => ({
	'manage.py': MANAGE,
	'site1/settings.py': `from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n${lines.join('\n')}\n`,
	'site1/wsgi.py': '',
	'requirements.txt': 'Django==5.1\ngunicorn\n',
});

const CASES: readonly (readonly [string, Files, readonly string[]])[] = [
	[
		'SQLite in the folder of the file, with a variable before',
		code('BASE = os.path.abspath(os.path.dirname(__file__))', 'DB = os.environ.get("DATABASE") or os.path.join(BASE, "app.db")', 'con = sqlite3.connect(DB)'),
		['/app/app.db -> /data/app.db'],
	],
	['SQLite in a folder', code('sqlite3.connect("data/x.db")'), ['/app/data']],
	['SQLite in memory', code('sqlite3.connect(":memory:")'), []],
	['aiosqlite', code('async with aiosqlite.connect("store/x.db") as db: pass'), ['/app/store']],
	['an address of SQLAlchemy', code('engine = create_engine("sqlite:///./var/x.db?timeout=1")'), ['/app/var']],
	['an asynchronous one', code('create_async_engine("sqlite+aiosqlite:///x.db")'), ['/app/x.db -> /data/x.db']],
	['an absolute one', code('URL = "sqlite:////var/lib/app/x.db"'), ['/var/lib/app']],
	['one with a folder filled in', code('BASE = Path(__file__).parent', "URL = f\"sqlite:///{BASE / 'db' / 'x.db'}\""), ['/app/db']],
	['a sum', code('basedir = os.path.dirname(__file__)', 'URL = "sqlite:///" + os.path.join(basedir, "db", "x.db")'), ['/app/db']],
	['Tortoise', code('Tortoise.init(db_url="sqlite://db.sqlite3")'), ['/app/db.sqlite3 -> /data/db.sqlite3']],
	['peewee', code('db = SqliteDatabase("people.db")'), ['/app/people.db -> /data/people.db']],
	['Flask-SQLAlchemy 3: the instance folder', flask('app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///site.db"'), ['/app/instance']],
	[
		'Flask-SQLAlchemy 2: the folder of the app',
		{ ...flask('app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///site.db"'), 'requirements.txt': 'flask\nflask-sqlalchemy==2.5.1\ngunicorn\n' },
		['/app/site.db -> /data/site.db'],
	],
	['the instance folder by its name', flask('os.makedirs(app.instance_path)'), ['/app/instance']],
	[
		'a folder for uploads',
		flask('app.config["UPLOAD_FOLDER"] = os.path.join(app.root_path, "x")', 'UPLOAD_FOLDER = "static/uploads"'),
		['/app/static/uploads'],
	],
	[
		'Django: database and media',
		django('DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db" / "x.sqlite3"}}', 'MEDIA_ROOT = BASE_DIR / "media"'),
		['/app/db', '/app/media'],
	],
	[
		'Django: the database that it begins with',
		django('DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}'),
		['/app/db.sqlite3 -> /data/db.sqlite3'],
	],
	['os.makedirs', code('os.makedirs("data/uploads", exist_ok=True)'), ['/app/data/uploads']],
	[
		'Path and mkdir',
		code('from pathlib import Path', 'OUT = Path("out")', 'OUT.mkdir(exist_ok=True)', '(Path(__file__).parent / "cache" / "x").mkdir(parents=True)'),
		['/app/cache/x', '/app/out'],
	],
	[
		'write_text',
		code('from pathlib import Path', 'Path("state/now.json").write_text("{}")', 'Path("read.txt").read_text()', 'Path("r.txt").open()'),
		['/app/state'],
	],
	['open for writing, not for reading', code('open("logs/app.log", "a")', 'open("data/in.csv")', 'open("other/in.csv", "rb")'), ['/app/logs']],
	['a name that is filled in', code('open(f"reports/{name}.txt", mode="w")'), ['/app/reports']],
	[
		'a log',
		code('logging.basicConfig(level=1, filename="log/x.log")', 'RotatingFileHandler("log2/y.log")', 'logger.add("log3/{time}.log")'),
		['/app/log', '/app/log2', '/app/log3'],
	],
	['a home folder and a temporary one', code('os.makedirs("/tmp/x")', 'os.makedirs(os.path.expanduser("~/x"))', 'open("/home/me/x", "w")'), []],
	['tests and tools', { ...code(''), 'tests/test_x.py': 'open("a/b", "w")\n', 'scripts/seed.py': 'os.makedirs("seed")\n' }, []],
	['a folder with files in the image', { ...code('os.makedirs("static", exist_ok=True)'), 'static/a.css': '' }, ['/app/static shipped']],
	['an empty folder that git keeps', { ...code('os.makedirs("uploads", exist_ok=True)'), 'uploads/.gitkeep': '' }, ['/app/uploads']],
	['TinyDB and Chroma', code('TinyDB("db/x.json")', 'chromadb.PersistentClient(path="./chroma_db")'), ['/app/chroma_db', '/app/db']],
	['Chainlit', { 'requirements.txt': 'chainlit\n', 'app.py': 'import chainlit\n' }, ['/app/.chainlit', '/app/.files', '/app/chainlit.md -> /data/chainlit.md']],
	[
		'the schedule of Celery',
		{ 'requirements.txt': 'celery\n', Procfile: 'web: celery -A jobs beat\n' },
		['/app/celerybeat-schedule -> /data/celerybeat-schedule'],
	],
	[
		'paths of a folder where the app starts',
		{
			Procfile: 'web: cd backend && python run.py\n',
			'backend/run.py': 'open("out/x", "w")\nopen(os.path.join(os.path.dirname(__file__), "own", "y"), "w")\n',
		},
		['/app/backend/out', '/app/backend/own'],
	],
];
for (const [name, files, expected] of CASES) test(`writes: ${name}`, (t) => assert.deepEqual(places(t, files), expected));

test('caches of libraries have a variable and a place, and the plan says why', (t) => {
	const { config, writable = [] } = planPython({ source: index(t, { 'requirements.txt': 'transformers\nmatplotlib\n', ...code('') }), ...REQUEST });
	assert.equal(config.env?.HF_HOME, '/var/cache/huggingface');
	assert.equal(config.env?.MPLCONFIGDIR, '/tmp/matplotlib');
	assert.deepEqual(
		writable.map(({ path, reason }) => [path, reason.file]),
		[['/var/cache/huggingface', 'requirements.txt']],
	);
});
