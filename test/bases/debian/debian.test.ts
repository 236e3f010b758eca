/** The Debian base against a loopback archive: good, tampered with, expired, vanished. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { DebianContext, DebianRequest } from '../../../src/bases/debian/context.js';
import { debianLayers } from '../../../src/bases/debian/layers.js';
import { resolveDebian } from '../../../src/bases/debian/resolve.js';
import { securityOnly, updateDebian } from '../../../src/bases/debian/update.js';
import { formatLock, type LockedDebian, parseLock } from '../../../src/bases/lock.js';
import type { Entry } from '../../../src/layers/entry.js';
import { createHttpClient } from '../../../src/net/client.js';
import { openStore } from '../../../src/store/open.js';
import { debianMirror, type MirrorOptions, type TestFile, type TestMirror, type TestPackage } from '../../support/debian-mirror.js';
import { folder } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const REQUEST: DebianRequest = { kind: 'debian', release: 'trixie', sets: ['static'], packages: [], slim: true, strip: false };
const copyright = (name: string): TestFile => ({ name: `./usr/share/doc/${name}/copyright`, text: 'free' });

const BASE: readonly TestPackage[] = [
	{
		name: 'base-files',
		version: '13.8',
		files: [
			{ name: './etc/os-release', text: 'ID=debian\n' },
			{ name: './bin', type: 'symlink', link: 'usr/bin' },
			{ name: './var/lib/misc/', type: 'directory' },
			{ name: './usr/share/man/man1/x.1', text: 'dropped' },
			copyright('base-files'),
		],
	},
	{
		name: 'ca-certificates',
		version: '20250419',
		architecture: 'all',
		files: [
			{ name: './usr/share/ca-certificates/mozilla/b.crt', text: 'B\n\n' },
			{ name: './usr/share/ca-certificates/mozilla/A.crt', text: 'A' },
			copyright('ca-certificates'),
		],
	},
	{ name: 'media-types', version: '13.0', architecture: 'all', files: [{ name: './etc/mime.types', text: 'text/plain txt\n' }, copyright('media-types')] },
	{ name: 'netbase', version: '6.5', architecture: 'all', files: [{ name: './etc/services', text: 'http 80/tcp\n' }, copyright('netbase')] },
	{
		name: 'tzdata',
		version: '2026a-1',
		architecture: 'all',
		files: [
			{ name: './usr/share/zoneinfo/UTC', text: 'utc' },
			{ name: './usr/share/zoneinfo/Zulu', type: 'link', link: './usr/share/zoneinfo/UTC' },
			copyright('tzdata'),
		],
	},
	{ name: 'tzdata-legacy', version: '2026a-1', architecture: 'all', files: [{ name: './usr/share/zoneinfo/US/Eastern', text: 'est' }] },
];

async function context(t: TestContext, mirror: TestMirror, more: Partial<DebianContext> = {}): Promise<DebianContext> {
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => http.close());
	return {
		store: await openStore(folder(t)),
		http,
		emit: () => undefined,
		signal: undefined,
		mirrors: [mirror.config],
		keys: [mirror.key.publicKey],
		offline: false,
		now: NOW,
		...more,
	};
}

async function setUp(t: TestContext, packages: readonly TestPackage[] = BASE, options: MirrorOptions = {}) {
	const mirror = await debianMirror(t, packages, options);
	return { mirror, context: await context(t, mirror) };
}

async function entriesOf(locked: LockedDebian, request: DebianRequest, ctx: DebianContext): Promise<Map<string, Entry>> {
	const all = new Map<string, Entry>();
	for (const layer of debianLayers(request, locked, 'amd64', ctx).layers) for await (const entry of await layer.entries()) all.set(entry.path, entry);
	return all;
}

const textOf = (entry: Entry | undefined): string =>
	entry?.type === 'file' && entry.content.kind === 'bytes' ? Buffer.from(entry.content.bytes).toString() : '';

test('the newest version of three suites is locked, by hash, and a complete lock needs no network', async (t) => {
	const security: TestPackage = { name: 'tzdata', version: '2026b-0+deb13u1', suite: 'trixie-security', architecture: 'all' };
	const { mirror, context: ctx } = await setUp(t, [...BASE, security]);
	const locked = await resolveDebian(REQUEST, ['amd64'], undefined, ctx);
	assert.equal(locked.packages.tzdata?.all?.version, '2026b-0+deb13u1');
	assert.equal(locked.packages.tzdata?.all?.suite, 'trixie-security');
	assert.equal(locked.sources.trixie?.date, '2026-11-21T09:00:00.000Z');
	assert.deepEqual(locked.sources.trixie?.signedBy, [mirror.key.publicKey.fingerprint.slice(-16)]);
	const count = mirror.requests.length;
	assert.equal(await resolveDebian(REQUEST, ['amd64'], locked, { ...ctx, offline: true }), locked);
	assert.equal(mirror.requests.length, count);
	assert.ok(!formatLock({ lockVersion: 1, debian: locked }).includes('127.0.0.1'), 'no host name in the lock');
});

test('the root file system: merged /usr, CA bundle, users, status files, nothing superfluous', async (t) => {
	const { context: ctx } = await setUp(t);
	const entries = await entriesOf(await resolveDebian(REQUEST, ['amd64'], undefined, ctx), REQUEST, ctx);
	assert.equal(textOf(entries.get('etc/ssl/certs/ca-certificates.crt')), 'A\nB\n', 'sorted bytewise, one newline each');
	assert.deepEqual([entries.get('bin')?.type, entries.get('lib64')?.type, entries.get('usr/bin')?.type], ['symlink', 'symlink', 'directory']);
	assert.match(textOf(entries.get('etc/passwd')), /^nonroot:x:65532:65532:/m);
	assert.equal(entries.get('tmp')?.mode, 0o1777);
	assert.deepEqual([entries.get('home/nonroot')?.mode, entries.get('home/nonroot')?.uid], [0o700, 65532]);
	assert.match(textOf(entries.get('var/lib/dpkg/status.d/netbase')), /^Version: 6\.5$/m);
	assert.equal(textOf(entries.get('var/lib/dpkg/status.d/netbase.md5sums')).trim().split('\n').length, 2);
	assert.equal(entries.get('usr/share/zoneinfo/Zulu')?.type, 'hardlink');
	assert.ok(entries.has('usr/share/zoneinfo/US/Eastern'));
	assert.ok(!entries.has('usr/share/man/man1/x.1') && !entries.has('usr/share/ca-certificates/mozilla/A.crt'));
});

test('xz packages are read in a worker and give the same files', async (t) => {
	if (!hasTools(t, 'xz')) return;
	const { context: ctx } = await setUp(t, BASE, { xz: true });
	const entries = await entriesOf(await resolveDebian(REQUEST, ['amd64'], undefined, ctx), REQUEST, ctx);
	assert.equal(textOf(entries.get('etc/ssl/certs/ca-certificates.crt')), 'A\nB\n');
});

test('a package is fetched and converted once', async (t) => {
	const { mirror, context: ctx } = await setUp(t);
	const locked = await resolveDebian(REQUEST, ['amd64'], undefined, ctx);
	await entriesOf(locked, REQUEST, ctx);
	const count = mirror.requests.length;
	await entriesOf(locked, REQUEST, { ...ctx, offline: true });
	assert.equal(mirror.requests.length, count);
});

const replace = (mirror: TestMirror, path: string, change: (text: string) => string): void => {
	mirror.files.set(path, Buffer.from(change((mirror.files.get(path) ?? Buffer.alloc(0)).toString())));
};
const INRELEASE = '/debian/dists/trixie/InRelease';

const TAMPERED: readonly (readonly [string, (mirror: TestMirror) => void])[] = [
	['a changed hash', (mirror) => replace(mirror, INRELEASE, (text) => text.replace(/^ [0-9a-f]/m, ' 0').replace(/^ 0([0-9a-f])/m, ' 1$1'))],
	['text before the message', (mirror) => replace(mirror, INRELEASE, (text) => `Evil: yes\n${text}`)],
	['text after the message', (mirror) => replace(mirror, INRELEASE, (text) => `${text}Evil: yes\n`)],
	['two messages', (mirror) => replace(mirror, INRELEASE, (text) => text + text)],
	[
		'an unknown key',
		(mirror) =>
			replace(
				mirror,
				INRELEASE,
				() =>
					mirror.files
						.get(INRELEASE)
						?.toString()
						.replace(/Hash: SHA256/, 'Hash: SHA256\nEvil: yes') ?? '',
			),
	],
	['no signature', (mirror) => replace(mirror, INRELEASE, (text) => text.slice(0, text.indexOf('-----BEGIN PGP SIGNATURE')))],
	[
		'another package list',
		(mirror) => {
			for (const path of mirror.files.keys())
				if (path.includes('/trixie/main/binary-amd64/by-hash/')) mirror.files.set(path, gzipSync('Package: evil\nVersion: 1\n'));
		},
	],
];
for (const [says, damage] of TAMPERED) {
	test(`tampered index: ${says}`, async (t) => {
		const { mirror, context: ctx } = await setUp(t);
		damage(mirror);
		await assert.rejects(resolveDebian(REQUEST, ['amd64'], undefined, ctx), { code: 'BASE_UNTRUSTED', exitCode: 40 });
	});
}

test('a key that is not known signs in vain', async (t) => {
	const { mirror } = await setUp(t);
	const { mirror: other } = await setUp(t);
	const ctx = await context(t, mirror, { keys: [other.key.publicKey] });
	await assert.rejects(resolveDebian(REQUEST, ['amd64'], undefined, ctx), { code: 'BASE_UNTRUSTED', message: /no known key/ });
});

test('an expired index, a rolled-back one and one of another suite', async (t) => {
	const expired = await setUp(t, BASE, { release: { 'Valid-Until': 'Mon, 23 Nov 2026 00:00:00 UTC' } });
	await assert.rejects(resolveDebian(REQUEST, ['amd64'], undefined, expired.context), { code: 'BASE_EXPIRED', message: /valid until 2026-11-23/ });
	const good = await setUp(t);
	const known: LockedDebian = { release: 'trixie', packages: {}, sources: { trixie: { date: '2026-11-22T00:00:00.000Z', signedBy: [] } } };
	await assert.rejects(resolveDebian(REQUEST, ['amd64'], known, good.context), { code: 'BASE_EXPIRED', message: /older than the one in tare\.lock/ });
	const other = await setUp(t, BASE, { release: { Codename: 'bookworm', Suite: 'oldstable' } });
	await assert.rejects(resolveDebian(REQUEST, ['amd64'], undefined, other.context), { code: 'BASE_UNTRUSTED', message: /bookworm/ });
});

test('a tampered package, a vanished one, and the next mirror', async (t) => {
	const { mirror, context: ctx } = await setUp(t);
	const locked = await resolveDebian(REQUEST, ['amd64'], undefined, ctx);
	const path = `/debian/${locked.packages.netbase?.all?.filename}`;
	const deb = mirror.files.get(path) as Buffer;
	mirror.files.set(path, Buffer.concat([deb.subarray(0, -1), Buffer.from('x')]));
	await assert.rejects(entriesOf(locked, REQUEST, ctx), { code: 'BASE_UNTRUSTED', message: /netbase 6\.5/ });
	mirror.files.delete(path);
	await assert.rejects(entriesOf(locked, REQUEST, ctx), { code: 'BASE_UNAVAILABLE', message: /netbase 6\.5.*HTTP 404/, hint: /tare update/ });
	await assert.rejects(entriesOf(locked, REQUEST, { ...ctx, offline: true }), { code: 'OFFLINE' });
	const { mirror: second } = await setUp(t);
	second.files.set(path, deb);
	await entriesOf(locked, REQUEST, { ...ctx, mirrors: [mirror.config, second.config] });
	mirror.files.set(`/snapshot/${locked.packages.netbase?.all?.filename}`, deb);
	const empty = await context(t, mirror, { mirrors: [{ ...mirror.config, snapshot: mirror.config.archive.replace('/debian', '/snapshot') }] });
	await entriesOf(locked, REQUEST, empty);
});

const HOSTILE: readonly (readonly [string, TestFile])[] = [
	['an absolute name', { name: '/etc/evil', text: 'x' }],
	['a name with ..', { name: './usr/../../evil', text: 'x' }],
	['a link out of the root', { name: './usr/lib/evil', type: 'symlink', link: '../../../etc/shadow' }],
	['a device', { name: './dev/mem', type: 'character-device' }],
];
for (const [says, file] of HOSTILE) {
	test(`a package with ${says} is refused`, async (t) => {
		const { context: ctx } = await setUp(t, [...BASE.filter(({ name }) => name !== 'netbase'), { name: 'netbase', version: '1', files: [file] }]);
		const locked = await resolveDebian(REQUEST, ['amd64'], undefined, ctx);
		await assert.rejects(entriesOf(locked, REQUEST, ctx), { code: 'BASE_INVALID', message: /netbase 1/ });
	});
}

test('a file that is no package, and a truncated one', async (t) => {
	const { mirror, context: ctx } = await setUp(t);
	const locked = await resolveDebian(REQUEST, ['amd64'], undefined, ctx);
	const name = locked.packages.netbase?.all;
	for (const body of [Buffer.from('not a deb'), (mirror.files.get(`/debian/${name?.filename}`) as Buffer).subarray(0, 200)]) {
		mirror.files.set(`/debian/${name?.filename}`, body);
		const changed = {
			...locked,
			packages: { ...locked.packages, netbase: { all: { ...name, size: body.length, sha256: createHash('sha256').update(body).digest('hex') } } },
		} as LockedDebian;
		await assert.rejects(entriesOf(changed, REQUEST, ctx), { code: 'BASE_INVALID' });
	}
});

test('user packages bring their dependencies, without administration tools, in a layer of their own', async (t) => {
	const extra: readonly TestPackage[] = [
		{ name: 'libvips42t64', version: '8', depends: 'libc-virtual, libfoo1 (>= 2) | libbar1, debconf (>= 0.5) | debconf-2.0, base-files' },
		{ name: 'libfoo1', version: '1' },
		{ name: 'libbar1', version: '1:1', depends: 'libvips42t64' },
		{ name: 'libreal', version: '1', provides: 'libc-virtual (= 1)' },
		{ name: 'debconf', version: '1.5', architecture: 'all' },
	];
	const { context: ctx } = await setUp(t, [...BASE, ...extra]);
	const notes: string[] = [];
	const request = { ...REQUEST, packages: ['libvips42t64'] };
	const locked = await resolveDebian(request, ['amd64'], undefined, { ...ctx, emit: (event) => event.type === 'note' && notes.push(event.says) });
	assert.deepEqual(locked.closures?.libvips42t64, ['libbar1', 'libreal', 'libvips42t64']);
	assert.ok(notes.some((says) => says.includes('debconf')));
	assert.deepEqual(
		debianLayers(request, locked, 'amd64', ctx).layers.map(({ name }) => name),
		['static', 'packages'],
	);
	await assert.rejects(resolveDebian({ ...REQUEST, packages: ['libvips'] }, ['amd64'], undefined, ctx), { code: 'PACKAGE_NOT_FOUND', hint: /libvips42t64/ });
});

test('update: newest versions, with the CVE ids of the changelog between the two', async (t) => {
	const changelog = gzipSync(
		'netbase (6.6) trixie-security; urgency=high\n\n  * Fix CVE-2026-1111, CVE-2026-2222.\n\n -- x\n\nnetbase (6.5) trixie; urgency=low\n\n  * CVE-2020-0001\n',
	);
	const { context: old } = await setUp(t);
	const before = await resolveDebian(REQUEST, ['amd64'], undefined, old);
	const newer: TestPackage = {
		name: 'netbase',
		version: '6.6',
		suite: 'trixie-security',
		architecture: 'all',
		files: [{ name: './usr/share/doc/netbase/changelog.gz', text: changelog }, copyright('netbase')],
	};
	const plain: TestPackage = { name: 'tzdata', version: '2026c-1', suite: 'trixie-updates', architecture: 'all' };
	const { context: ctx } = await setUp(t, [...BASE, newer, plain]);
	const { locked, changes } = await updateDebian(REQUEST, before, ['amd64'], ctx);
	assert.deepEqual(
		changes.map(({ name, from, to, cves }) => [name, from, to, cves]),
		[
			['netbase', '6.5', '6.6', ['CVE-2026-1111', 'CVE-2026-2222']],
			['tzdata', '2026a-1', '2026c-1', []],
		],
	);
	const only = securityOnly(before, locked, changes);
	assert.deepEqual([only.packages.netbase?.all?.version, only.packages.tzdata?.all?.version], ['6.6', '2026a-1']);
});

test('the lock file survives a round trip and refuses what it cannot be', async (t) => {
	const { context: ctx } = await setUp(t);
	const lock = { lockVersion: 1 as const, debian: await resolveDebian(REQUEST, ['amd64'], undefined, ctx) };
	assert.deepEqual(parseLock(formatLock(lock), 'tare.lock'), JSON.parse(JSON.stringify(lock)));
	assert.throws(() => parseLock('<<<<<<< HEAD\n{}', 'tare.lock'), { code: 'LOCK_INVALID', message: /merge conflict/ });
});
