/** login, push, pull, copy and --load as a user runs them, against Debian's registry and other people's tools. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, ROOT, tare } from '../support/cli.js';
import { folder } from '../support/files.js';
import { startRegistry } from '../support/registry.js';
import { tinyProject } from '../support/tiny.js';
import { hasTools } from '../support/tools.js';

const SITE = join(ROOT, 'examples/static-site');
interface Inspected {
	readonly images: readonly { readonly layers: readonly { readonly contents?: { readonly files: number } }[] }[];
}

const digestIn = (text: string): string => /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? '';

test('login, push, pull, copy between everything, logout: one digest', async (t) => {
	if (!hasTools(t, 'docker-registry', 'htpasswd', 'skopeo')) return;
	const { host } = await startRegistry(t, { basic: ['bob', 's3cret'] });
	const work = folder(t);
	const env = { DOCKER_CONFIG: join(work, 'docker'), HOME: work };
	const made = built(['build', SITE, '-t', `${host}/team/site:1`, '--platform', 'linux/amd64,linux/arm64'], { env });
	const digest = digestIn(made.stdout);

	const refused = tare(['push', `${host}/team/site:1`], { env });
	assert.equal(refused.status, 50);
	assert.match(refused.stderr, /REGISTRY_AUTH[\s\S]*no credentials were found/);
	const wrong = tare(['login', host, '-u', 'bob', '--password-stdin'], { env, input: 'wrong\n' });
	assert.equal(wrong.status, 50);
	assert.ok(!existsSync(join(work, 'docker/config.json')), 'what is refused is not kept');
	built(['login', host, '-u', 'bob', '--password-stdin'], { env, input: 's3cret\n' });
	assert.equal(statSync(join(work, 'docker/config.json')).mode & 0o777, 0o600);

	const pushed = built(['push', `${host}/team/site:1`, '--http-trace'], { env });
	assert.equal(digestIn(pushed.stdout), digest);
	assert.match(pushed.stderr, /^> {3}authorization: Basic \*\*\*$/m);
	assert.match(pushed.stderr, /^< {3}docker-content-digest: sha256:/m);
	assert.ok(!pushed.stderr.includes(Buffer.from('bob:s3cret').toString('base64')), 'a trace can be shown to others');
	const raw = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', '--creds', 'bob:s3cret', `docker://${host}/team/site:1`]);
	assert.equal(`sha256:${createHash('sha256').update(raw).digest('hex')}`, digest);

	const copied = ['copy', `${host}/team/site:1`, `${host}/other/site:2`, `oci:${work}/layout:x`, `oci-archive:${work}/a.tar`, `docker-archive:${work}/d.tar`];
	assert.equal(digestIn(built(copied, { env }).stdout), digest);
	for (const source of [`${host}/other/site:2`, `oci:${work}/layout:x`, `oci-archive:${work}/a.tar`, `docker-archive:${work}/d.tar`])
		assert.equal(digestIn(built(['copy', source, `oci:${work}/again:${source.length}`], { env }).stdout), digest, source);
	const names = execFileSync('tar', ['-xOf', `${work}/d.tar`, 'manifest.json'], { encoding: 'utf8' });
	assert.match(names, /other\/site:2"[\s\S]*other\/site:2-arm64"/, 'a docker archive tells platforms apart by name');
	execFileSync('skopeo', ['copy', '-q', `docker-archive:${work}/d.tar:${host}/other/site:2-arm64`, `oci:${work}/arm:x`]);

	assert.equal(digestIn(built(['pull', `${host}/other/site:2`], { env: { ...env, TARE_CACHE_DIR: join(work, 'fresh') } }).stdout), digest);
	const one = built(['copy', `${host}/team/site:1`, `oci:${work}/one`, '--platform', 'linux/arm64', '--json'], { env });
	assert.equal((JSON.parse(one.stdout) as { images: number }).images, 1);

	execFileSync('skopeo', ['copy', '-q', '--dest-compress', '--dest-compress-format', 'zstd', `oci:${work}/one:1`, `oci:${work}/zstd:1`]);
	const inside = JSON.parse(built(['inspect', `oci:${work}/zstd`, '--contents', '1', '--json'], { env }).stdout) as Inspected;
	const files = inside.images[0]?.layers.map(({ contents }) => contents?.files ?? 0) ?? [];
	assert.ok(files.length > 0 && files.every((count) => count > 0), 'layers that others compressed with zstd are read');

	built(['logout', host], { env });
	assert.ok(!readFileSync(join(work, 'docker/config.json'), 'utf8').includes(host));
});

test('a credential helper keeps what is logged in; mistakes are named', async (t) => {
	if (!hasTools(t, 'docker-registry', 'htpasswd')) return;
	const { host } = await startRegistry(t, { basic: ['bob', 's3cret'] });
	const helper =
		'#!/bin/sh\nf="$(dirname "$0")/kept"\ncase $1 in store) cat > "$f";; get) read s; [ -f "$f" ] && cat "$f" || exit 1;; erase) rm -f "$f";; esac\n';
	const home = folder(t, { 'docker/config.json': { credsStore: 'mine', other: 'stays' }, 'bin/docker-credential-mine': helper });
	execFileSync('chmod', ['+x', join(home, 'bin/docker-credential-mine')]);
	const env = { DOCKER_CONFIG: join(home, 'docker'), HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}` };
	built(['login', host, '-u', 'bob', '--password-stdin'], { env, input: 's3cret' });
	assert.deepEqual(JSON.parse(readFileSync(join(home, 'bin/kept'), 'utf8')), { ServerURL: host, Username: 'bob', Secret: 's3cret' });
	assert.deepEqual(JSON.parse(readFileSync(join(home, 'docker/config.json'), 'utf8')), { credsStore: 'mine', other: 'stays' });
	built(['build', SITE, '-t', `${host}/site:1`, '--push'], { env });
	built(['logout', host], { env });
	assert.ok(!existsSync(join(home, 'bin/kept')));

	const gone = tare(['push', `${host}/site:1`], { env: { ...env, PATH: process.env.PATH ?? '' } });
	assert.match(gone.stderr, /docker-credential-mine is not installed \(named in /);
	assert.equal(tare(['login', 'nothost', '-u', 'x', '--password-stdin'], { env, input: 'x' }).status, 2);
	assert.equal(tare(['push', 'not-built:1'], { env }).status, 50);
	assert.equal(tare(['copy', 'oci:/nowhere', 'oci:x'], { env }).status, 50);
	assert.equal(tare(['build', SITE, '--load', 'rocket'], { env }).status, 2);
	assert.match(tare(['build', SITE, '--load', 'docker'], { env: { ...env, DOCKER_HOST: 'tcp://127.0.0.1:9' } }).stderr, /TOOL_MISSING.*docker does not answer/);
});

interface Raw {
	readonly mediaType: string;
	readonly annotations?: unknown;
	readonly config: { readonly mediaType: string };
	readonly layers: readonly { readonly mediaType: string }[];
	readonly manifests: readonly { readonly mediaType: string; readonly digest: string }[];
}

test("Docker's format where it is asked for: pushed, copied, in an archive; never into a layout, never of zstd", async (t) => {
	if (!hasTools(t, 'docker-registry', 'skopeo')) return;
	const { host } = await startRegistry(t);
	const [work, dir] = [folder(t), tinyProject(t, 'format: docker\nannotations: {a: b}\n')];
	const several = ['--platform', 'linux/amd64,linux/arm64'];
	const pushed = built(['build', dir, '-t', `${host}/app:1`, '--push', ...several]);
	const raw = (name: string) => execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${name}`]);
	const list = raw(`${host}/app:1`);
	assert.equal(`sha256:${createHash('sha256').update(list).digest('hex')}`, digestIn(pushed.stdout));
	const { mediaType, manifests } = JSON.parse(list.toString()) as Raw;
	assert.equal(mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
	assert.equal(manifests.length, 2);
	for (const child of manifests) {
		const image = JSON.parse(raw(`${host}/app@${child.digest}`).toString()) as Raw;
		assert.deepEqual([child.mediaType, image.mediaType], Array(2).fill('application/vnd.docker.distribution.manifest.v2+json'));
		assert.equal(image.config.mediaType, 'application/vnd.docker.container.image.v1+json');
		assert.deepEqual(
			image.layers.map((layer) => layer.mediaType),
			['application/vnd.docker.image.rootfs.diff.tar.gzip'],
		);
		assert.equal(image.annotations, undefined, 'the format has none');
	}
	execFileSync('skopeo', ['copy', '-q', '--all', '--src-tls-verify=false', `docker://${host}/app:1`, `dir:${work}/all`]);
	const again = built(['build', dir, '-t', `${host}/app:1`, '--push', ...several], { env: { TARE_CACHE_DIR: join(work, 'other') } });
	assert.equal(digestIn(again.stdout), digestIn(pushed.stdout), 'another store makes the same bytes');

	const refused = tare(['build', dir, '-o', `oci:${work}/layout`]);
	assert.equal(refused.status, 2);
	assert.match(refused.stderr, /holds images in OCI's format[\s\S]*--format oci/);
	const oci = built(['build', dir, '-o', `oci:${work}/layout`, '--format', 'oci', ...several]);
	assert.notEqual(digestIn(oci.stdout), digestIn(pushed.stdout));
	const copied = built(['copy', `oci:${work}/layout`, `${host}/copied:1`, '--format', 'docker']);
	assert.equal(digestIn(copied.stdout), digestIn(pushed.stdout), 'a copy is converted as a build is');
	execFileSync('skopeo', ['copy', '-q', '--dest-compress', '--dest-compress-format', 'zstd', `oci:${work}/layout`, `oci:${work}/zstd:1`]);
	assert.match(tare(['copy', `oci:${work}/zstd`, `${host}/zstd:1`, '--format', 'docker']).stderr, /has no zstd layers: the layer "app" is one/);

	built(['build', dir, '-t', 'app:1', '-o', `docker-archive:${work}/d.tar`]);
	execFileSync('skopeo', ['copy', '-q', `docker-archive:${work}/d.tar:app:1`, `dir:${work}/archive`]);
});
