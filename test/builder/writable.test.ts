/** Where an app writes: found in its code, its Dockerfile and its compose file, or asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writablePlaces } from '../../builders/node/writable.js';
import type { WritablePlace } from '../../src/builder/contract.js';
import { declaredPlaces } from '../../src/builder/writable/dockerfile.js';
import { literalPath } from '../../src/builder/writable/expression.js';
import { askedPlaces, placesOf, volumesOf, writableLayer } from '../../src/builder/writable/places.js';
import { type Files, index } from '../support/files.js';

const NONE = new Map<string, string>();
const EXPRESSIONS: readonly (readonly [string, string | undefined])[] = [
	["'./data/', x", 'cwd ./data/'],
	["process.env.DATA_DIR || './data/'", 'cwd ./data/'],
	['process.env["DIR"] ?? "uploads"', 'cwd uploads'],
	["path.join(__dirname, '..', 'data')", 'file ../data'],
	["path.join(process.cwd(), 'logs', name)", 'cwd logs/'],
	["path.resolve('tmp', 'x.json')", 'cwd tmp/x.json'],
	["__dirname + '/files/' + name", 'file /files/'],
	['`./cache/${id}.json`', 'cwd ./cache/'],
	['`${__dirname}/db.sqlite`', 'file db.sqlite'],
	["fileURLToPath(new URL('./state.json', import.meta.url))", 'file ./state.json'],
	["path.join(path.dirname(fileURLToPath(import.meta.url)), 'out')", 'file out'],
	['os.path.join(os.path.abspath(os.path.dirname(__file__)), "app.db")', 'file app.db'],
	['Path(__file__).resolve().parent / "data" / "x.db"', 'file data/x.db'],
	['os.environ.get("DIR", "instance")', 'cwd instance'],
	['name', undefined],
	['someCall(a, b)', undefined],
	['[', undefined],
];
for (const [text, expected] of EXPRESSIONS)
	test(`the path of ${text}`, () => {
		const found = literalPath(text, NONE);
		assert.equal(found === undefined ? undefined : `${found.from} ${found.path}`, expected);
	});

test('names stand for what they are assigned, circles end', () => {
	const names = new Map([
		['BASE', "path.join(__dirname, '..')"],
		['FILE', "path.join(BASE, 'x.db')"],
		['a', 'b'],
		['b', 'a'],
	]);
	assert.deepEqual(literalPath('FILE', names), { from: 'file', path: '../x.db' });
	assert.equal(literalPath('a', names), undefined);
});

test('any text has an answer, soon', () => {
	const part = fc.constantFrom('(', ')', '[', '{', "'a'", '"b', '`${', '}', '+', '/', '||', ',', '.', 'path.join(', 'x', 'new ', '\n', '\\');
	fc.assert(
		fc.property(fc.array(part, { maxLength: 400 }), (parts) => {
			const began = performance.now();
			literalPath(parts.join(''), NONE);
			assert.ok(performance.now() - began < 200);
		}),
		{ numRuns: 300 },
	);
});

const node = (source: ReturnType<typeof index>): readonly WritablePlace[] =>
	writablePlaces({
		source,
		manifest: undefined,
		workingDir: '/app',
		compiled: (path) => (path.startsWith('src/') ? path.replace('src/', 'dist/') : undefined),
		builds: [],
	});
const CODE: readonly (readonly [string, Files, readonly string[]])[] = [
	[
		'a folder by a default',
		{ 'server.js': "const dir = process.env.DATA_DIR || './data/';\nif (!fs.existsSync(dir)) fs.mkdirSync(dir, { recursive: true });" },
		['/app/data'],
	],
	['uploads', { 'app.js': "const upload = multer({ limits: {}, dest: 'uploads/' });" }, ['/app/uploads']],
	['a database in a folder', { 'db.js': "const db = new Database('data/app.db');" }, ['/app/data']],
	['a database beside the code', { 'db.js': "const db = new sqlite3.Database('./app.db')" }, ['/app/app.db -> /data/app.db']],
	['compiled code', { 'src/log.ts': "fs.appendFileSync(path.join(__dirname, 'logs', 'a.log'), line)" }, ['/app/dist/logs']],
	['a folder with files of the image', { 'a.js': "fs.writeFileSync('data/state.json', '')", 'data/seed.json': '' }, ['/app/data shipped']],
	['a folder that is kept empty in version control', { 'a.js': "fs.writeFileSync('data/state.json', '')", 'data/.gitkeep': '' }, ['/app/data']],
	['nested folders', { 'a.js': "fs.mkdirSync('var/a/b'); fs.mkdirSync('var')" }, ['/app/var']],
	['an absolute folder', { 'a.js': "fs.mkdirSync('/var/lib/app')" }, ['/var/lib/app']],
	['what is only read', { 'a.js': "fs.readFileSync('data/x'); open('data/x', 'r')" }, []],
	['what is opened for writing', { 'a.js': "const f = await fs.promises.open('out/x.bin', 'w')" }, ['/app/out']],
	['/tmp, memory, unknown names', { 'a.js': "fs.mkdirSync('/tmp/x'); new Database(':memory:'); fs.writeFileSync(name, '')" }, []],
	['tests, tools, configurations', { 'test/a.js': "fs.mkdirSync('out')", 'scripts/b.js': "fs.mkdirSync('out')", 'vite.config.js': "fs.mkdirSync('out')" }, []],
	['the whole folder of the app', { 'a.js': "fs.mkdirSync('.'); fs.mkdirSync(process.cwd())" }, []],
];
for (const [name, files, expected] of CODE)
	test(`code that writes: ${name}`, (t) => {
		const found = node(index(t, files)).map(
			({ path, link, shipped }) => `${path}${link === undefined ? '' : ` -> ${link}`}${shipped === true ? ' shipped' : ''}`,
		);
		assert.deepEqual(found, expected);
	});

test('a Dockerfile that declares volumes or hands folders over', (t) => {
	const source = index(t, {
		Dockerfile: [
			'FROM node AS build',
			'VOLUME /not/this',
			'FROM node',
			'WORKDIR /usr/src/app',
			'RUN mkdir -p /usr/src/app/uploads /var/cache/x && \\',
			'    chown -R node:node /usr/src/app/uploads',
			'RUN mkdir only-made',
			'VOLUME ["/data", "/usr/src/app/media"]',
			'VOLUME /one /two',
		].join('\n'),
	});
	const found = placesOf(declaredPlaces(source), '/app');
	assert.deepEqual(
		found.map(({ path }) => path),
		['/app/media', '/app/uploads', '/data', '/one', '/two'],
	);
	assert.equal(found.find(({ path }) => path === '/app/uploads')?.reason.line, 5);
});

test('a compose file, of the services that this folder builds', (t) => {
	const source = index(t, {
		'compose.yaml': `services:
  web:
    build: .
    volumes:
      - data:/var/lib/web
      - ./conf:/conf:ro
      - .:/app
      - /app/node_modules
      - type: volume
        target: /srv/files
  db: { image: postgres, volumes: ["pg:/var/lib/postgresql/data"] }
  other: { build: { context: ./other }, volumes: ["x:/x"] }
`,
	});
	assert.deepEqual(
		placesOf(declaredPlaces(source), '/app').map(({ path }) => path),
		['/srv/files', '/var/lib/web'],
	);
	assert.deepEqual(declaredPlaces(index(t, { 'compose.yaml': 'services: [' })), []);
});

test('what cannot be a volume is refused where it is asked for', () => {
	assert.deepEqual(
		askedPlaces(['data', '/var/lib/x'], '/app').map(({ path }) => path),
		['/app/data', '/var/lib/x'],
	);
	for (const path of ['.', '/', '/app', '/usr/lib', '/tmp', '..', '/app/apps'])
		assert.throws(() => askedPlaces([path], '/app/apps/web'), { code: 'CONFIG_INVALID' });
});

test('the layer: folders of the user and group 0 that everyone may write, links to files of the app', async () => {
	const plan = {
		writable: [
			{ path: '/app/app.db', link: '/data/app.db', reason: { says: '' } },
			{ path: '/app/uploads', reason: { says: '' } },
			{ path: '/app/data', shipped: true, reason: { says: '' } },
		],
	};
	const entries = (await writableLayer(plan, '1000:1000')?.entries()) ?? [];
	const folder = { type: 'directory', mode: 0o777, uid: 1000, gid: 0 };
	assert.deepEqual(entries, [
		{ ...folder, path: 'app/uploads' },
		{ ...folder, path: 'data' },
		{ ...folder, path: 'app/data' },
		{ type: 'symlink', path: 'app/app.db', mode: 0o777, target: '/data/app.db' },
	]);
	assert.deepEqual(volumesOf(plan), ['/app/uploads', '/data']);
});
