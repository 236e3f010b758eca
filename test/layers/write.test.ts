/** Layers as other tools see them: GNU tar lists them, gzip accepts them, the bytes depend on the content alone. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentKey } from '../../src/layers/content-key.js';
import { type Entry, type FileEntry, imagePath } from '../../src/layers/entry.js';
import { gzipBlocks } from '../../src/layers/gzip.js';
import { refuseShadowing } from '../../src/layers/normalise.js';
import { compressorIsStandard } from '../../src/layers/self-test.js';
import { tarBlocks } from '../../src/layers/tar.js';
import { writeLayer } from '../../src/layers/write.js';
import { openStore } from '../../src/store/open.js';
import { folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const file = (path: string, text: string, more: Partial<FileEntry> = {}): FileEntry => ({
	type: 'file',
	path: imagePath(path),
	mode: 0o644,
	size: Buffer.byteLength(text),
	content: { kind: 'bytes', bytes: Buffer.from(text) },
	...more,
});

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const block of tarBlocks(entries)) parts.push(block);
	return Buffer.concat(parts);
}

const list = (tar: Buffer, ...flags: string[]): string[] =>
	execFileSync('tar', ['--numeric-owner', '--full-time', '--utc', ...flags, '-tvf', '-'], {
		input: tar,
		encoding: 'utf8',
		maxBuffer: 1 << 28,
		env: { ...process.env, LC_ALL: 'C' },
	})
		.trim()
		.split('\n');

test('GNU tar sees sorted names, every parent, our modes, ids and times, and no user names', async () => {
	const tar = await tarOf([
		file('app/z', 'z'),
		file('app/b/c.sh', 'run', { mode: 0o755 }),
		{ type: 'symlink', path: imagePath('app/link'), mode: 0o777, target: '../x y' },
		{ type: 'directory', path: imagePath('tmp'), mode: 0o1777 },
		file('app/owned', '', { uid: 1000650000, gid: 65532, mtime: 86400 }),
		file('app/é', 'utf-8'),
		{ type: 'hardlink', path: imagePath('app/a-hard'), mode: 0o644, target: imagePath('app/z') },
	]);
	assert.deepEqual(
		list(tar).map((line) => line.replace(/ +/g, ' ')),
		[
			'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 app/',
			'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 app/b/',
			'-rwxr-xr-x 0/0 3 1970-01-01 00:00:00 app/b/c.sh',
			'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 app/link -> ../x y',
			'-rw-r--r-- 1000650000/65532 0 1970-01-02 00:00:00 app/owned',
			'-rw-r--r-- 0/0 1 1970-01-01 00:00:00 app/z',
			'-rw-r--r-- 0/0 5 1970-01-01 00:00:00 app/\\303\\251',
			'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/',
			'hrw-r--r-- 0/0 0 1970-01-01 00:00:00 app/a-hard link to app/z',
		],
	);
});

test('long names, deep folders and files around the block size come out whole', async (t) => {
	const dir = folder(t);
	const sizes = [0, 1, 511, 512, 513, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 7];
	const names = sizes.map((size) => `${'d'.repeat(90)}/${'e'.repeat(120)}/${size}-${'n'.repeat(150)}`);
	const entries = sizes.map((size, at): Entry => {
		writeFileSync(join(dir, `${size}`), Buffer.alloc(size, at + 1));
		return { type: 'file', path: imagePath(names[at] as string), mode: 0o644, size, content: { kind: 'disk', path: join(dir, `${size}`) } };
	});
	const out = folder(t);
	execFileSync('tar', ['-xf', '-', '-C', out], { input: await tarOf(entries) });
	for (const [at, size] of sizes.entries()) assert.deepEqual(readFileSync(join(out, names[at] as string)), Buffer.alloc(size, at + 1));
});

const READ_XATTRS = `
import io, json, sys, tarfile
for m in tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())):
    found = {k: v.encode('utf-8', 'surrogateescape').hex() for k, v in m.pax_headers.items() if k.startswith('SCHILY')}
    print(json.dumps([m.name, m.mode, m.uid, m.mtime, m.size, found]))
`;

test('extended attributes come out byte for byte, beside long names, large ids and files of every size', async (t) => {
	if (!hasTools(t, 'python3')) return;
	const attribute = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
	const long = `${'d'.repeat(120)}/é-${'n'.repeat(150)}`;
	const dir = folder(t, { large: 'x'.repeat((1 << 20) + 5) });
	const disk = { size: (1 << 20) + 5, content: { kind: 'disk' as const, path: join(dir, 'large') } };
	const tar = await tarOf([
		file('app/a', 'a', { mode: 0o755, mtime: 7, xattrs: { 'security.capability': attribute, 'user.a': Buffer.from('b') } }),
		file('app/b', 'b'),
		file(long, '', { uid: 1000650000, ...disk, xattrs: { 'user.empty': Buffer.alloc(0) } }),
	]);
	const read = execFileSync('python3', ['-c', READ_XATTRS], { input: tar, encoding: 'utf8' });
	assert.deepEqual(
		read
			.trim()
			.split('\n')
			.map((line): unknown => JSON.parse(line))
			.filter((line) => (line as unknown[])[1] !== 0o755 || (line as unknown[])[4] !== 0),
		[
			['app/a', 0o755, 0, 7, 1, { 'SCHILY.xattr.security.capability': attribute.toString('hex'), 'SCHILY.xattr.user.a': '62' }],
			['app/b', 0o644, 0, 0, 1, {}],
			[long, 0o644, 1000650000, 0, (1 << 20) + 5, { 'SCHILY.xattr.user.empty': '' }],
		],
	);
	const marked = list(tar, '--xattrs').filter((line) => /^\S+\*/.test(line));
	assert.equal(marked.length, 2, 'GNU tar sees attributes');
});

