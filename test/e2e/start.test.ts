/** How the command line starts: from its own files alone, and from what an earlier start has compiled. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, CLI, ROOT, tare } from '../support/cli.js';
import { folder } from '../support/files.js';

test('the command line works from a copy of dist alone', (t) => {
	const dir = folder(t);
	mkdirSync(join(dir, 'dist'));
	cpSync(join(ROOT, 'dist'), join(dir, 'dist'), { recursive: true });
	const { stdout, status } = spawnSync(process.execPath, [join(dir, 'dist/cli.cjs'), '--version'], { encoding: 'utf8' });
	assert.equal(status, 0);
	assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('what is compiled is kept for the next start: one file a command, of the user alone', (t) => {
	const XDG_CACHE_HOME = folder(t);
	const env = { XDG_CACHE_HOME, NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
	const code = join(XDG_CACHE_HOME, 'tare-code');
	const help = built(['build', '--help'], { env }).stdout;
	built(['errors'], { env });
	const names = readdirSync(code).sort();
	assert.deepEqual(
		names.map((name) => name.split('-').at(-1)),
		['build.bin', 'errors.bin'],
	);
	const file = join(code, names[0] ?? '');
	assert.equal(statSync(code).mode & 0o777, 0o700);
	assert.equal(statSync(file).mode & 0o777, 0o600);
	const kept = () => [statSync(file).ino, statSync(file).mtimeMs];
	const before = kept();
	assert.equal(built(['build', '--help'], { env }).stdout, help);
	assert.deepEqual(kept(), before, 'V8 took it as it was');
	// Broken, another version's, or not to be had: it is as if there were none.
	truncateSync(file, 1000);
	assert.equal(built(['build', '--help'], { env }).stdout, help);
	assert.ok(statSync(file).size > 1000, 'made anew');
	writeFileSync(join(code, 'tare-old-version.bin'), 'x');
	utimesSync(join(code, 'tare-old-version.bin'), 0, 0);
	const damaged = readFileSync(file);
	writeFileSync(file, damaged.fill(0, 100_000, 105_000));
	assert.equal(built(['build', '--help'], { env }).stdout, help);
	assert.deepEqual(readdirSync(code).sort(), names, 'files older than a month are gone');
	if (process.getuid?.() === 0) {
		chownSync(file, 65532, 65532);
		assert.equal(built(['build', '--help'], { env }).stdout, help);
		assert.equal(statSync(file).uid, 0, "another user's is not run, but made anew");
	}
	assert.equal(built(['build', '--help'], { env: { ...env, XDG_CACHE_HOME: file } }).stdout, help);
});

test('modules of the user are loaded by code that an earlier start has compiled', (t) => {
	const env = { XDG_CACHE_HOME: folder(t), NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
	const dir = join(ROOT, 'examples/custom-builder');
	const plans = [1, 2].map(() => JSON.parse(built(['plan', dir, '--json', '--allow-project-code'], { env }).stdout).plan);
	assert.equal(plans[0].builder, JSON.parse(readFileSync(join(dir, 'expect.json'), 'utf8')).builder);
	assert.deepEqual(plans[1], plans[0]);
});

test("Node's variables for compiled code are obeyed, and a command that fails keeps none", (t) => {
	const [XDG_CACHE_HOME, other] = [folder(t), join(folder(t), 'other')];
	built(['--version'], { env: { XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE: '1' } });
	assert.equal(tare(['nothing'], { env: { XDG_CACHE_HOME } }).status, 2);
	built(['--version'], { env: { XDG_CACHE_HOME, NODE_COMPILE_CACHE: other } });
	assert.deepEqual(readdirSync(XDG_CACHE_HOME), []);
	assert.equal(readdirSync(other).length, 1);
});

test('a reader that has seen enough is no failure', () => {
	const { status, stderr } = spawnSync(
		'sh',
		['-c', `"$0" "$1" build --help | head -n 1; "$0" "$1" build --nothing 2>&1 >/dev/null | true`, process.execPath, CLI],
		{
			encoding: 'utf8',
		},
	);
	assert.equal(status, 0);
	assert.equal(stderr, '');
});
