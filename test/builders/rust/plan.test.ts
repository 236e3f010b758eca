/** Layouts of real Cargo projects: which program is built, what is shipped beside it, how it starts. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { planRust } from '../../../builders/rust/plan.js';
import { findRoot } from '../../../builders/rust/root.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { type Files, folder, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan =>
	planRust({
		source: index(t, files),
		...REQUEST,
		...more,
	});

const MAIN = 'fn main() {}\n';
const manifest = (name: string, more = ''): string => `[package]\nname = "${name}"\nversion = "0.1.0"\n${more}`;
const ONE: Files = { 'Cargo.toml': manifest('shop'), 'src/main.rs': MAIN, 'Cargo.lock': '' };
const MEMBERS: Files = {
	'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
	'crates/api/Cargo.toml': manifest('api', '[dependencies]\nshared = { path = "../shared" }\n'),
	'crates/api/src/main.rs': MAIN,
	'crates/jobs/Cargo.toml': manifest('jobs'),
	'crates/jobs/src/main.rs': MAIN,
	'crates/shared/Cargo.toml': manifest('shared'),
	'crates/shared/src/lib.rs': 'const T: &str = "pages/a.html";',
	'pages/a.html': '',
};

const PROGRAMS: readonly (readonly [string, Files, string, readonly string[], Partial<PlanRequest>?])[] = [
	['one', ONE, '/app/shop', []],
	['one in src/bin', { 'Cargo.toml': manifest('shop'), 'src/bin/web.rs': MAIN, 'src/lib.rs': '' }, '/app/web', []],
	[
		'a [[bin]] with a path',
		{ 'Cargo.toml': manifest('shop', '[[bin]]\nname = "served"\npath = "server/main.rs"\n'), 'server/main.rs': MAIN },
		'/app/served',
		[],
	],
	[
		'a [[bin]] that renames src/main.rs',
		{ 'Cargo.toml': manifest('shop', '[[bin]]\nname = "served"\npath = "src/main.rs"\n'), 'src/main.rs': MAIN },
		'/app/served',
		[],
	],
	['default-run', { 'Cargo.toml': manifest('x', 'default-run = "b"\n'), 'src/main.rs': MAIN, 'src/bin/b.rs': MAIN, 'src/bin/c/main.rs': MAIN }, '/app/b', []],
	['src/main.rs beside helpers', { ...ONE, 'src/bin/seed.rs': MAIN }, '/app/shop', []],
	['what the Procfile names', { ...ONE, 'src/bin/b.rs': MAIN, Procfile: 'web: ./target/release/b\n' }, '/app/b', []],
	['cargo run of a program', { ...ONE, 'src/bin/b.rs': MAIN, Procfile: 'web: cargo run --release --bin b -- -x\n' }, '/app/b', []],
	['asked for', { ...ONE, 'src/bin/b.rs': MAIN }, '/app/b', [], { main: 'b' }],
	['a conventional member', MEMBERS, '/app/api', ['--manifest-path', 'crates/api/Cargo.toml']],
	['a member asked for by folder', MEMBERS, '/app/jobs', ['--manifest-path', 'crates/jobs/Cargo.toml'], { main: './crates/jobs' }],
	['the member that was named', MEMBERS, '/app/jobs', ['--manifest-path', 'crates/jobs/Cargo.toml'], { app: 'crates/jobs' }],
	[
		'default-members',
		{ ...MEMBERS, 'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\ndefault-members = ["crates/jobs"]\n' },
		'/app/jobs',
		['--manifest-path', 'crates/jobs/Cargo.toml'],
	],
];

for (const [name, files, binary, selects, more] of PROGRAMS)
	test(`program: ${name}`, (t) => {
		const made = plan(t, files, more);
		assert.equal(made.processes[0]?.command[0], binary);
		assert.deepEqual(made.facts.selects, selects);
	});

test('several equal programs are a question that lists them; a library has nothing to run', (t) => {
	const files = { 'Cargo.toml': manifest('x'), 'src/bin/a.rs': MAIN, 'src/bin/b.rs': MAIN };
	assert.throws(() => plan(t, files), { code: 'AMBIGUOUS', message: /: a, b$/, hint: /--main a/ });
	assert.throws(() => plan(t, files, { main: 'c' }), { code: 'NO_START', hint: /a, b/ });
	assert.throws(() => plan(t, { 'Cargo.toml': manifest('x'), 'src/lib.rs': '' }), { code: 'NO_START', message: /no program|has a program/ });
	assert.throws(() => plan(t, { 'Cargo.toml': '[package\n' }), { code: 'MANIFEST_INVALID', at: { file: 'Cargo.toml', line: 1 } });
	assert.throws(() => plan(t, { ...ONE, Procfile: 'web: ./shop | tee log\n' }), { code: 'START_UNSUPPORTED', at: { file: 'Procfile', line: 1 } });
});

test('several programs in one image: named, or started by the Procfile', (t) => {
	const commands = ({ processes }: BuildPlan) => Object.fromEntries(processes.map(({ type, command }) => [type, command]));
	const named = plan(t, MEMBERS, { main: 'api', moreMains: ['jobs'] });
	assert.deepEqual(commands(named), { web: ['/app/api'], jobs: ['/app/jobs'] });
	assert.deepEqual(named.facts.selects, ['--package', 'api', '--package', 'jobs']);
	assert.deepEqual(plan(t, MEMBERS, { main: 'api', moreMains: ['jobs'], process: 'jobs' }).processes[0]?.command, ['/app/jobs']);
	const files = { ...ONE, 'src/bin/worker.rs': MAIN, Procfile: 'web: shop --port $PORT\nworker: worker -v\n' };
	assert.deepEqual(commands(plan(t, files)), { web: ['/usr/local/lib/tare/launch', '/app/shop', '--port', '$PORT'], worker: ['/app/worker', '-v'] });
});

test('what the program opens is shipped, what is built in is not; code of packages it takes by path counts', (t) => {
	const code = (text: string): Files => ({ ...ONE, 'src/main.rs': `fn main() { ${text} }`, 'web/a.css': '', 'data.json': '' });
	assert.deepEqual(plan(t, code('let c = \'"\'; read("./web"); read(r#"data.json"#)')).facts.ships, ['data.json', 'web']);
	assert.deepEqual(plan(t, code('include_str!("web/a.css"); // "data.json"\n')).facts.ships, []);
	assert.deepEqual(plan(t, { ...ONE, 'static/a.css': '', 'Rocket.toml': '' }).facts.ships, ['Rocket.toml', 'static']);
	assert.deepEqual(plan(t, MEMBERS, { main: 'api' }).facts.ships, ['pages/a.html']);
	assert.deepEqual(plan(t, MEMBERS, { main: 'jobs' }).facts.ships, []);
});

test('ports: Rocket by its variables, PORT where it is read, a warning for one that only listens inside', (t) => {
	const rocket = plan(t, { ...ONE, 'Cargo.toml': manifest('shop', '[dependencies]\nrocket = "0.5"\n') });
	assert.deepEqual([rocket.config.env, rocket.config.ExposedPorts], [{ ROCKET_ADDRESS: '0.0.0.0' }, { '8000/tcp': {} }]);
	assert.deepEqual(plan(t, { ...ONE, 'src/main.rs': 'env::var("PORT")' }).config.env, { PORT: '8080' });
	const listens = (text: string): BuildPlan => plan(t, { ...ONE, 'src/main.rs': text });
	assert.match(listens('HttpServer::new(f).bind(("127.0.0.1", 8080))').warnings[0]?.says ?? '', /listens on 127\.0\.0\.1 only/);
	assert.match(listens('SocketAddr::from(([127, 0, 0, 1], 3000))').warnings[0]?.says ?? '', /0\.0\.0\.0:3000/);
	assert.deepEqual(listens('TcpListener::bind("0.0.0.0:3000")').config.ExposedPorts, { '3000/tcp': {} });
});

test('a missing lock file is said; flags of the project and saved queries are kept', (t) => {
	assert.match(plan(t, { 'Cargo.toml': manifest('x'), 'src/main.rs': MAIN }).warnings[0]?.says ?? '', /no Cargo\.lock/);
	const made = plan(t, { ...ONE, '.cargo/config.toml': '[build]\nrustflags = ["--cfg", "tokio_unstable"]\n', '.sqlx/q.json': '{}' });
	assert.deepEqual(made.facts.rustflags, ['--cfg', 'tokio_unstable']);
	assert.deepEqual(made.facts.env, { SQLX_OFFLINE: 'true' });
});

test('a member of a workspace, and a package with a neighbour, are built from above', (t) => {
	const dir = folder(t, {
		...MEMBERS,
		'alone/Cargo.toml': manifest('alone', '[dependencies]\nlib = { path = "../lib" }\n'),
		'lib/Cargo.toml': manifest('lib'),
	});
	mkdirSync(join(dir, '.git'));
	assert.equal(findRoot(join(dir, 'crates/api')), dir);
	assert.equal(findRoot(join(dir, 'alone')), dir);
	assert.equal(findRoot(dir), undefined);
});

const NESTED: Files = {
	'Cargo.toml': '[workspace]\nmembers = ["core"]\n',
	'core/Cargo.toml': manifest('core'),
	'examples/Cargo.toml': '[workspace]\nmembers = ["*"]\nexclude = ["old"]\n',
	'examples/old/README.md': '',
	'examples/hello/Cargo.toml': manifest('hello', '[dependencies]\ncore = { path = "../../core" }\n'),
	'examples/hello/src/main.rs': MAIN,
	'examples/hello/static/a.css': '',
	'examples/other/Cargo.toml': manifest('other'),
	'examples/other/src/main.rs': MAIN,
};

test('a workspace whose members take packages of another by path is built with both', (t) => {
	const dir = folder(t, NESTED);
	for (const app of ['examples/hello', 'examples/other', 'examples']) assert.equal(findRoot(join(dir, app)), dir, app);
	const made = plan(t, NESTED, { app: 'examples/hello' });
	assert.deepEqual(
		[made.facts.folder, made.facts.selects, made.facts.ships, made.facts.workdir],
		['examples', ['--manifest-path', 'hello/Cargo.toml'], ['static'], 'examples/hello'],
	);
	assert.throws(() => plan(t, NESTED, { app: 'examples' }), { code: 'AMBIGUOUS', message: /hello, other/ });
});
