/** Killed, crowded, damaged: the next build is right, the store valid, the output absent or whole. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { boot } from '../support/boot.js';
import { built, CLI, digestOf, ROOT, start, tare } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { startRegistry } from '../support/registry.js';
import { canBoot, hasTools } from '../support/tools.js';

const example = (t: TestContext, name = 'node-typescript'): string => {
	const dir = folder(t);
	cpSync(join(ROOT, 'examples', name), dir, { recursive: true });
	return dir;
};

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];
const SERVER = "require('node:http').createServer((q, s) => s.end('ok')).listen(process.env.PORT)";

test('kill -9 at many moments, each followed by a build that is right', async (t) => {
	const dir = example(t);
	const expected = digestOf(built(['build', dir]));
	const store = folder(t);
	const out = join(folder(t), 'oci');
	const env = { TARE_CACHE_DIR: store };
	// The whole build takes about five seconds with an empty store and less as the store fills: every phase is hit.
	const moments = [80, 150, 300, 500, 800, 1200, 1700, 2300, 3000, 600, 1000, 1500, 400, 200, 100];
	for (const ms of moments) {
		const child = start(['build', dir, '-o', `oci:${out}`], { env });
		await Promise.race([setTimeout(ms), new Promise((resolve) => child.once('exit', resolve))]);
		child.kill('SIGKILL');
		if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
		if (existsSync(join(out, 'index.json')))
			execFileSync(process.execPath, [CLI, 'inspect', out, '--contents', '1'], { stdio: 'ignore', env: { ...process.env, ...env } });
	}
	assert.equal(digestOf(built(['build', dir, '-o', `oci:${out}`], { env })), expected);
	assert.equal(JSON.parse(built(['inspect', out, '--json'], { env }).stdout).digest, expected);
	built(['cache', 'prune'], { env });
	assert.deepEqual(readdirSync(join(store, 'v1/tmp')), [], 'what the killed builds left is pruned');
});

test('kill -9 at 50 random moments of a build and push, each followed by one that is right', async (t) => {
	if (!hasTools(t, 'docker-registry', 'skopeo', 'go')) return;
	const { host } = await startRegistry(t);
	const dir = folder(t, {
		'main.go': 'package main\nfunc main() { println("x") }\n',
		'tare.yaml': { entrypoint: './program' },
		noise: randomBytes(4 << 20).toString('base64'),
	});
	execFileSync('go', ['build', '-o', 'program', 'main.go'], { cwd: dir, env: { ...process.env, CGO_ENABLED: '0' } });
	const began = Date.now();
	const expected = digestOf(built(['build', dir, '-t', `${host}/app:first`, '--push'], { env: { TARE_CACHE_DIR: folder(t) } }));
	const whole = Date.now() - began;
	let env = { TARE_CACHE_DIR: folder(t) };
	for (let round = 0; round < 50; round++) {
		// Every few rounds all is made and sent anew.
		if (round % 5 === 0) env = { TARE_CACHE_DIR: folder(t) };
		const args = ['build', dir, '-t', `${host}/app${Math.floor(round / 5)}:${round}`, '--push'];
		const child = start(args, { env });
		await Promise.race([setTimeout(20 + Math.random() * (round % 5 === 0 ? whole : whole / 4)), new Promise((resolve) => child.once('exit', resolve))]);
		child.kill('SIGKILL');
		if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
		assert.equal(digestOf(built(args, { env })), expected, `round ${round}`);
	}
	const raw = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${host}/app9:49`]);
	assert.equal(`sha256:${createHash('sha256').update(raw).digest('hex')}`, expected);
	execFileSync('skopeo', ['copy', '-q', '--src-tls-verify=false', `docker://${host}/app9:49`, `oci:${folder(t)}/x:1`]);
	built(['cache', 'prune'], { env });
	assert.deepEqual(readdirSync(join(env.TARE_CACHE_DIR, 'v1/tmp')), []);
});

test('Ctrl-C: exit code 130, no child process and no scratch folder is left', async (t) => {
	const dir = folder(t, { 'package.json': { scripts: { start: 'node server.js', build: 'sleep 98.7' } }, 'server.js': SERVER });
	built(['build', dir, '--no-build-script']);
	const store = folder(t);
	const child = start(['build', dir], { env: { TARE_CACHE_DIR: store } });
	const running = () => spawnSync('pgrep', ['-f', '^sleep 98.7']).status === 0;
	for (let tries = 0; tries < 300 && !running(); tries++) await setTimeout(100);
	assert.ok(running(), 'the step runs');
	child.kill('SIGINT');
	const code = await new Promise((resolve) => child.once('exit', resolve));
	assert.equal(code, 130);
	assert.equal(running(), false);
	assert.deepEqual(readdirSync(join(store, 'v1/tmp')), []);
});

test('eight builds of two apps at once, sharing an empty store, pushing to one registry: right digests, no blob lost', async (t) => {
	if (!hasTools(t, 'docker-registry', 'skopeo')) return;
	const { host } = await startRegistry(t);
	const dirs = [example(t, 'static-site'), example(t, 'node-express')];
	const expected = dirs.map((dir) => digestOf(built(['build', dir])));
	const env = { TARE_CACHE_DIR: folder(t) };
	const run = async (at: number): Promise<string> => {
		const child = start(['build', dirs[at % 2] as string, '-t', `${host}/app:${at}`, '--push'], { env });
		let [out, err] = ['', ''];
		child.stdout.on('data', (chunk) => (out += chunk));
		child.stderr.on('data', (chunk) => (err += chunk));
		// At its exit not all that it wrote has been read.
		const code = await new Promise((resolve) => child.once('close', resolve));
		assert.equal(code, 0, err);
		return out.trim().split('@')[1] ?? '';
	};
	const digests = await Promise.all(EIGHT.map(run));
	assert.deepEqual(
		digests,
		EIGHT.map((at) => expected[at % 2]),
	);
	for (const at of EIGHT) execFileSync('skopeo', ['copy', '-q', '--src-tls-verify=false', `docker://${host}/app:${at}`, `oci:${folder(t)}/x:1`]);
});

test('damaged blobs in the store are found, made anew, never shipped', async (t) => {
	const dir = example(t, 'node-express');
	const env = { TARE_CACHE_DIR: folder(t) };
	const expected = digestOf(built(['build', dir], { env }));
	const blobs = execFileSync('find', [join(env.TARE_CACHE_DIR, 'v1/blobs'), '-type', 'f'], { encoding: 'utf8' })
		.trim()
		.split('\n');
	for (const path of blobs) {
		const bytes = readFileSync(path);
		bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
		writeFileSync(path, bytes);
	}
	const out = join(folder(t), 'oci');
	const result = tare(['build', dir, '-o', `oci:${out}`], { env });
	assert.equal(result.status, 0, result.stderr);
	assert.equal(digestOf(result), expected);
	assert.equal(JSON.parse(built(['inspect', out, '--json'], { env }).stdout).digest, expected);
});

test('Node 20, 22 and 24 give one digest', (t) => {
	const dir = example(t, 'node-express');
	const expected = digestOf(built(['build', dir]));
	const store = folder(t);
	// The first build was by the Node that runs the tests.
	for (const version of ['20.20.2', '22.23.3', '24.21.0'].filter((version) => !process.version.startsWith(`v${version.slice(0, 3)}`))) {
		const at = folder(t);
		execFileSync('npm', ['pack', '--silent', `node-linux-${process.arch}@${version}`], { cwd: at, stdio: 'ignore' });
		execFileSync('tar', ['-xzf', readdirSync(at).find((name) => name.endsWith('.tgz')) as string, 'package/bin/node'], { cwd: at });
		const node = join(at, 'package/bin/node');
		assert.equal(digestOf(built(['build', dir], { node, env: { TARE_CACHE_DIR: join(store, version) } })), expected, version);
	}
});

test('an unrelated commit does not change the digest, a one-line change only the app layer', (t) => {
	if (!hasTools(t, 'git')) return;
	const dir = example(t, 'node-express');
	const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: dir, stdio: 'ignore' });
	git('init', '-q');
	git('add', '.');
	git('commit', '-qm', 'one');
	const build = () => JSON.parse(built(['build', dir, '--json']).stdout);
	const first = build();
	git('commit', '-q', '--allow-empty', '-m', 'two');
	assert.equal(build().digest, first.digest);
	writeFiles(dir, { 'server.js': `${readFileSync(join(dir, 'server.js'), 'utf8')}// changed\n` });
	const second = build();
	const changed = second.images[0].layers.filter(
		({ digest }: { digest: string }) => !first.images[0].layers.some((layer: { digest: string }) => layer.digest === digest),
	);
	assert.deepEqual(
		changed.map(({ name }: { name: string }) => name),
		['app'],
	);
});

test('push to a registry, copy with skopeo, boot; the digest is that of the layout', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'docker-registry', 'skopeo')) return;
	const { host } = await startRegistry(t);
	const dir = example(t, 'node-express');
	const out = folder(t);
	const result = built(['build', dir, '-t', `${host}/team/app:1.0`, '--push', '-o', `oci:${join(out, 'layout')}`]);
	assert.match(result.stdout, new RegExp(`^${host}/team/app:1\\.0@sha256:`));
	execFileSync('skopeo', ['copy', '-q', '--preserve-digests', '--src-tls-verify=false', `docker://${host}/team/app:1.0`, `oci:${join(out, 'copy')}:1.0`]);
	assert.equal(JSON.parse(execFileSync('skopeo', ['inspect', `oci:${join(out, 'copy')}:1.0`], { encoding: 'utf8' })).Digest, digestOf(result));
	const app = await boot({ image: `${join(out, 'copy')}:1.0` });
	assert.equal((await app.get('/')).status, 200);
	await app.stop();
	const based = built([
		'build',
		folder(t, { 'server.cjs': SERVER }),
		'--base',
		`${host}/team/app:1.0`,
		'--start',
		'/nodejs/bin/node server.cjs',
		'-o',
		`oci:${join(out, 'based')}`,
	]);
	assert.match(based.stdout, /sha256/);
	const onBase = await boot({ image: `${join(out, 'based')}:latest` });
	assert.equal((await onBase.get('/')).body, 'ok');
	await onBase.stop();
});

test('a project of many files and a big one: memory stays bounded', async (t) => {
	if (process.platform !== 'linux') return t.skip('reads /proc');
	const dir = folder(t, { 'server.js': SERVER });
	for (let at = 0; at < 30_000; at++) {
		if (at % 200 === 0) mkdirSync(join(dir, 'data', String(at / 200)), { recursive: true });
		writeFileSync(join(dir, 'data', String(Math.floor(at / 200)), `${at}.txt`), `file ${at} `.repeat(20));
	}
	execFileSync('sh', ['-c', `head -c 300000000 /dev/urandom > ${join(dir, 'big.bin')}`]);
	const child = start(['build', dir, '-q']);
	let peak = 0;
	const timer = setInterval(() => {
		const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
		peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024);
	}, 20);
	const code = await new Promise((resolve) => child.once('exit', resolve));
	clearInterval(timer);
	assert.equal(code, 0);
	assert.ok(peak > 0 && peak < 150e6, `peak RSS was ${Math.round(peak / 1e6)} MB`);
});

test('a store that may only be read serves; what is made is not kept', (t) => {
	if (!hasTools(t, 'bwrap')) return;
	const dir = example(t, 'node-express');
	const store = folder(t);
	const expected = digestOf(built(['build', dir], { env: { TARE_CACHE_DIR: store } }));
	const before = readdirSync(store, { recursive: true }).length;
	writeFiles(dir, { 'new.txt': 'x' });
	const readOnly = (...args: string[]) =>
		spawnSync(
			'bwrap',
			['--bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc', '--ro-bind', store, store, process.execPath, CLI, 'build', dir, ...args],
			{
				encoding: 'utf8',
				env: { ...process.env, TARE_CACHE_DIR: store },
			},
		);
	const changed = readOnly();
	assert.equal(changed.status, 0, changed.stderr);
	assert.match(changed.stderr, /may only be read: what is made now is not kept/);
	assert.match(changed.stderr, /node +\S+ MB kept/);
	assert.notEqual(digestOf(changed), expected);
	rmSync(join(dir, 'new.txt'));
	assert.equal(digestOf(readOnly()), expected);
	assert.equal(readdirSync(store, { recursive: true }).length, before);
});
