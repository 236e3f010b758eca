/** What `tare run` reads: variables, ports, users, signals, commands; and that nothing is left when its shell is killed, too. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { TareError } from '../../src/errors.js';
import type { Image } from '../../src/image/types.js';
import type { ContainerConfig } from '../../src/oci/types.js';
import { parseVariables, readEnvFile } from '../../src/run/env-file.js';
import { parsePort, urlOf } from '../../src/run/port.js';
import { portOf, processOf } from '../../src/run/process.js';
import { tellPort } from '../../src/run/publish.js';
import { startReaper } from '../../src/run/reaper.js';
import { signalNumber } from '../../src/run/running.js';
import { resolveUser } from '../../src/run/user.js';
import { folder } from '../support/files.js';

const code = (expected: string) => (error: unknown) => error instanceof TareError && error.code === expected;
const imageOf = (config: ContainerConfig) => ({ config: { value: { config } } }) as unknown as Image;

test("an env file is docker's: no quotes, no escapes, names alone from this machine", (t) => {
	const text = '\uFEFF# comment\n\nA=1\n  B="two words" # no comment\r\nC=a=b\nHOME\nMISSING\nEMPTY=\n';
	const file = join(folder(t, { env: text }), 'env');
	assert.deepEqual(readEnvFile(file, { HOME: '/home/me' }), { A: '1', B: '"two words" # no comment', C: 'a=b', HOME: '/home/me', EMPTY: '' });
	assert.deepEqual(parseVariables(['A=', 'B', 'C=x=y'], { B: 'b' }), { A: '', B: 'b', C: 'x=y' });
	writeFileSync(file, 'GOOD=1\nBAD NAME=secret\n');
	assert.throws(
		() => readEnvFile(file, {}),
		(error) => code('USAGE')(error) && /line 2/.test((error as Error).message) && !/secret/.test((error as Error).message),
	);
	assert.throws(() => parseVariables(['=x'], {}), code('USAGE'));
});

test('ports', async (t) => {
	const server = createServer().listen(0, '127.0.0.1');
	t.after(() => server.close());
	await new Promise((resolve) => server.once('listening', resolve));
	const { port: taken } = server.address() as { port: number };
	const [one, two] = [await parsePort('0', 8080), await parsePort('0.0.0.0:0:90/tcp', 8080)];
	assert.deepEqual([one.address, one.app, two.address, two.app], ['127.0.0.1', 8080, '0.0.0.0', 90]);
	assert.ok(one.host > 0 && two.host > 0);
	assert.equal(urlOf({ address: '0.0.0.0', host: 80, app: 80 }), 'http://127.0.0.1:80');
	assert.equal(urlOf({ address: '::1', host: 80, app: 80 }), 'http://[::1]:80');
	await assert.rejects(parsePort(`${taken}:80`, undefined), code('PORT_TAKEN'));
	for (const text of ['', 'x', '80:', '70000', '1:70000', '53:53/udp', '256.1.1.1:1:1', '0:0'])
		await assert.rejects(parsePort(text, undefined), code('USAGE'), text);
});

test('the port that an app is told: where it is reached on this machine, or its own in a network of its own', () => {
	const ports = [{ address: '127.0.0.1', host: 3000, app: 8080 }];
	assert.equal(tellPort({ PORT: '8080' }, ports, 'host').PORT, '3000');
	assert.equal(tellPort({ PORT: '8080' }, ports, 'own').PORT, '8080');
	assert.equal(tellPort({}, ports, 'host').PORT, '3000');
	assert.equal(tellPort({}, ports, 'own').PORT, '8080');
	assert.equal(tellPort({ PORT: '9' }, ports, 'host').PORT, '9', 'another port of the app');
	assert.equal(tellPort({}, [], 'host').PORT, undefined);
	assert.equal(portOf(imageOf({ ExposedPorts: { '53/udp': {}, '81/tcp': {}, '82/tcp': {} } }), {}), 81);
	assert.equal(portOf(imageOf({ ExposedPorts: { '81/tcp': {} } }), { PORT: '5' }), 5);
});

test('the process: arguments take the place of the command, variables of those of the image', () => {
	const image = imageOf({ Entrypoint: ['/app'], Cmd: ['serve'], Env: ['A=1', 'B=x=y', 'C'], WorkingDir: '/srv' });
	assert.deepEqual(processOf(image, [], {}).argv, ['/app', 'serve']);
	const { argv, env, cwd } = processOf(image, ['check'], { A: '2' });
	assert.deepEqual([argv, cwd, env.A, env.B, env.C], [['/app', 'check'], '/srv', '2', 'x=y', '']);
	assert.match(env.PATH ?? '', /\/usr\/bin/);
	assert.throws(() => processOf(imageOf({}), [], {}), code('RUN_FAILED'));
});

test('users, by number and by name', () => {
	const files = { passwd: 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:Web:/srv:/none\n', group: 'root:x:0:\nweb:x:34:\nssl:x:35:web,mail\n' };
	assert.deepEqual(resolveUser('', files), { uid: 0, gid: 0, groups: [], home: '/root' });
	assert.deepEqual(resolveUser('web', files), { uid: 33, gid: 34, groups: [35], home: '/srv' });
	assert.deepEqual(resolveUser('33', files), { uid: 33, gid: 34, groups: [35], home: '/srv' });
	assert.deepEqual(resolveUser('65532:65532', files), { uid: 65532, gid: 65532, groups: [], home: '/' });
	assert.deepEqual(resolveUser('web:ssl', files), { uid: 33, gid: 35, groups: [], home: '/srv' });
	assert.throws(() => resolveUser('nobody', files), code('IMAGE_INVALID'));
	assert.throws(() => resolveUser('web:nobody', files), code('IMAGE_INVALID'));
});

test('stop signals, as images name them', () => {
	const cases = { SIGTERM: 15, quit: 3, '10': 10, 'SIGRTMIN+3': 37, RTMIN: 34, nonsense: undefined };
	for (const [text, number] of Object.entries(cases)) assert.equal(signalNumber(text), number, text);
});

test('the reaper undoes backwards what it was told, not what was taken back, and what is for a kill only after one', async (t) => {
	const dir = folder(t);
	const log = join(dir, 'a folder with \'quotes" and $signs');
	const say = (text: string) => ['sh', '-c', 'echo "$1" >> "$2"', 'sh', text, log];
	const reaper = await startReaper();
	await reaper.undo(say('last'));
	const forget = await reaper.undo(say('never'));
	await reaper.undo(say('killed'), 'killed');
	await reaper.undo(['false'], 'again');
	await reaper.undo(say('first'));
	forget();
	const began = performance.now();
	await Promise.all([reaper.end(), reaper.end()]);
	assert.ok(performance.now() - began < 1500, 'nothing is tried again without a kill');
	assert.deepEqual(lines(log), ['first', 'last']);
});

test('a reaper that was killed is followed by another', async (t) => {
	const file = join(folder(t, { file: '' }), 'file');
	const reaper = await startReaper();
	await reaper.undo(['sh', '-c', 'kill -KILL $PPID; sleep 0.1']);
	await reaper.undo(['rm', '--', file]);
	await reaper.end();
	assert.ok(!existsSync(file));
});

function lines(path: string): readonly string[] {
	return readFileSync(path, 'utf8').trim().split('\n');
}
