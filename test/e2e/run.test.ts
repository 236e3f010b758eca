/** `tare run`: in every runner of the machine the app answers, is told to end, gives its exit code, and nothing of it is left. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assembleImage } from '../../src/image/assemble.js';
import { unpackLayers } from '../../src/layers/unpack.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { freePort } from '../support/boot.js';
import { tare } from '../support/cli.js';
import { folder } from '../support/files.js';
import { packed } from '../support/layers.js';
import { assertNothingLeft, HOST, lab } from '../support/run.js';
import { canBoot, hasTools } from '../support/tools.js';

const here = lab(after);
const RUNNERS = ['runc', 'bwrap', 'podman', 'host'] as const;

/** Loading an image needs podman alone; publishing its ports needs a network, too. */
function hasPodman(): boolean {
	const network = ['/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'].some((path) => existsSync(path));
	return network && process.getuid?.() === 0 && spawnSync('sh', ['-c', 'podman version && iptables --version']).status === 0;
}

/** runc and bwrap are there in CI; podman is used where somebody has it. */
function has(t: TestContext, runner: string): boolean {
	if (!hasTools(t, 'gcc')) return false;
	if (runner === 'host') return true;
	if (runner === 'podman') {
		if (hasPodman()) return true;
		t.skip('needs podman with netavark and iptables');
		return false;
	}
	if (!hasTools(t, runner)) return false;
	if (runner === 'bwrap' || process.getuid?.() === 0) return true;
	t.skip('runc needs root');
	return false;
}

for (const runner of RUNNERS) {
	test(`${runner}: answers as the image's user with its files read-only, hears SIGTERM, gives the exit code`, async (t) => {
		if (!has(t, runner)) return;
		const work = folder(t, { '.env': "# comment\nFROM_FILE='as it stands' \nGREETING=no\n" });
		const port = await freePort();
		const image = await here.image();
		const app = here.run([image, '--runner', runner, '-p', String(port), '-e', 'GREETING=hello', '-e', 'CODE=7', '--env-file', join(work, '.env')]);
		const facts = await app.facts(port);
		assert.equal(facts.greeting, 'hello', 'a variable of the command line wins');
		assert.equal(facts.file, "'as it stands' ", 'quotes of the file are part of the value');
		assert.equal(facts.tmp, 'written');
		if (runner !== 'host' || process.getuid?.() === 0) {
			assert.deepEqual([facts.uid, facts.gid], [65532, 65532]);
			assert.match(String(facts.root), runner === 'host' ? /denied/ : /Read-only/);
		}
		if (runner !== 'host') assert.equal(facts.home, '/home/nonroot');
		await app.says(new RegExp(`listens .*http://127\\.0\\.0\\.1:${port}`));
		app.child.kill('SIGTERM');
		assert.equal(await app.ended, 7);
		assert.equal(app.out(), 'listening\nstopped by 15\n', "the app's output and nothing else");
		assert.match(app.err(), /on stderr/);
		assert.match(app.err(), runner === 'host' ? /no container/ : new RegExp(`with ${runner}`));
		await assertNothingLeft(here);
	});
}

