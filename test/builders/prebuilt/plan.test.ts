/** Folders shipped as they are: what is started, and what it needs. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { programIndex } from '../../../src/builder/launcher/command.js';
import { plan } from '../../../src/index.js';
import { folder } from '../../support/files.js';

/** A 64-bit ELF executable with nothing but its head: linked statically. */
function elf(machine: number, mark = ''): Buffer {
	const head = Buffer.alloc(64);
	head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
	head.writeUInt16LE(2, 16);
	head.writeUInt16LE(machine, 18);
	return Buffer.concat([head, Buffer.from(mark, 'latin1')]);
}

function programs(t: TestContext, names: Readonly<Record<string, number>>, files: Readonly<Record<string, string>> = {}): string {
	const dir = folder(t, { 'readme.txt': 'x', ...files });
	for (const [name, machine] of Object.entries(names)) {
		writeFileSync(join(dir, name), elf(machine));
		chmodSync(join(dir, name), 0o755);
	}
	return dir;
}

test('a static program of Go needs no C library, another an init', async (t) => {
	const dir = programs(t, { server: 62 });
	const other = (await plan({ dir, entrypoint: './server' })).plan;
	assert.deepEqual(other.base.kind === 'debian' && other.base.sets, ['static', 'cc', 'init']);
	writeFileSync(join(dir, 'server'), elf(62, '\xff Go buildinf:'));
	const made = (await plan({ dir, entrypoint: './server --port "80 80"' })).plan;
	assert.equal(made.builder, 'prebuilt');
	assert.deepEqual(made.processes[0]?.command, ['/app/server', '--port', '80 80']);
	assert.deepEqual(made.base.kind === 'debian' && made.base.sets, ['static']);
});

test('a file is a folder with nothing else', async (t) => {
	const dir = programs(t, { server: 62, other: 62 });
	assert.deepEqual((await plan({ dir: join(dir, 'server') })).plan.processes[0]?.command, ['/app/server']);
});

test('the only program is started; of two none', async (t) => {
	assert.deepEqual((await plan({ dir: programs(t, { one: 62 }), builder: 'prebuilt' })).plan.processes[0]?.command, ['/app/one']);
	await assert.rejects(plan({ dir: programs(t, { one: 62, two: 62 }), builder: 'prebuilt' }), { code: 'AMBIGUOUS', hint: /--entrypoint \.\/one/ });
});

test('variables of the command are filled in when the container starts, the runtime by its own path', async (t) => {
	const launch = '/usr/local/lib/tare/launch';
	const made = (await plan({ dir: programs(t, { server: 62 }), entrypoint: './server --port ${PORT:-80}' })).plan;
	assert.deepEqual(made.processes[0]?.command, [launch, '/app/server', '--port', '${PORT:-80}']);
	assert.equal(made.config.env?.PORT, '8080');
	assert.equal(programIndex([launch, 'A=b', 'node', 'server.js']), 2);
	assert.equal(programIndex(['node', 'A=b']), 0);
});

test('a Procfile names its processes', async (t) => {
	const dir = programs(t, { one: 62, two: 62 }, { Procfile: 'web: ./one\nworker: ./two -v\n' });
	assert.deepEqual((await plan({ dir, builder: 'prebuilt', process: 'worker' })).plan.processes[0], {
		type: 'worker',
		command: ['/app/two', '-v'],
		reasons: [{ file: 'Procfile', line: 2, says: 'process "worker": ./two -v' }],
	});
	const shell = programs(t, { one: 62 }, { Procfile: 'web: ./one | tee log\n' });
	await assert.rejects(plan({ dir: shell, builder: 'prebuilt' }), { code: 'START_UNSUPPORTED', message: /shell/, at: { file: 'Procfile', line: 1 } });
});

test('runtimes by the first word', async (t) => {
	const dir = folder(t, { 'server.js': '', 'app.jar': 'PK' });
	assert.equal((await plan({ dir, entrypoint: 'node server.js' })).plan.runtime?.name, 'node');
	const java = (await plan({ dir, entrypoint: 'java -jar app.jar', runtime: '25' })).plan;
	assert.deepEqual(java.base.kind === 'debian' && java.base.sets.at(-1), 'jre-25');
});

const MISTAKES: readonly [string, string, object][] = [
	['a script', './run.sh', { code: 'START_UNSUPPORTED', message: /script for \/bin\/sh/ }],
	['a script for node', './run.js', { code: 'START_UNSUPPORTED', hint: /--entrypoint "node run\.js"/ }],
	['no such file', './none', { code: 'NO_START', hint: /Programs in the folder: one\./ }],
	['a text', './readme.txt', { code: 'START_UNSUPPORTED', message: /no Linux program/ }],
	['a shell construct', './one > log', { code: 'START_UNSUPPORTED', message: /needs a shell/ }],
];
for (const [says, entrypoint, expected] of MISTAKES) {
	test(`mistake: ${says}`, async (t) => {
		const dir = programs(t, { one: 62 }, { 'run.sh': '#!/bin/sh\n', 'run.js': '#!/usr/bin/env node\n' });
		await assert.rejects(plan({ dir, entrypoint }), expected);
	});
}
