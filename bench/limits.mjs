/** How near the packer comes to the machine's own limits, and whether memory and time stay in proportion: `node bench/limits.mjs`. */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { mb, measure, seconds, table } from './measure.mjs';

const CLI = join(fileURLToPath(new URL('..', import.meta.url)), 'dist/cli.cjs');
const work = mkdtempSync(join(tmpdir(), 'tare-limits-'));
const env = { TARE_CACHE_DIR: join(work, 'store') };
const rate = (bytes, s) => `${(bytes / 1e6 / s).toFixed(0)} MB/s`;
const time = (task) => {
	const began = process.hrtime.bigint();
	task();
	return Number(process.hrtime.bigint() - began) / 1e9;
};

try {
	const text = words(64e6);
	const sha = time(() => createHash('sha256').update(text).digest());
	const gzip = time(() => gzipSync(text, { level: 4 }));
	const cases = [
		['20,000 files, 74 MB', project('small', (dir) => files(dir, 20_000, 3_700))],
		['100,000 files, 100 MB', project('many', (dir) => files(dir, 100_000, 1_000))],
		['one file of 1 GB', project('big', (dir) => bigFile(dir, 1e9))],
		['one file of 2 GB', project('bigger', (dir) => bigFile(dir, 2e9))],
	];
	const warm = project('warm', (dir) => files(dir, 1, 10));
	await measure(process.execPath, [CLI, 'build', warm.dir, '-q'], { env });
	const rows = [];
	for (const [label, { dir, bytes }] of cases) {
		const walk = time(() => readdirSync(dir, { recursive: true }).map((name) => lstatSync(join(dir, name))));
		const first = await measure(process.execPath, [CLI, 'build', dir, '-q'], { env });
		const again = await measure(process.execPath, [CLI, 'build', dir, '-q'], { env });
		const limit = (bytes / 64e6) * (2 * sha + gzip);
		rows.push([
			label,
			seconds(first.wall),
			rate(bytes, first.wall),
			(first.wall / limit).toFixed(2),
			mb(first.rss),
			seconds(walk),
			seconds(again.wall),
			mb(again.rss),
		]);
	}
	console.log(`one core: sha256 ${rate(64e6, sha)}, gzip level 4 ${rate(64e6, gzip)}. "of limit": wall over the time of two sha256 and one gzip on one core.`);
	table(['project', 'first build', 'rate', 'of limit', 'peak RSS', 'stat alone', 'no change', 'peak RSS'], rows);
} finally {
	rmSync(work, { recursive: true, force: true });
}

function project(name, fill) {
	const dir = join(work, name);
	mkdirSync(dir);
	writeFileSync(join(dir, 'server.js'), '');
	return { dir, bytes: fill(dir) };
}

function files(dir, count, size) {
	for (let at = 0; at < count; at++) {
		if (at % 200 === 0) mkdirSync(join(dir, String(at / 200)));
		writeFileSync(join(dir, String(Math.floor(at / 200)), `${at}.txt`), words(size, at));
	}
	return count * size;
}

function bigFile(dir, size) {
	const fd = openSync(join(dir, 'big.bin'), 'w');
	for (let at = 0; at < size; at += 10e6) writeSync(fd, words(10e6, at));
	closeSync(fd);
	return size;
}

/** Text that compresses about as source code does. */
function words(size, seed = 1) {
	const out = Buffer.alloc(size);
	let state = (seed * 2654435761) >>> 0 || 1;
	for (let at = 0; at < size; at++) {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		out[at] = 97 + ((state >>> 16) % ((state >>> 8) % 7 === 0 ? 26 : 9));
	}
	return out;
}
