/** Layouts of real Go projects: which program is built, what is shipped beside it, how it starts. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planGo } from '../../../builders/go/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { readCommit } from '../../../src/source/commit.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}): BuildPlan => {
	const source = index(t, files);
	return planGo({
		source,
		commit: () => readCommit(source.root),
		...REQUEST,
		...more,
	});
};

const MAIN = 'package main\n\nfunc main() {}\n';
const MOD = 'module example.com/me/shop\n\ngo 1.24\n';
const printing = (...words: readonly string[]): string =>
	`package main\n\nimport "os"\n\nfunc main() { os.Args = []string{${words.map((word) => JSON.stringify(word)).join(', ')}} }\n`;

const PROGRAMS: readonly (readonly [string, Files, readonly [string, string], Partial<PlanRequest>?])[] = [
	['a lone main.go', { 'main.go': MAIN }, ['/app/app', '.']],
	['a module', { 'go.mod': MOD, 'main.go': MAIN }, ['/app/shop', '.']],
	['a module of a later major version', { 'go.mod': 'module example.com/shop/v3\n', 'x.go': MAIN }, ['/app/shop', '.']],
	['one program below cmd', { 'go.mod': MOD, 'cmd/api/main.go': MAIN, 'lib.go': 'package shop\n' }, ['/app/api', './cmd/api']],
	['main in cmd itself', { 'go.mod': MOD, 'cmd/main.go': MAIN }, ['/app/shop', './cmd']],
	['the root before others', { 'go.mod': MOD, 'main.go': MAIN, 'cmd/x/main.go': MAIN }, ['/app/shop', '.']],
	['the program that is named as the module', { 'go.mod': MOD, 'cmd/shop/main.go': MAIN, 'cmd/seed/main.go': MAIN }, ['/app/shop', './cmd/shop']],
	['a conventional name', { 'go.mod': MOD, 'cmd/server/main.go': MAIN, 'cmd/migrate/main.go': MAIN }, ['/app/server', './cmd/server']],
	['examples do not count', { 'go.mod': MOD, 'daemon/main.go': MAIN, 'examples/a/main.go': MAIN, 'tools/gen/main.go': MAIN }, ['/app/daemon', './daemon']],
	[
		'ignored and foreign files do not count',
		{ 'go.mod': MOD, 'gen.go': `//go:build ignore\n\n${MAIN}`, 'x_windows.go': MAIN, 'svc/main.go': MAIN },
		['/app/svc', './svc'],
	],
	[
		'nested modules, vendored and test data do not count',
		{ 'go.mod': MOD, 'a/main.go': MAIN, 'b/go.mod': 'module b', 'b/main.go': MAIN, 'vendor/c/main.go': MAIN, 'testdata/d/main.go': MAIN },
		['/app/a', './a'],
	],
	['what the Procfile names', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, Procfile: 'web: bin/b\nworker: bin/a\n' }, ['/app/b', './cmd/b']],
	[
		'another process of the Procfile',
		{ 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, Procfile: 'web: bin/b\nworker: bin/a\n' },
		['/app/a', './cmd/b'],
		{ process: 'worker' },
	],
	['a process that is a program', { 'go.mod': MOD, 'main.go': MAIN, 'cmd/worker/main.go': MAIN }, ['/app/worker', './cmd/worker'], { process: 'worker' }],
	['go run of a package', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, Procfile: 'web: go run ./cmd/b\n' }, ['/app/b', './cmd/b']],
	[
		'what the Dockerfile builds',
		{ 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, Dockerfile: 'RUN go build -o /x ./cmd/b\n' },
		['/app/b', './cmd/b'],
	],
	['asked by folder', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN }, ['/app/b', './cmd/b'], { main: './cmd/b' }],
	['asked by import path', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN }, ['/app/b', './cmd/b'], { main: 'example.com/me/shop/cmd/b' }],
	['asked by name', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN }, ['/app/b', './cmd/b'], { main: 'b' }],
	['the folder that was named', { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN }, ['/app/b', './cmd/b'], { app: 'cmd/b' }],
	[
		'a workspace',
		{
			'go.work': 'go 1.24\n\nuse (\n\t./svc\n\t./lib\n)\n',
			'svc/go.mod': 'module svc\n',
			'svc/main.go': MAIN,
			'lib/go.mod': 'module lib\n',
			'lib/l.go': 'package lib\n',
		},
		['/app/svc', '.'],
	],
];

for (const [name, files, [binary, packageName], more] of PROGRAMS)
	test(`program: ${name}`, (t) => {
		const made = plan(t, files, more);
		assert.equal(made.processes[0]?.command[0], binary);
		assert.equal((made.facts.programs as { package: string }[])[0]?.package, packageName);
	});

test('several equal programs are a question that lists them', (t) => {
	const files = { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN };
	assert.throws(() => plan(t, files), { code: 'AMBIGUOUS', message: /\.\/cmd\/a, \.\/cmd\/b/, hint: /--main \.\/cmd\/a/ });
	assert.throws(() => plan(t, files, { main: './cmd/c' }), { code: 'NO_START', hint: /\.\/cmd\/a/ });
	assert.throws(() => plan(t, files, { process: 'cron' }), { code: 'NO_START', hint: /a, b/ });
});

test('a library has nothing to run', (t) => {
	assert.throws(() => plan(t, { 'go.mod': MOD, 'lib.go': 'package shop\n' }), { code: 'NO_START', message: /package main/ });
});

test('a Procfile with a shell construct, or with another program, is refused with its line', (t) => {
	const files = { 'go.mod': MOD, 'main.go': MAIN };
	assert.throws(() => plan(t, { ...files, Procfile: '# x\nweb: shop -n $(nproc)\n' }), { code: 'START_UNSUPPORTED', at: { file: 'Procfile', line: 2 } });
	assert.throws(() => plan(t, { ...files, Procfile: 'web: ./run.sh\n', 'run.sh': '' }), {
		code: 'START_UNSUPPORTED',
		message: /run\.sh is not the Go program/,
	});
});

const TWO: Files = { 'go.mod': MOD, 'cmd/web/main.go': MAIN, 'cmd/worker/main.go': MAIN, 'cmd/other/main.go': MAIN };
const LAUNCH = '/usr/local/lib/tare/launch';
const programs = ({ facts }: BuildPlan) => (facts.programs as { package: string }[]).map((program) => program.package);
const commands = ({ processes }: BuildPlan) => Object.fromEntries(processes.map(({ type, command }) => [type, command]));

test('several named programs are in one image, which starts the first or the one that is asked for', (t) => {
	const both = { main: './cmd/web', moreMains: ['worker'] };
	const web = plan(t, TWO, both);
	assert.deepEqual(programs(web), ['./cmd/web', './cmd/worker']);
	assert.deepEqual(commands(web), { web: ['/app/web'], worker: ['/app/worker'] });
	const worker = plan(t, TWO, { ...both, process: 'worker' });
	assert.deepEqual(programs(worker), programs(web));
	assert.deepEqual(worker.processes[0]?.command, ['/app/worker']);
	assert.throws(() => plan(t, TWO, { ...both, process: 'other' }), { code: 'NO_START', hint: /web, worker/ });
});

test('the programs that a Procfile starts are in one image; a named program is alone, with its own arguments', (t) => {
	const files = { ...TWO, Procfile: 'web: bin/web -v\nworker: bin/worker --queue all\nassets: npm run build\n' };
	assert.deepEqual(commands(plan(t, files)), { web: ['/app/web', '-v'], worker: ['/app/worker', '--queue', 'all'] });
	assert.deepEqual(commands(plan(t, files, { main: 'worker' })), { web: ['/app/worker', '--queue', 'all'] });
	assert.deepEqual(commands(plan(t, files, { main: 'other' })), { web: ['/app/other'] });
});

test('programs of two modules of a workspace are compiled from its root', (t) => {
	const files = {
		'go.work': 'go 1.24\nuse (\n\t./a\n\t./b\n)\n',
		'a/go.mod': 'module example.com/a\n',
		'a/main.go': MAIN,
		'b/go.mod': 'module example.com/b/v2\n',
		'b/main.go': MAIN,
	};
	const made = plan(t, files, { main: './a', moreMains: ['./b'] });
	assert.deepEqual([made.facts.module, ...programs(made)], ['', './a', './b']);
	assert.deepEqual(
		(made.facts.programs as { name: string }[]).map(({ name }) => name),
		['a', 'b'],
	);
});

test('variables in a command are filled in when the container starts', (t) => {
	const made = plan(t, { 'go.mod': MOD, 'main.go': MAIN, Procfile: "web: ADDR=:$PORT shop -port ${PORT:-80} -cost '$5'\n" });
	assert.deepEqual(made.processes[0]?.command, [LAUNCH, 'ADDR=:$PORT', '/app/shop', '-port', '${PORT:-80}', '-cost', '$$5']);
	assert.deepEqual([made.config.env, made.config.ExposedPorts], [{ PORT: '8080' }, { '8080/tcp': {} }]);
	assert.throws(() => plan(t, { 'go.mod': MOD, 'main.go': MAIN, Procfile: 'web: $BIN -x\n' }), { code: 'START_UNSUPPORTED', message: /names the program/ });
});

test('a folder that go leaves out of patterns is built where it is named', (t) => {
	const files = { 'go.mod': MOD, 'lib.go': 'package shop\n', '_examples/hello/main.go': MAIN };
	assert.deepEqual(programs(plan(t, files, { app: '_examples/hello' })), ['./_examples/hello']);
	assert.throws(() => plan(t, files), { code: 'NO_START' });
});

test('arguments and variables of the command are kept', (t) => {
	const made = plan(t, { 'go.mod': MOD, 'main.go': MAIN, Procfile: 'web: MODE=fast ./bin/anything serve --v "a b"\n' });
	assert.deepEqual(made.processes[0]?.command, ['/app/shop', 'serve', '--v', 'a b']);
	assert.equal(made.config.env?.MODE, 'fast');
});

const SHIPPED: readonly (readonly [string, Files, readonly string[]])[] = [
	['a pattern', { 'main.go': printing('templates/*.html'), 'templates/a.html': '' }, ['templates']],
	[
		'a folder, a file, an address',
		{ 'main.go': printing('./web/', 'data/x.json', 'file://db/steps'), 'web/a.css': '', 'data/x.json': '', 'data/y.json': '', 'db/steps/1.sql': '' },
		['data/x.json', 'db/steps', 'web'],
	],
	['convention', { 'main.go': MAIN, 'views/index.tpl': '', 'conf/app.conf': '' }, ['conf', 'views']],
	['no words by chance, sources or imports', { 'main.go': printing('cmd', 'docs', 'lib'), 'docs/x.md': '', 'lib/l.go': 'package lib\n' }, []],
	[
		'nothing that is embedded',
		{
			'main.go': `package main\n\nimport "embed"\n\n//go:embed static/* all:templates\nvar f embed.FS\n\nfunc main() { _, _ = f.Open("static") }\n`,
			'static/a.css': '',
			'templates/x.html': '',
		},
		[],
	],
	[
		'nothing that a comment or a test names',
		{ 'main.go': '// see "web"\npackage main\n\nfunc main() {}\n', 'x_test.go': 'package main\n\nvar a = "web"\n', 'web/a.css': '' },
		[],
	],
];

for (const [name, files, expected] of SHIPPED) test(`shipped: ${name}`, (t) => assert.deepEqual(plan(t, { 'go.mod': MOD, ...files }).facts.ships, expected));

test('a program that opens files beside it is started there', (t) => {
	const made = plan(t, { 'go.mod': MOD, 'cmd/web/main.go': printing('templates/a.html'), 'cmd/web/templates/a.html': '' });
	assert.equal(made.facts.workdir, 'cmd/web');
	assert.deepEqual(made.facts.ships, ['templates']);
});

test('a folder that is named as the program is does not collide with it', (t) => {
	const made = plan(t, { 'go.mod': MOD, 'cmd/web/main.go': printing('web/a.html'), 'web/a.html': '' });
	assert.deepEqual(made.processes[0]?.command, ['/app/bin/web']);
});

test('ports: PORT is set where it is read, a written one is exposed, one that only listens inside is said', (t) => {
	const reads = plan(t, { 'go.mod': MOD, 'main.go': printing('PORT') });
	assert.deepEqual([reads.config.env, reads.config.ExposedPorts], [{ PORT: '8080' }, { '8080/tcp': {} }]);
	const listen = (at: string): Files => ({ 'go.mod': MOD, 'main.go': `package main\n\nfunc main() {\n\thttp.ListenAndServe("${at}", nil)\n}\n` });
	assert.deepEqual(plan(t, listen(':3000')).config.ExposedPorts, { '3000/tcp': {} });
	assert.match(plan(t, listen('localhost:3000')).warnings[0]?.says ?? '', /listens on localhost only/);
});

test('dependencies: vendored, locked, or with a warning', (t) => {
	const uses = 'package main\n\nimport "github.com/gorilla/mux"\n\nfunc main() { mux.NewRouter() }\n';
	const mod = (files: Files) => plan(t, { 'main.go': uses, ...files });
	assert.match(String((mod({ 'go.mod': MOD, 'vendor/modules.txt': '' }).facts.env as { GOFLAGS: string }).GOFLAGS), /-mod=vendor/);
	assert.equal(mod({ 'go.mod': MOD, 'go.sum': '' }).warnings.length, 0);
	assert.match(mod({ 'go.mod': MOD }).warnings[0]?.says ?? '', /no go\.sum/);
	assert.match(mod({}).warnings[0]?.says ?? '', /no go\.mod/);
});

test('what is imported is known of the sources alone, unless other files take part', (t) => {
	const imports = (more: Files, text = MAIN) => plan(t, { 'go.mod': MOD, 'go.sum': '', 'main.go': text, ...more }).facts.imports;
	const plain = imports({});
	assert.equal(imports({}, MAIN.replace('main() {}', 'main() { println(1) }')), plain);
	assert.notEqual(imports({}, 'package main\n\nimport "C"\n\nfunc main() {}\n'), plain);
	assert.notEqual(imports({ 'db/db.go': 'package db\n\nimport _ "github.com/mattn/go-sqlite3"\n' }), plain);
	assert.equal(imports({ 'vendor/modules.txt': '' }), undefined);
	assert.equal(imports({ 'go.mod': `${MOD}replace example.com/lib => ./lib\n` }), undefined);
});

test("ko's configuration: flags, variables, base image; templates of commits are named", (t) => {
	const ko = {
		defaultBaseImage: 'example.com/base:1',
		builds: [
			{
				id: 'a',
				main: './cmd/a',
				env: ['CGO_ENABLED=0'],
				flags: ['-tags', 'netgo'],
				ldflags: ['-X main.version={{.Env.VERSION}}', '-X main.commit={{.Git.ShortCommit}}'],
			},
		],
	};
	const files = { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, '.ko.yaml': ko, 'cmd/a/kodata/x.txt': 'x' };
	const made = plan(t, files, { buildEnv: { VERSION: '7' } });
	assert.deepEqual(made.base, { kind: 'registry', ref: 'example.com/base:1' });
	assert.deepEqual(made.facts.flags, ['-trimpath', '-buildvcs=false', '-tags', 'netgo', '-ldflags=-s -w -B=0x00 -X main.version=7 -X main.commit=unknown']);
	assert.equal(made.config.env?.KO_DATA_PATH, '/app/kodata');
	assert.match(made.warnings[0]?.says ?? '', /another one with every commit/);
	const id = 'a1b2c3d4e5'.repeat(4);
	const git = { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${id} refs/heads/main\n${'0'.repeat(40)} refs/tags/v1\n^${id}\n` };
	const tagged = { builds: [{ main: './cmd/a', ldflags: ['-X main.v={{.Git.Tag}}-{{ .Git.ShortCommit }}-{{.Git.Branch}}-{{.Git.TreeState}}'] }] };
	assert.match(String(plan(t, { ...files, ...git, '.ko.yaml': tagged }).facts.flags), /-X main\.v=v1-a1b2c3d-main-unknown/);
	assert.throws(() => plan(t, files), { code: 'CONFIG_INVALID', hint: /--build-env VERSION/ });
	assert.throws(() => plan(t, { ...files, '.ko.yaml': { builds: [{ main: 'cmd/a', flags: ['-toolexec=x'] }] } }), {
		code: 'CONFIG_INVALID',
		message: /toolexec/,
	});
});

test("ko's templates of times: the commit's where it can be read, else the image's, never the clock's", (t) => {
	const commit = () => ({ id: 'a1b2c3d4e5'.repeat(4), time: 1700000001 });
	const ko = (template: string) => ({
		'go.mod': MOD,
		'main.go': MAIN,
		'.ko.yaml': { defaultLdflags: [`-X main.x=${template}`], defaultEnv: [`X=${template}`] },
	});
	const filled = (template: string, more: Partial<PlanRequest>): string => {
		const { flags, env } = plan(t, ko(template), more).facts as { flags: string[]; env: Record<string, string> };
		assert.equal(flags.at(-1), `-ldflags=-s -w -B=0x00 -X main.x=${env.X}`);
		return env.X as string;
	};
	assert.equal(filled('{{.Git.CommitDate}} {{.Git.CommitTimestamp}}', { commit }), '2023-11-14T22:13:21Z 1700000001');
	assert.equal(filled('{{.Git.CommitDate}}', {}), 'unknown');
	assert.equal(filled('{{.Date}} {{ .Timestamp }}', { commit }), '1970-01-01T00:00:00Z 0');
	assert.equal(filled('{{.Date}} {{.Timestamp}}', { commit, epoch: 1600000000 }), '2020-09-13T12:26:40Z 1600000000');
	const warned = (template: string, more: Partial<PlanRequest> = {}): string => String(plan(t, ko(template), more).warnings.map(({ says }) => says));
	assert.match(warned('{{.Date}}', { epoch: 1600000000 }), /2020-09-13.*SOURCE_DATE_EPOCH/);
	assert.match(warned('{{.Git.CommitDate}}'), /another one with every commit/);
	assert.match(warned('{{.Git.IsDirty}}'), /"unknown": Git\.IsDirty/);
	assert.doesNotMatch(warned('{{.Git.IsDirty}}'), /commit/);
});

test('linux_capabilities: of each program its own, said in the plan; the section go: goes before', (t) => {
	const builds = [{ main: './cmd/a', linux_capabilities: 'net_bind_service chown' }, { main: './cmd/b', linux_capabilities: ['bpf=ep'] }, { main: './cmd/c' }];
	const files = { 'go.mod': MOD, 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN, 'cmd/c/main.go': MAIN, '.ko.yaml': { builds } };
	const made = plan(t, files, { main: './cmd/a', moreMains: ['./cmd/b', './cmd/c'] });
	assert.deepEqual(made.facts.capabilities, { a: ['net_bind_service', 'chown'], b: ['bpf=ep'] });
	assert.deepEqual(
		made.reasons.filter(({ says }) => says.includes('capabilities')),
		[
			{ file: '.ko.yaml', says: 'the file /app/a has the capabilities net_bind_service chown' },
			{ file: '.ko.yaml', says: 'the file /app/b has the capabilities bpf=ep' },
		],
	);
	assert.match(made.layers.at(-1)?.says ?? '', /\/app\/b \(bpf=ep\)/);
	assert.deepEqual(made.warnings, []);
	assert.equal(plan(t, files, { main: './cmd/c' }).facts.capabilities, undefined);
	const own = plan(t, files, { main: './cmd/c', settings: { capabilities: ['net_raw kill'] } });
	assert.deepEqual(own.facts.capabilities, { c: ['net_raw', 'kill'] });
	assert.throws(() => plan(t, files, { main: './cmd/c', settings: { capabilities: ['x'] } }), { code: 'CONFIG_INVALID', at: { file: 'tare.yaml' } });
	for (const wrong of ['net_bind', { net_raw: true }])
		assert.throws(() => plan(t, { 'go.mod': MOD, 'main.go': MAIN, '.ko.yaml': { builds: [{ linux_capabilities: wrong }] } }), {
			code: 'CONFIG_INVALID',
			at: { file: '.ko.yaml' },
		});
});

test('the section go: of tare.yaml goes before .ko.yaml', (t) => {
	const files = { 'go.mod': MOD, 'main.go': MAIN, '.ko.yaml': 'defaultLdflags: ["-X main.a=ko"]\ndefaultFlags: ["-race"]\n' };
	const settings = { ldflags: ['-X main.version={{.Env.VERSION}}'], tags: ['netgo', 'osusergo'], cgo: false };
	const { flags, env } = plan(t, files, { settings, buildEnv: { VERSION: '7' } }).facts as { flags: string[]; env: Record<string, string> };
	assert.deepEqual(flags, ['-trimpath', '-buildvcs=false', '-tags=netgo,osusergo', '-race', '-ldflags=-s -w -B=0x00 -X main.version=7']);
	assert.equal(env.CGO_ENABLED, '0');
	const debug = plan(t, files, { settings: { debug: true } }).facts.flags as string[];
	assert.equal(debug.at(-1), '-ldflags=-B=0x00 -X main.a=ko');
	assert.throws(() => plan(t, files, { settings }), { code: 'CONFIG_INVALID', at: { file: 'tare.yaml' }, hint: /--build-env VERSION/ });
});

test('a program that needs a build tag: named where nobody gives the tag, built where the project does', (t) => {
	const files = (constraint: string): Files => ({ 'go.mod': MOD, 'main.go': `${constraint}\n\n${MAIN}`, 'other.go': `//go:build windows\n\n${MAIN}` });
	for (const constraint of ['//go:build heroku', '// +build heroku', '//go:build linux && heroku && !debug'])
		assert.throws(
			() => plan(t, files(constraint)),
			(error: { code: string; message: string; hint: string }) =>
				error.code === 'NO_START' && /main\.go, which needs the build tag heroku/.test(error.message) && /tags: \[heroku\]/.test(error.hint),
			constraint,
		);
	assert.equal(plan(t, files('//go:build heroku'), { settings: { tags: ['heroku'] } }).processes.length, 1);
	assert.throws(() => plan(t, { 'go.mod': MOD, 'tools.go': '//go:build tools\n\npackage main\n\nfunc main() {}\n' }), { message: /no Go file of the project/ });
});