test('an attribute is a part of the key, and a layer without attributes has the key that it had', async () => {
	const key = (more: Partial<FileEntry>) => contentKey([file('a', 'x', { sha256: 'f'.repeat(64), ...more })], { level: 9 });
	const attributes: FileEntry['xattrs'][] = [{ 'user.a': Buffer.from('1') }, { 'user.a': Buffer.from('2') }, { 'user.b': Buffer.from('1') }];
	const keys = await Promise.all([key({}), ...attributes.map((xattrs) => key({ xattrs }))]);
	assert.equal(new Set(keys).size, keys.length);
	assert.equal(
		keys[0],
		createHash('sha256')
			.update(`tar 1 gzip 9 mtime 0\n"a" file 420 0 0 - ${'f'.repeat(64)}\n`)
			.digest('hex'),
	);
});

test('a slice of a file is read at its offset', async (t) => {
	const dir = folder(t, { blob: '0123456789' });
	const tar = await tarOf([{ type: 'file', path: imagePath('x'), mode: 0o644, size: 4, content: { kind: 'disk', path: join(dir, 'blob'), offset: 3 } }]);
	assert.equal(execFileSync('tar', ['-xOf', '-', 'x'], { input: tar, encoding: 'utf8' }), '3456');
});

test('the size of a file beyond 8 GiB is right in the header', async (t) => {
	const dir = folder(t, { sparse: '' });
	const size = 9 * 2 ** 30;
	truncateSync(join(dir, 'sparse'), size);
	const entries: Entry[] = [{ type: 'file', path: imagePath('big'), mode: 0o644, size, content: { kind: 'disk', path: join(dir, 'sparse') } }];
	for await (const block of tarBlocks(entries)) {
		// GNU tar complains about the missing rest after it has listed the header.
		const { stdout } = spawnSync('tar', ['-tvf', '-'], { input: block.subarray(0, 4096), encoding: 'utf8' });
		assert.match(stdout, /9663676416/);
		break;
	}
});

test('gzip and the digests agree with other tools', async (t) => {
	const store = await openStore(folder(t));
	const entries = Array.from({ length: 300 }, (_, at) => file(`app/${at}`, `content ${at} `.repeat(1000)));
	const layer = await writeLayer(entries, store, { level: 4 });
	const blob = await store.blob(layer.descriptor.digest);
	assert.ok(blob);
	const plain = execFileSync('gzip', ['-dc', blob.path], { maxBuffer: 1 << 28 });
	assert.equal(`sha256:${createHash('sha256').update(plain).digest('hex')}`, layer.diffId);
	assert.equal(execFileSync('sha256sum', [blob.path], { encoding: 'utf8' }).split(' ')[0], layer.descriptor.digest.slice(7));
	assert.equal(execFileSync('tar', ['-tf', blob.path], { encoding: 'utf8' }).trim().split('\n').length, 301);
});

