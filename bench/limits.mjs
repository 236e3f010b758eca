/**
 * What this machine can do at most, and what a layer reaches of it: `node bench/limits.mjs`. All is measured in one run, because only
 * the ratios travel from one machine to another. A layer is written in a process of its own, so that the peak memory is its own.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { shared } from '../scripts/bundle.mjs';

const LEVEL = 4;
const SMALL_FILES = 20_000;
const BIG_FILES = 3;
const BLOCK = 1 << 20;
const ROUNDS = 3;
/** MB/s of small files on two cores. */
const TARGET = 60;
const MB = 1e6;
const SELF = fileURLToPath(import.meta.url);

const [role, bundle, from, scratch] = process.argv.slice(2);
async function main() {
	const dir = mkdtempSync(join(tmpdir(), 'tare-bench-'));
	try {
		await report(dir, await bundleSources(dir));
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

async function report(dir, bundle) {
	const tree = join(dir, 'tree');
	makeTree(tree);
	const tare = await import(bundle);
	const small = await layer(tare, bundle, dir, tree);
	const big = await layer(tare, bundle, dir, process.execPath);
	console.log(`node ${process.version} ${process.arch}, ${availableParallelism()} cores; best of ${ROUNDS}; gzip level ${LEVEL}; MB = 10^6 bytes\n`);
	table([
		['the same bytes, alone', 'small files', 'big files'],
		...['sha256', 'gzip, one core', 'gzip, blocks in parallel'].map((name) => [name, `${rate(small.limits[name])}`, `${rate(big.limits[name])}`]),
		[`walk and stat of ${SMALL_FILES} files`, `${(walkSeconds(tree) * 1000).toFixed(0)} ms`, '-'],
	]);
	table([
		['a layer: read, tar, 2 x sha256, gzip, store', 'small files', 'big files'],
		['files', `${SMALL_FILES}, ${(small.bytes / MB).toFixed(0)} MB`, `${BIG_FILES}, ${(big.bytes / MB).toFixed(0)} MB`],
		['speed', rate(small.speed), rate(big.speed)],
		['of the parallel gzip alone', share(small), share(big)],
		['compressed to', percent(small.size / small.tar), percent(big.size / big.tar)],
		['peak RSS of the process', `${small.rss} MiB`, `${big.rss} MiB`],
	]);
	const reached = small.speed >= TARGET;
	console.log(`target: ${TARGET} MB/s of small files: ${reached ? 'reached' : 'MISSED'}`);
	process.exitCode = reached ? 0 : 1;
}

const rate = (speed) => `${speed.toFixed(0)} MB/s`;
const percent = (ratio) => `${(ratio * 100).toFixed(1)} %`;
const share = ({ speed, limits, tar, bytes }) => percent((speed * tar) / bytes / limits['gzip, blocks in parallel']);

/** The best of some rounds, each in a fresh process, and the limits of the very same bytes. */
async function layer(tare, bundle, dir, from) {
	const runs = Array.from({ length: ROUNDS }, () => JSON.parse(execFileSync(process.execPath, [SELF, 'layer', bundle, from, dir], { encoding: 'utf8' })));
	const fastest = runs.reduce((a, b) => (a.seconds < b.seconds ? a : b));
	const rss = Math.max(...runs.map((run) => run.rss));
	return { ...fastest, rss, speed: fastest.bytes / MB / fastest.seconds, limits: await limitsOf(tare, from) };
}

async function writeOne({ writeLayer, openStore, imagePath }, from, dir) {
	const store = await openStore(mkdtempSync(join(dir, 'store-')));
	const entries = entriesOf(from, imagePath);
	const start = performance.now();
	const { descriptor, uncompressedSize } = await writeLayer(entries, store, { level: LEVEL });
	const seconds = (performance.now() - start) / 1000;
	const bytes = entries.reduce((sum, { size }) => sum + size, 0);
	rmSync(store.root, { recursive: true, force: true });
	return { seconds, bytes, tar: uncompressedSize, size: descriptor.size, rss: Math.round(process.resourceUsage().maxRSS / 1024) };
}

async function limitsOf({ tarBlocks, gzipBlocks, imagePath }, from) {
	const blocks = [];
	let length = 0;
	for await (const block of tarBlocks(entriesOf(from, imagePath))) {
		blocks.push(block);
		length += block.length;
		// Enough to measure; the whole of the big files would only take longer.
		if (length >= 96 * BLOCK) break;
	}
	const hashAll = () => {
		const hash = createHash('sha256');
		for (const block of blocks) hash.update(block);
		hash.digest();
	};
	const compressEach = () => {
		for (const block of blocks) gzipSync(block, { level: LEVEL });
	};
	const compressTogether = async () => {
		for await (const _ of gzipBlocks(blocks, LEVEL)) {
			// Only the time counts.
		}
	};
	return {
		sha256: length / MB / (await bestOf(hashAll)),
		'gzip, one core': length / MB / (await bestOf(compressEach)),
		'gzip, blocks in parallel': length / MB / (await bestOf(compressTogether)),
	};
}

async function bestOf(work) {
	const times = [];
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		await work();
		times.push((performance.now() - start) / 1000);
	}
	return Math.min(...times);
}

/** A folder's files, or one file some times. */
function entriesOf(from, imagePath) {
	const files = statSync(from).isDirectory() ? walk(from) : Array.from({ length: BIG_FILES }, () => from);
	return files.map((path, at) => ({ type: 'file', path: imagePath(`app/${at}`), mode: 0o644, size: lstatSync(path).size, content: { kind: 'disk', path } }));
}

function walk(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function walkSeconds(tree) {
	const start = performance.now();
	for (const path of walk(tree)) lstatSync(path);
	return (performance.now() - start) / 1000;
}

/** 74 MB in 100 folders, sizes spread evenly by their logarithm from 200 bytes to 16 kB. */
function makeTree(tree) {
	const text = words(4 * BLOCK);
	for (let at = 0; at < SMALL_FILES; at++) {
		const size = Math.round(200 * 80 ** (at / SMALL_FILES));
		const start = (at * 65_537) % (text.length - size);
		if (at < 100) mkdirSync(join(tree, `${at}`), { recursive: true });
		writeFileSync(join(tree, `${at % 100}`, `${at}.js`), text.subarray(start, start + size));
	}
}

/** Compresses about as program text does: common words often, rare ones seldom. */
function words(length) {
	let state = 1;
	const next = (below) => {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
	const list = Array.from({ length: 4000 }, () => Array.from({ length: 2 + next(9) }, () => String.fromCharCode(97 + next(26))).join(''));
	const text = Buffer.alloc(length);
	for (let at = 0; at < length; ) at += text.write(`${list[Math.floor(list.length ** (next(1000) / 1000)) - 1]} `, at) || 1;
	return text;
}

async function bundleSources(dir) {
	const contents = `export { writeLayer } from './src/layers/write.js'; export { tarBlocks } from './src/layers/tar.js';
		export { gzipBlocks } from './src/layers/gzip.js'; export { imagePath } from './src/layers/entry.js'; export { openStore } from './src/store/open.js';`;
	const outfile = join(dir, 'tare.mjs');
	await build({ ...shared, splitting: false, outfile, stdin: { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'ts' } });
	return outfile;
}

function table(rows) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	for (const row of rows) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('   '));
	console.log();
}

if (role === 'layer') console.log(JSON.stringify(await writeOne(await import(bundle), from, scratch)));
else await main();
