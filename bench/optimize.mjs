/**
 * What the opt-in optimizations bring: an app is built without any, then with each set of them, in two folders with two stores.
 *
 *   node bench/optimize.mjs APP [--port N] [SET ...]        SET is a list as for --optimize; default: the sets for Node
 *
 * An app that does not read PORT needs its port named.
 *
 * Columns: compressed image without the base, files in the app's layers, milliseconds from the start to the first answer (best of seven), peak
 * resident memory at that moment, and whether both builds have one digest; ratios against the first row. Needs umoci and bwrap.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mb, measure, table } from './measure.mjs';

const CLI = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
const RUNS = 7;
const [app, ...rest] = process.argv.slice(2);
const fixedPort = rest[0] === '--port' ? Number(rest[1]) : undefined;
const asked = fixedPort === undefined ? rest : rest.slice(2);
if (app === undefined) throw new Error('usage: node bench/optimize.mjs APP [--port N] [SET ...]');
const sets = ['', '--strip', ...(asked.length > 0 ? asked : ['trace', 'bundle', 'compile-cache', 'trace,compile-cache', 'bundle,compile-cache'])];
const work = mkdtempSync(join(tmpdir(), 'tare-optimize-'));

try {
	const rows = [];
	for (const set of sets) rows.push(await row(set));
	const [plain] = rows;
	console.log(`${basename(resolve(app))}\n`);
	table(
		['optimize', 'app layers', 'ratio', 'whole image', 'ratio', 'files', 'start', 'ratio', 'memory', 'one digest'],
		rows.map(({ set, layers, image, files, start, memory, same }) => [
			set === '' ? 'none' : set,
			mb(layers),
			ratio(layers, plain.layers),
			mb(image),
			ratio(image, plain.image),
			files,
			`${start.toFixed(0)} ms`,
			ratio(start, plain.start),
			mb(memory),
			same,
		]),
	);
} finally {
	rmSync(work, { recursive: true, force: true });
}

function ratio(value, plain) {
	return (value / plain).toFixed(2);
}

async function row(set) {
	const out = join(work, 'image');
	rmSync(out, { recursive: true, force: true });
	const first = await build(set, join(work, 'one'), join(work, 'store-1'), ['-o', `oci:${out}:v`]);
	const second = await build(set, join(work, 'another/place'), join(work, 'store-2'), [], join(work, 'one/tare.lock'));
	const [image] = first.images;
	const own = image.layers.filter(({ purpose }) => purpose !== 'os' && purpose !== 'runtime');
	const bundle = join(work, 'bundle');
	rmSync(bundle, { recursive: true, force: true });
	execFileSync('umoci', ['unpack', '--image', `${out}:v`, bundle], { stdio: 'ignore' });
	const runs = [];
	for (let run = 0; run < RUNS; run++) runs.push(await start(bundle));
	const best = runs.sort((a, b) => a.ms - b.ms)[0];
	return {
		set,
		layers: own.reduce((sum, { size }) => sum + size, 0),
		image: image.size,
		files: countFiles(join(bundle, 'rootfs/app')),
		start: best.ms,
		memory: best.memory,
		same: first.digest === second.digest ? 'yes' : 'NO',
	};
}

async function build(set, place, store, args, lock) {
	rmSync(place, { recursive: true, force: true });
	cpSync(app, place, { recursive: true });
	rmSync(join(place, 'tare.lock'), { force: true });
	if (lock !== undefined) cpSync(lock, join(place, 'tare.lock'));
	const flags = set.startsWith('--') ? [set] : set === '' ? [] : ['--optimize', set];
	const { stdout } = await measure(process.execPath, [CLI, 'build', place, '--json', ...flags, ...args], { env: { TARE_CACHE_DIR: store } });
	return JSON.parse(stdout);
}

/** Milliseconds until the first answer, and what the process had at most by then. */
async function start(bundle) {
	const { process: spec } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'));
	const port = fixedPort ?? (await freePort());
	const env = {
		...Object.fromEntries(spec.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
		PORT: String(port),
		TINI_SUBREAPER: '1',
	};
	const root = [
		'--ro-bind',
		join(bundle, 'rootfs'),
		'/',
		'--proc',
		'/proc',
		'--dev',
		'/dev',
		'--tmpfs',
		'/tmp',
		'--unshare-user',
		'--unshare-pid',
		'--uid',
		'65532',
		'--gid',
		'65532',
	];
	const began = performance.now();
	const child = spawn('bwrap', [...root, '--chdir', spec.cwd, '--die-with-parent', ...spec.args], {
		env,
		stdio: ['ignore', 'ignore', 'inherit'],
		detached: true,
	});
	try {
		while (!(await answers(port))) {
			if (performance.now() - began > 20_000 || child.exitCode !== null) throw new Error('the app does not answer');
			await setTimeout(2);
		}
		return { ms: performance.now() - began, memory: peakOf(child.pid) };
	} finally {
		if (child.exitCode === null) {
			process.kill(-child.pid, 'SIGKILL');
			await new Promise((done) => child.once('close', done));
		}
	}
}

/** Of the process and all below it. */
function peakOf(pid) {
	const own = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
		.trim()
		.split(' ')
		.filter((text) => text !== '');
	return Math.max(own, ...children.map(peakOf));
}

function answers(port) {
	return new Promise((done) => {
		get({ port, host: '127.0.0.1', path: '/' }, (response) => response.resume().once('end', () => done(true))).once('error', () => done(false));
	});
}

function freePort() {
	return new Promise((done) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => done(port));
		});
	});
}

function countFiles(folder) {
	return readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true).length;
}
