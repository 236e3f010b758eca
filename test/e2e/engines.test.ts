/** `--load` into real engines, with storage of their own: the digest and every name arrive. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { built, digestOf, tare } from '../support/cli.js';
import { folder } from '../support/files.js';
import { tinyProject } from '../support/tiny.js';
import { hasTools, offersTools } from '../support/tools.js';

const NAMES = ['-t', 'team/site:1', '-t', 'registry.example/site:2'];

test('podman has the image under all its names, of several platforms its own', async (t) => {
	if (!hasTools(t, 'podman')) return;
	if (process.getuid?.() !== 0) return t.skip('storage without overlay needs root');
	const [dir, app] = [folder(t), tinyProject(t)];
	const conf = folder(t, { 'storage.conf': `[storage]\ndriver = "vfs"\nrunroot = "${dir}/run"\ngraphroot = "${dir}/graph"\n` });
	const env = { CONTAINERS_STORAGE_CONF: join(conf, 'storage.conf'), XDG_RUNTIME_DIR: dir };
	const podman = (...args: readonly string[]): string => execFileSync('podman', args, { env: { ...process.env, ...env }, encoding: 'utf8' });
	const digest = digestOf(built(['build', app, ...NAMES, '--load', 'podman'], { env }));
	for (const name of ['docker.io/team/site:1', 'registry.example/site:2'])
		assert.equal(podman('image', 'inspect', '--format', '{{.Digest}}', name).trim(), digest, name);
	const mounted = podman('image', 'mount', 'team/site:1').trim();
	assert.equal(readFileSync(join(mounted, 'app/arch'), 'utf8'), 'amd64', 'its files are there');
	podman('image', 'unmount', 'team/site:1');
	const several = built(['build', app, '-t', 'both:1', '--platform', 'linux/amd64,linux/arm64', '--load', 'podman'], { env });
	assert.match(several.stderr, /podman takes one platform/);
	assert.match(podman('image', 'inspect', '--format', '{{.Architecture}}', 'both:1'), process.arch === 'arm64' ? /arm64/ : /amd64/);
});

test('containerd has all platforms under all names, with the digest of the index', async (t) => {
	if (!offersTools(t, 'containerd', 'ctr') || process.getuid?.() !== 0) return;
	const address = await startContainerd(t);
	if (address === undefined) return t.skip('containerd does not run here');
	const [env, app] = [{ CONTAINERD_ADDRESS: address }, tinyProject(t)];
	const digest = digestOf(built(['build', app, ...NAMES, '--platform', 'linux/amd64,linux/arm64', '--load', 'containerd'], { env }));
	const list = execFileSync('ctr', ['images', 'ls'], { env: { ...process.env, ...env }, encoding: 'utf8' });
	for (const name of ['docker.io/team/site:1', 'registry.example/site:2']) assert.match(list, new RegExp(`^${name} +\\S+index\\S+ +${digest} .*arm64`, 'm'));
	const down = tare(['build', app, '--load', 'containerd'], { env: { CONTAINERD_ADDRESS: `${address}.none` } });
	assert.match(down.stderr, /TOOL_MISSING.*containerd does not answer/);
});

async function startContainerd(t: TestContext): Promise<string | undefined> {
	const dir = folder(t);
	const address = join(dir, 'c.sock');
	const child = spawn('containerd', ['--root', join(dir, 'root'), '--state', join(dir, 'state'), '--address', address], { stdio: 'ignore' });
	const ended = new Promise((resolve) => child.once('exit', resolve));
	t.after(async () => {
		child.kill();
		await ended;
	});
	for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
		if (existsSync(address)) return address;
		await setTimeout(50);
	}
	return undefined;
}
