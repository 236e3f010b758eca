/** The launcher fills variables into a command as a shell would: the program in the package, and what the compiler here makes of its source. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const HOST = process.arch === 'arm64' ? 'arm64' : 'amd64';
const VARIABLES = { PORT: '81', EMPTY: '', TWO: ' a  b ' };

/** Words, and what the program gets; `env` first prints a variable. */
const COMMANDS: readonly (readonly [readonly string[], readonly string[]])[] = [
	[
		['-p', ':$PORT'],
		['-p', ':81'],
	],
	[['${PORT}0', '$PORTS', '$NO'], ['810']],
	[
		['${NO:-8080}', '${EMPTY:-x}', '${EMPTY-x}', '${PORT:-80}'],
		['8080', 'x', '81'],
	],
	[
		['$TWO', '-$TWO-'],
		['a', 'b', '- a  b -'],
	],
	[
		['$$PORT', '$', '$5', 'a$'],
		['$PORT', '$', '$5', 'a$'],
	],
	[
		['', 'ä b'],
		['', 'ä b'],
	],
];

function program(t: TestContext, architecture: string): string {
	const entry = launcherEntry({ os: 'linux', architecture });
	assert.ok(entry.type === 'file' && entry.content.kind === 'bytes' && entry.size < 4096);
	const path = join(folder(t), 'launch');
	writeFileSync(path, entry.content.bytes);
	chmodSync(path, 0o755);
	return path;
}

function check(launcher: readonly string[]): void {
	const [file = '', ...before] = launcher;
	const run = (words: readonly string[]) => spawnSync(file, [...before, ...words], { env: VARIABLES, encoding: 'utf8' });
	const print = [process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--'];
	for (const [words, expected] of COMMANDS) assert.deepEqual(JSON.parse(run([...print, ...words]).stdout), expected, words.join(' '));
	const set = run(['ADDR=:$PORT', 'PORT=9', process.execPath, '-p', 'process.env.ADDR + process.env.PORT', '--']);
	assert.equal(set.stdout, ':819\n');
	const missing = run(['/nowhere/x']);
	assert.deepEqual([missing.status, missing.stderr], [127, '/nowhere/x\n']);
}

test('the launcher of the package', (t) => check([program(t, HOST)]));

test('the launcher for the other processor', (t) => {
	if (HOST === 'arm64' || !hasTools(t, 'qemu-aarch64-static')) return;
	check(['qemu-aarch64-static', program(t, 'arm64')]);
});

test("the launcher's source", (t) => {
	if (!hasTools(t, 'cc')) return;
	const path = join(folder(t), 'launch');
	const flags = ['-Os', '-ffreestanding', '-fno-stack-protector', '-fno-builtin', '-fno-pie', '-nostdlib', '-static', '-no-pie'];
	execFileSync('cc', [...flags, '-o', path, join(ROOT, 'src/builder/launcher/launch.c')]);
	check([path]);
});

test('a processor that has no launcher is an error of its own', () => {
	assert.throws(() => launcherEntry({ os: 'linux', architecture: 'riscv64' }), { code: 'START_UNSUPPORTED', message: /linux\/riscv64/ });
});
