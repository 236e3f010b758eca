/** Bad input, each with its code, exit code and hint, and nothing half-written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, start, tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

interface Failure {
	readonly code: string;
	readonly exitCode: number;
	readonly hint?: string;
	readonly at?: { readonly file: string; readonly line?: number };
	readonly message: string;
}

function failure(args: readonly string[], env: Record<string, string> = {}): Failure {
	const result = tare([...args, '--json'], { env });
	const { error } = JSON.parse(result.stdout) as { error: Failure };
	assert.equal(result.status, error.exitCode);
	return error;
}

const SERVER = "require('node:http').createServer((q, s) => s.end('ok')).listen(process.env.PORT)";
const app = (more: object = {}): Files => ({
	'package.json': { name: 'x', version: '1.0.0', scripts: { start: 'node server.js' }, ...more },
	'server.js': SERVER,
});

const CASES: readonly (readonly [string, Files, readonly string[], Partial<Failure> & { readonly says?: RegExp }])[] = [
	['an empty folder', {}, [], { code: 'NOTHING_DETECTED', exitCode: 20 }],
	[
		'two languages',
		{ 'go.mod': 'module x', 'main.go': 'package main', 'requirements.txt': 'flask', 'app.py': 'app = 1' },
		[],
		{ code: 'AMBIGUOUS', exitCode: 20, says: /go \(go\.mod\) and python \(requirements\.txt\)/ },
	],
	['broken package.json', { 'package.json': '{\n "name": "x",\n}' }, [], { code: 'MANIFEST_INVALID', exitCode: 20, at: { file: 'package.json', line: 3 } }],
	['engines that nothing satisfies', app({ engines: { node: '>=99' } }), [], { code: 'VERSION_UNSATISFIABLE', exitCode: 20, says: />=99/ }],
	['a start script for a shell', app({ scripts: { start: 'node a.js | tee log' } }), [], { code: 'START_UNSUPPORTED', exitCode: 20, says: /"\|"/ }],
	['nothing to start', { 'package.json': { name: 'x', dependencies: { a: '1' } } }, [], { code: 'NO_START', exitCode: 20 }],
	[
		'two lock files',
		{ ...app(), 'package-lock.json': { lockfileVersion: 3, packages: {} }, 'yarn.lock': '' },
		[],
		{ code: 'AMBIGUOUS', exitCode: 20, says: /package-lock\.json and yarn\.lock/ },
	],
	[
		'a lock file out of date',
		{
			...app({ dependencies: { 'is-number': '^7.0.0' } }),
			'package-lock.json': { lockfileVersion: 3, packages: { '': {}, 'node_modules/is-number': { version: '6.0.0' } } },
		},
		[],
		{ code: 'LOCKFILE_OUTDATED', exitCode: 30, says: /is-number/ },
	],
	[
		'a failing build script',
		app({ scripts: { start: 'node server.js', build: 'node -e "console.log(\'about to fail\'); process.exit(3)"' } }),
		[],
		{ code: 'BUILD_FAILED', exitCode: 30, at: { file: 'package.json', line: 6 } },
	],
	[
		'a failing postinstall',
		app({ scripts: { start: 'node server.js', postinstall: 'exit 7' } }),
		[],
		{ code: 'BUILD_FAILED', exitCode: 30, says: /postinstall/ },
	],
	[
		'packages of a workspace in a circle',
		{
			'package.json': { name: 'root', private: true, workspaces: ['a', 'b'] },
			'a/package.json': { name: 'a', version: '1.0.0', dependencies: { b: '1.0.0' }, scripts: { start: 'node server.js' } },
			'a/server.js': SERVER,
			'b/package.json': { name: 'b', version: '1.0.0', dependencies: { a: '1.0.0' } },
		},
		[],
		{ code: 'WORKSPACE_CIRCULAR', exitCode: 20, says: /a.*b.*a/ },
	],
	['an unknown key', { ...app(), 'tare.yaml': 'colour: red\n' }, [], { code: 'CONFIG_INVALID', exitCode: 21, at: { file: 'tare.yaml', line: 1 } }],
	['a bad reference', app(), ['-t', 'UPPER/case'], { code: 'REFERENCE_INVALID', exitCode: 2 }],
	['a frozen build without a lock', app(), ['--frozen'], { code: 'LOCK_FROZEN', exitCode: 41 }],
	['a damaged lock', { ...app(), 'tare.lock': '{"lockVersion": 1,' }, [], { code: 'LOCK_INVALID', exitCode: 41 }],
	['a lock of the future', { ...app(), 'tare.lock': '{"lockVersion": 9}' }, [], { code: 'LOCK_INVALID', exitCode: 41, says: /version 9/ }],
	['an unknown Debian package', app(), ['--package', 'libvipz'], { code: 'PACKAGE_NOT_FOUND', exitCode: 40 }],
	['a package that does not exist', app({ dependencies: { 'is-number': '99.0.0' } }), [], { code: 'INSTALL_FAILED', exitCode: 30 }],
	[
		'an unreachable mirror',
		{ ...app(), 'tare.yaml': 'mirrors: [{archive: "http://127.0.0.1:9/debian", security: "http://127.0.0.1:9/security"}]\n' },
		[],
		{ code: 'BASE_UNAVAILABLE', exitCode: 40, says: /127\.0\.0\.1:9/ },
	],
	['an unreachable registry', app(), ['-t', '127.0.0.1:9/x', '--push'], { code: 'NETWORK', exitCode: 70, says: /connection was refused/ }],
	['a Node app on scratch', app(), ['--base', 'scratch'], { code: 'BASE_INVALID', exitCode: 40 }],
];

for (const [says, files, flags, expected] of CASES) {
	test(`mistake: ${says}`, (t) => {
		const dir = folder(t, files);
		const out = join(folder(t), 'out');
		const error = failure(['build', dir, '-o', `oci:${out}`, ...flags]);
		assert.equal(error.code, expected.code, error.message);
		assert.equal(error.exitCode, expected.exitCode);
		if (expected.at !== undefined) assert.deepEqual(error.at, expected.at);
		if (expected.says !== undefined) assert.match(error.message, expected.says);
		assert.ok((error.hint ?? '').length > 10, 'a hint says what to do');
		if (!flags.includes('--push')) assert.ok(!existsSync(out), 'no output is left');
		assert.ok(!existsSync(join(dir, 'node_modules')), "the user's folder is untouched");
	});
}

test('a postinstall that wants a server it cannot reach names the server', (t) => {
	const get = "require('node:https').get('https://downloads.invalid/tool').on('error', (e) => { console.error(e.message); process.exit(1); })";
	const dir = folder(t, { ...app({ scripts: { start: 'node server.js', postinstall: 'node fetch.js' } }), 'fetch.js': get });
	assert.match(failure(['build', dir]).hint ?? '', /wants downloads\.invalid, which could not be reached/);
});

test('a private registry without a token says how to give it', async (t) => {
	const registry = createServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end('{"error":"unauthenticated"}'));
	await new Promise<void>((listening) => registry.listen(0, '127.0.0.1', listening));
	t.after(() => registry.close());
	const { port } = registry.address() as AddressInfo;
	const dir = folder(t, { ...app({ dependencies: { '@private/x': '1.0.0' } }), '.npmrc': `@private:registry=http://127.0.0.1:${port}/\n` });
	const child = start(['build', dir, '--json']);
	let [out, log] = ['', ''];
	child.stdout.on('data', (chunk) => (out += chunk));
	child.stderr.on('data', (chunk) => (log += chunk));
	assert.equal(await new Promise((ended) => child.once('close', ended)), 30, log);
	const { error } = JSON.parse(out) as { error: Failure };
	assert.equal(error.code, 'INSTALL_FAILED');
	assert.match(error.hint ?? '', /--secret id=npmrc/);
});

test('mistakes on the command line: exit code 2 and a suggestion', () => {
	const unknown = tare(['build', '--platfrom', 'linux/amd64']);
	assert.equal(unknown.status, 2);
	assert.match(unknown.stderr, /Did you mean --platform/);
	assert.equal(tare(['biuld']).status, 2);
	assert.equal(tare(['build', 'no/such/folder']).status, 2);
	assert.equal(tare(['--help']).status, 0);
});

test('a failing build script shows its own words once', (t) => {
	const dir = folder(t, app({ scripts: { start: 'node server.js', build: 'node -e "console.error(\'the reason\'); process.exit(1)"' } }));
	const { stderr } = tare(['build', dir]);
	assert.equal(stderr.split('the reason').length - 1, 2, 'once in the echoed command, once as output');
});

test('an output that cannot be written', (t) => {
	const dir = folder(t, { ...app(), file: 'x' });
	assert.equal(failure(['build', dir, '-o', `oci:${join(dir, 'file')}`]).code, 'OUTPUT_UNWRITABLE');
	assert.equal(readFileSync(join(dir, 'file'), 'utf8'), 'x');
	const other = folder(t, { 'mine.txt': 'x' });
	assert.equal(failure(['build', dir, '-o', `oci:${other}`]).code, 'OUTPUT_UNWRITABLE');
	assert.deepEqual(readdirSync(other), ['mine.txt']);
});

test('a full disk: a clear error, no output, and the next build is right', (t) => {
	if (!hasTools(t, 'mount', 'umount') || process.getuid?.() !== 0) return;
	const dir = folder(t, app());
	built(['build', dir]);
	const small = folder(t);
	const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]);
	if (status !== 0) return t.skip('cannot mount a small file system here');
	try {
		const error = failure(['build', dir, '-o', `oci:${join(small, 'out')}`]);
		assert.equal(error.code, 'NO_SPACE');
		assert.ok(!existsSync(join(small, 'out')));
		assert.equal(failure(['build', dir], { TARE_CACHE_DIR: join(small, 'store') }).code, 'NO_SPACE');
	} finally {
		spawnSync('umount', [small]);
	}
});

test('a missing shared library names its package, and --fix adds it', (t) => {
	if (!hasTools(t, 'cc')) return;
	const dir = folder(t, {
		...app(),
		'main.c': '#include <zlib.h>\nint main(void) { return zlibVersion()[0] == 0; }\n',
		'zlib.h': 'const char *zlibVersion(void);\n',
		'z.c': 'const char *zlibVersion(void) { return "1"; }\n',
	});
	const run = (line: string) => spawnSync('sh', ['-c', line], { cwd: dir });
	assert.equal(run('cc -shared -fPIC -Wl,-soname,libz.so.1 -o libz.so z.c && cc -I. -o tool main.c ./libz.so && rm libz.so main.c z.c zlib.h').status, 0);
	const error = failure(['build', dir]);
	assert.equal(error.code, 'LIBRARY_MISSING');
	assert.match(error.message, /app\/tool needs libz\.so\.1/);
	assert.match(error.hint ?? '', /zlib1g/);
	const fixed = JSON.parse(built(['build', dir, '--fix', '--json']).stdout);
	assert.ok(fixed.images[0].layers.some(({ name }: { name: string }) => name === 'packages'));
});

test('a binary for another architecture is refused', (t) => {
	const dir = folder(t, app());
	const elf = Buffer.alloc(64);
	elf.write('\x7fELF\x02\x01\x01', 'latin1');
	elf.writeUInt16LE(2, 16);
	elf.writeUInt16LE(183, 18);
	elf.writeUInt16LE(56, 54);
	writeFileSync(join(dir, 'tool'), Buffer.concat([elf, Buffer.alloc(64)]));
	chmodSync(join(dir, 'tool'), 0o755);
	const error = failure(['build', dir]);
	assert.equal(error.code, 'WRONG_ARCHITECTURE');
	assert.match(error.message, /arm64/);
});

test('secrets reach the steps and nothing else', (t) => {
	const dir = folder(t, {
		...app({
			scripts: {
				start: 'node server.js',
				build:
					"node -e \"if (process.env.TOKEN !== ['s3cret', 'value'].join('-')) process.exit(1); console.log(process.env.TOKEN); console.log(process.env.LEAK)\"",
			},
		}),
		'.env': 'A=1',
		'.npmrc': '//registry.example.org/:_authToken=${TOKEN}\n',
	});
	const out = join(folder(t), 'oci');
	const store = folder(t);
	const result = built(['build', dir, '-v', '--secret', 'id=TOKEN', '-o', `oci:${out}`], {
		env: { TOKEN: 's3cret-value', LEAK: 'from the shell', TARE_CACHE_DIR: store },
	});
	assert.ok(!result.stderr.includes('s3cret-value'));
	assert.match(result.stderr, /build\| \*\*\*/);
	assert.match(result.stderr, /build\| undefined/, 'no other variable of the caller reaches a step');
	const paths = JSON.parse(built(['inspect', out, '--json', '--contents', '1000']).stdout)
		.images[0].layers.at(-1)
		.contents.biggest.map(({ path }: { path: string }) => path);
	assert.ok(!paths.includes('app/.env') && !paths.includes('app/.npmrc'));
	const { status } = spawnSync('grep', ['-rq', 's3cret-value', store, out]);
	assert.equal(status, 1, 'the value is nowhere on disk');
});