for (const runner of ['runc', 'bwrap'] as const) {
	test(`${runner}: exit codes, signals, the second one, the time of grace`, async (t) => {
		if (!has(t, runner)) return;
		const image = await here.image();
		const run = (args: readonly string[], env = {}) => here.run([image, '--runner', runner, '-p', '0', ...args], env);
		const [exits, aborts] = [run(['--', 'exit', '42']), run(['--', 'abort'])];
		assert.equal(await exits.ended, 42);
		assert.ok([134, 139].includes(await aborts.ended), 'killed by a signal: 128 and its number');
		const interrupted = run(['-e', 'CODE=3']);
		await interrupted.says(/listening/);
		interrupted.child.kill('SIGINT');
		assert.equal(await interrupted.ended, 3);
		assert.match(interrupted.out(), /stopped by 2\n/);
		const [twice, late] = [run(['-e', 'STUBBORN=1']), run(['-e', 'STUBBORN=1', '--grace', '0.5'])];
		await Promise.all([twice.says(/listening/), late.says(/listening/)]);
		twice.child.kill('SIGTERM');
		late.child.kill('SIGHUP');
		await twice.says(/stopped by 15/);
		await delay(500);
		twice.child.kill('SIGINT');
		assert.equal(await twice.ended, 137);
		assert.equal(await late.ended, 137);
		assert.match(late.out(), /stopped by 1\n/);
		assert.match(late.err(), /warning .* 0\.5 seconds after SIGHUP/);
		const own = here.run([await here.image({ StopSignal: 'SIGUSR1' }), '--runner', runner, '-p', '0']);
		await own.says(/listening/);
		own.child.kill('SIGTERM');
		assert.equal(await own.ended, 0);
		assert.match(own.out(), /stopped by 10\n/, 'the stop signal of the image');
		await assertNothingLeft(here);
	});

	test(`${runner}: volumes, writable folders of the image, JSON`, async (t) => {
		if (!has(t, runner)) return;
		const work = folder(t, { 'volume/text': 'from outside' });
		const port = await freePort();
		const image = await here.image({ Volumes: { '/data': {} } });
		const app = here.run([image, '--json', '--runner', runner, '-p', `${port}:8080`, '--volume', `${work}/volume:/volume:ro`]);
		const facts = await app.facts(port);
		assert.equal(facts.volume, 'from outside');
		assert.equal(facts.data, 'written');
		await app.says(/app-listens/);
		app.child.kill('SIGTERM');
		assert.equal(await app.ended, 0);
		const result = JSON.parse(app.out());
		assert.deepEqual([result.exitCode, result.runner], [0, runner]);
		const events = app
			.err()
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		assert.ok(events.some(({ type, line }) => type === 'app-output' && line === 'listening'));
		assert.ok(events.some(({ type, url }) => type === 'app-listens' && url === `http://127.0.0.1:${port}`));
	});

	test(`${runner} --keep: what the app writes to a volume of the image outlives it`, async (t) => {
		if (!has(t, runner)) return;
		const work = folder(t);
		const port = await freePort();
		const image = await here.image({ Volumes: { '/data': {} } });
		const app = here.run([image, '--runner', runner, '-p', `${port}:8080`, '--keep', `${work}/kept`]);
		assert.equal((await app.facts(port)).data, 'written');
		app.child.kill('SIGTERM');
		assert.equal(await app.ended, 0);
		assert.deepEqual(readdirSync(`${work}/kept/data`).length, 1);
		await assertNothingLeft(here);
	});

	test(`${runner} --debug: a shell for one command in a copy; the image has none`, async (t) => {
		if (!has(t, runner)) return;
		const image = await here.image();
		// The package comes from the store that all tests share.
		const run = (args: readonly string[]) =>
			tare(['run', image, '--runner', runner, ...args], { env: { ...here.env, TARE_CACHE_DIR: undefined }, input: 'ls -d /server && id -u\n' });
		const shell = run(['--debug']);
		assert.equal(shell.stdout, '/server\n65532\n', shell.stderr);
		assert.equal(run(['--debug', '--', '-c', 'exit 9']).status, 9);
		assert.doesNotMatch(tare(['inspect', image.slice(4), '--contents', '100']).stdout, /busybox/);
	});
}

test('runc: a limit of memory', async (t) => {
	if (!has(t, 'runc')) return;
	const app = here.run([await here.image(), '--runner', 'runc', '-p', '0', '--memory', '64MB']);
	await app.says(/listening/);
	const limits = spawnSync('sh', ['-c', 'cat /sys/fs/cgroup/memory/tare-run-*/memory.limit_in_bytes /sys/fs/cgroup/tare-run-*/memory.max 2>/dev/null'], {
		encoding: 'utf8',
	});
	assert.match(limits.stdout, /^(?:63|64)\d{6}$/m);
	app.child.kill('SIGTERM');
	assert.equal(await app.ended, 0);
	await assertNothingLeft(here);
});