test('equal content gives equal bytes, whatever the order and the folder', async (t) => {
	const make = async (names: readonly string[]): Promise<[string, string]> => {
		const dir = folder(t);
		const entries = names.map((name): Entry => {
			writeFileSync(join(dir, name), name.repeat(5000), { mode: 0o600 });
			return { type: 'file', path: imagePath(`app/${name}`), mode: 0o644, size: name.length * 5000, content: { kind: 'disk', path: join(dir, name) } };
		});
		const store = await openStore(folder(t));
		return [(await writeLayer(entries, store, { level: 4 })).descriptor.digest, await contentKey(entries, { level: 4 })];
	};
	assert.deepEqual(await make(['a', 'b', 'c']), await make(['c', 'a', 'b']));
	assert.notDeepEqual(await make(['a', 'b', 'c']), await make(['a', 'b', 'd']));
});

test('the content key changes with each thing that changes the bytes', async () => {
	const base: readonly Entry[] = [file('app/a', 'x')];
	const key = (entries: readonly Entry[], level = 4) => contentKey(entries, { level });
	const reference = await key(base);
	const others: readonly (readonly Entry[])[] = [
		[file('app/b', 'x')],
		[file('app/a', 'y')],
		[file('app/a', 'x', { mode: 0o755 })],
		[file('app/a', 'x', { uid: 1 })],
		[...base, { type: 'directory', path: imagePath('e'), mode: 0o755 }],
	];
	for (const entries of others) assert.notEqual(await key(entries), reference);
	assert.notEqual(await key(base, 5), reference);
	assert.equal(await key([file('app/a', 'x', { content: { kind: 'bytes', bytes: Buffer.from('x') } })]), reference);
});

test('mistakes: twice the same place, a file as a folder, a place outside, a shadowed base, a vanished file', async (t) => {
	const dir = folder(t, { short: 'abc' });
	await assert.rejects(tarOf([file('a', '1'), file('a', '2')]), { code: 'UNSAFE_PATH' });
	await assert.rejects(tarOf([file('a', '1'), file('a/b', '2')]), { code: 'UNSAFE_PATH' });
	assert.throws(() => imagePath('app/../../etc/passwd'), { code: 'UNSAFE_PATH' });
	assert.throws(() => refuseShadowing([file('lib/x.so', '')]), { code: 'UNSAFE_PATH', message: /\/usr\/lib/ });
	const gone: Entry = { type: 'file', path: imagePath('x'), mode: 0o644, size: 5, content: { kind: 'disk', path: join(dir, 'none') } };
	await assert.rejects(tarOf([gone]), { code: 'SOURCE_NOT_FOUND', message: /was removed/ });
	await assert.rejects(tarOf([{ ...gone, content: { kind: 'disk', path: join(dir, 'short') } }]), { code: 'SOURCE_NOT_FOUND', message: /became shorter/ });
});

test('a cancelled layer leaves nothing in the store', async (t) => {
	const root = folder(t);
	const store = await openStore(root);
	const controller = new AbortController();
	const entries = Array.from({ length: 50 }, (_, at) => file(`${at}`, 'x'.repeat(500_000)));
	const writing = writeLayer(entries, store, { level: 4, signal: controller.signal, onProgress: (bytes) => bytes > 5_000_000 && controller.abort() });
	await assert.rejects(writing, { code: 'CANCELLED' });
	await store.close();
	assert.equal(execFileSync('find', [root, '-type', 'f'], { encoding: 'utf8' }), '');
});

test('gzip: block sizes of the source do not matter to its validity, and an empty input is valid', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 70_000 }), { maxLength: 12 }), async (chunks) => {
			const parts: Buffer[] = [];
			const source = (async function* () {
				for (const chunk of chunks) yield Buffer.from(chunk);
			})();
			for await (const part of gzipBlocks(source, 4)) parts.push(part);
			const plain = execFileSync('gzip', ['-dc'], { input: Buffer.concat(parts), maxBuffer: 1 << 28 });
			assert.deepEqual(plain, Buffer.concat(chunks));
		}),
		{ numRuns: 15 },
	);
});

test('this Node compresses as all official ones do', async () => {
	assert.equal(await compressorIsStandard(), true);
});

test('a tree of random names is what GNU tar extracts', async (t) => {
	const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => !/[/\0\\\n]/.test(text) && text !== '.' && text !== '..');
	await fc.assert(
		fc.asyncProperty(
			fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }), { maxLength: 8, selector: (parts) => parts[0]?.normalize() }),
			async (paths) => {
				const out = folder(t);
				const entries = paths.map((parts, at) => file(parts.join('/'), `content ${at}`));
				execFileSync('tar', ['-xf', '-', '-C', out], { input: await tarOf(entries) });
				for (const [at, parts] of paths.entries()) assert.equal(readFileSync(join(out, ...parts), 'utf8'), `content ${at}`);
			},
		),
		{ numRuns: 20 },
	);
});