test('ports: an app that does not read PORT is forwarded to; a free one for 0; a taken one is an error with another', async (t) => {
	if (!has(t, 'bwrap')) return;
	const image = await here.image();
	const [inside, outside] = [await freePort(), await freePort()];
	const app = here.run([image, '--runner', 'bwrap', '-p', `${outside}:${inside}`, '-e', `LISTEN=${inside}`]);
	assert.equal((await app.facts(outside)).port, '8080');
	app.child.kill('SIGTERM');
	await app.ended;
	const free = here.run([image, '--runner', 'bwrap', '-p', '0']);
	const [, port] = await free.says(/http:\/\/127\.0\.0\.1:(\d+)/);
	assert.equal((await free.facts(Number(port))).port, port);
	const taken = tare(['run', image, '--runner', 'bwrap', '-p', String(port), '--json'], { env: here.env });
	const { error } = JSON.parse(taken.stdout);
	assert.deepEqual([error.code, taken.status], ['PORT_TAKEN', 125]);
	assert.match(error.hint, /-p \d+:8080/);
	free.child.kill('SIGTERM');
	await free.ended;
});

test('mistakes: each with its code, and nothing is left', async (t) => {
	if (!has(t, 'bwrap')) return;
	const image = await here.image();
	const failure = (args: readonly string[]) => {
		const result = tare(['run', ...args, '--json'], { env: here.env });
		return [JSON.parse(result.stdout).error.code, result.status];
	};
	assert.deepEqual(failure([await here.image({ Entrypoint: ['/missing'] }), '--runner', 'bwrap']), ['RUN_FAILED', 125]);
	assert.deepEqual(failure([image, '--platform', 'linux/s390x']), ['PLATFORM_INVALID', 2]);
	assert.deepEqual(failure([image, '--runner', 'bwrap', '-p', '80:90:100']), ['USAGE', 2]);
	const env = join(folder(t, { '.env': 'two words=1\n' }), '.env');
	assert.deepEqual(failure([image, '--runner', 'bwrap', '--env-file', env]), ['USAGE', 2]);
	assert.deepEqual(failure([image, '--runner', 'bwrap', '--volume', '/missing:/data']), ['USAGE', 2]);
	assert.deepEqual(failure([image, '--runner', 'bwrap', '--memory', '64MB']), ['USAGE', 2]);
	assert.deepEqual(failure([image, '--process', 'worker']), ['USAGE', 2]);
	assert.deepEqual(failure(['./missing']), ['SOURCE_NOT_FOUND', 2]);
	assert.deepEqual(failure(['not-in-the-store']), ['REGISTRY_NOT_FOUND', 50]);
	await assertNothingLeft(here);
});

test('a folder is built, then run; without change it is not built again; without a container its program is linked to the image', async (t) => {
	if (!has(t, 'bwrap')) return;
	const dir = folder(t, { 'index.html': '<h1>it runs</h1>' });
	for (const runner of ['bwrap', 'host']) {
		const port = await freePort();
		const app = here.run([dir, '--runner', runner, '-p', String(port)], { TARE_CACHE_DIR: '' });
		const [, url = ''] = await app.says(/(http:\/\/127\.0\.0\.1:\d+)/);
		assert.equal(await (await fetch(url)).text(), '<h1>it runs</h1>');
		app.child.kill('SIGTERM');
		assert.ok([0, 143].includes(await app.ended), app.err());
		if (runner === 'host') assert.doesNotMatch(app.err(), /check|assemble/);
	}
});

test('killed in the middle of a build: its steps end, too', async (t) => {
	if (!has(t, 'bwrap')) return;
	const scripts = { build: 'node -e "setTimeout(() => {}, 60000)"', start: 'node server.js' };
	const dir = folder(t, { 'package.json': { name: 'slow', version: '1.0.0', scripts }, 'server.js': '' });
	const app = here.run([dir, '-v'], { TARE_CACHE_DIR: '' });
	await app.says(/› .*(?:60000|run.* build)/);
	await delay(300);
	app.child.kill('SIGKILL');
	await assertNothingLeft(here);
});

test('layers are unpacked as umoci does: whiteouts, links, modes, owners, times', async (t) => {
	if (!canBoot(t)) return;
	const layers = await Promise.all(
		[
			[
				{ name: 'usr/', type: 'directory' as const, mode: 0o755 },
				{ name: 'usr/lib/one', content: '1', mode: 0o640, uid: 5, gid: 6 },
				{ name: 'usr/lib/two', content: '2' },
				{ name: 'lib', type: 'symlink' as const, linkname: 'usr/lib' },
				{ name: 'gone/deep/file', content: 'x' },
				{ name: 'emptied/a', content: 'x' },
				{ name: 'emptied/sub/b', content: 'x' },
				{ name: 'kind', content: 'a file' },
				{ name: 'folder/inner', content: 'x' },
				{ name: './srv/', type: 'directory' as const, mode: 0o1777, uid: 65532, gid: 65532 },
			],
			[
				{ name: 'lib/three', content: '3' },
				{ name: 'usr/lib/.wh.two', content: '' },
				{ name: '.wh.gone', content: '' },
				{ name: 'emptied/.wh..wh..opq', content: '' },
				{ name: 'emptied/sub/c', content: 'new' },
				{ name: 'kind/', type: 'directory' as const, mode: 0o700 },
				{ name: 'kind/file', content: 'y' },
				{ name: 'folder', content: 'now a file' },
				{ name: 'hard', type: 'link' as const, linkname: 'usr/lib/one' },
				{ name: 'long/'.repeat(30).concat('name'), content: 'z' },
			],
		].map(packed),
	);
	const work = folder(t);
	const image = assembleImage({ platform: HOST, base: { layers: [], config: {} }, layers, config: { Entrypoint: ['/x'] }, epoch: 0, annotations: {} });
	await ociLayout({ path: join(work, 'oci'), tag: 'latest' }).write(image);
	execFileSync('umoci', ['unpack', '--image', `${work}/oci:latest`, join(work, 'theirs')], { stdio: 'ignore' });
	mkdirSync(join(work, 'ours'));
	await unpackLayers(layers, join(work, 'ours'), { owners: true });
	// Folders that no layer names have times of their own making.
	const list = (root: string) =>
		execFileSync('find', ['.', '-mindepth', '1', '(', '-type', 'd', '-printf', '%y %m %U %G %P\\n', ')', '-o', '-printf', '%y %m %U %G %n %s %l %P\\n'], {
			cwd: root,
			encoding: 'utf8',
		})
			.split('\n')
			.sort();
	assert.deepEqual(list(join(work, 'ours')), list(join(work, 'theirs/rootfs')));
	assert.equal(statSync(join(work, 'ours/usr/lib/one')).mtimeMs, 1e12);
	assert.equal(readFileSync(join(work, 'ours/hard'), 'utf8'), '1');
});

const KILLS = Number(process.env.TARE_TEST_KILLS ?? 50);
const TOGETHER = 5;

/** Containers and images of the engine. */
function inPodman(): readonly string[] {
	const lines = (args: readonly string[]) => spawnSync('podman', args, { env: { ...process.env, ...here.env }, encoding: 'utf8' }).stdout?.split('\n') ?? [];
	return [...lines(['ps', '--all', '--format', '{{.Names}}']), ...lines(['images', '--format', '{{.Repository}}:{{.Tag}}'])].filter((line) =>
		line.includes('tare-run'),
	);
}

test('fifty runs, killed at random moments: no process, container, control group, mount or file is left', async (t) => {
	const runners = ['runc', 'bwrap', 'host', ...(hasPodman() ? ['podman'] : [])];
	if (!has(t, 'runc') || !has(t, 'bwrap')) return;
	const before = inPodman();
	const image = await here.image();
	const moments = new Map<string, number>();
	for (let at = 0; at < KILLS; at += TOGETHER) {
		const batch = Array.from({ length: TOGETHER }, async (_, one) => {
			// An engine is slower than all others together: it gets the last five.
			const runner = runners[at + TOGETHER >= KILLS ? runners.length - 1 : (at + one) % 3] as string;
			const app = here.run([image, '--runner', runner, '-p', '0', '-e', 'STUBBORN=1']);
			// One in three at any time, the others about when the container is made.
			if ((at + one) % 3 !== Math.floor(at / 9) % 3) await app.says(/›/);
			await delay(Math.random() * (runner === 'podman' ? 1500 : 250));
			const moment = `${runner} ${/listening/.test(app.out()) ? 'running' : /›/.test(app.err()) ? 'starting' : 'before'}`;
			moments.set(moment, (moments.get(moment) ?? 0) + 1);
			// Its output stays open for as long as anything of it is left.
			const gone = once(app.child, 'exit');
			app.child.kill('SIGKILL');
			await gone;
		});
		await Promise.all(batch);
		await assertNothingLeft(here);
	}
	assert.deepEqual(inPodman(), before);
	t.diagnostic(
		[...moments]
			.sort()
			.map((one) => one.join(': '))
			.join(', '),
	);
});
