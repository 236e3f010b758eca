/**
 * Python: Tare against a plain `pip install --target` of the same requirements, and the image's start-up against a virtualenv with warm
 * bytecode, in one run. Needs python3 with venv, umoci, bwrap and root.
 *
 *   node bench/python.mjs [APP]      default examples/python-fastapi
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, seconds, table } from './measure.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.cjs');
const STARTS = 7;
const app = resolve(process.argv[2] ?? join(ROOT, 'examples/python-fastapi'));
const work = mkdtempSync(join(tmpdir(), 'tare-bench-python-'));
try {
	await run();
} finally {
	rmSync(work, { recursive: true, force: true });
}

async function run() {
	const rows = {};
	const [one, two] = ['one', 'two/deeper'].map((name) => copy(name));
	const env = { TARE_CACHE_DIR: join(work, 'store') };
	// The base is what both need alike: it is made before, as pip's Python is there before.
	await measure(process.execPath, [CLI, 'build', one, '-q'], { env });
	const tare = async (label, dir, more = {}) => {
		const result = await measure(process.execPath, [CLI, 'build', dir, '--json', '-o', `oci:${join(work, 'oci')}`], { env: { ...env, ...more } });
		rows[label] = { ...result, ...JSON.parse(result.stdout) };
	};
	await tare('no change', one);
	appendFileSync(join(one, 'main.py'), '\n# changed\n');
	await tare('one-line change', one);
	// The package cache of uv is emptied by another home; the base's layers stay.
	cpSync(join(one, 'tare.lock'), join(two, 'tare.lock'));
	const home = join(work, 'home');
	mkdirSync(home);
	rows['pip, no cache'] = await pip(one, 'target-cold', ['--no-cache-dir']);
	await measure(process.execPath, [CLI, 'build', copyBaseOnly(one), '-q'], { env: { ...env, TARE_CACHE_DIR: join(work, 'store-2') } });
	await tare('dependencies cold', two, {
		TARE_CACHE_DIR: join(work, 'store-2'),
		HOME: home,
		XDG_CACHE_HOME: join(home, 'cache'),
		UV_CACHE_DIR: join(home, 'uv'),
	});
	await pip(one, 'target-fill', []);
	rows['pip, cache'] = await pip(one, 'target-warm', []);
	await tare('dependencies again', one, { TARE_CACHE_DIR: await storeWithBase(one) });
	await print(rows, await starts(one));
}

function copy(name) {
	const dir = join(work, name, 'app');
	mkdirSync(dir, { recursive: true });
	cpSync(app, dir, { recursive: true });
	return dir;
}

/** A project without dependencies on the same base, so that a store gets the base and nothing else. */
function copyBaseOnly(from) {
	const dir = mkdtempSync(join(work, 'base-'));
	cpSync(join(from, 'tare.lock'), join(dir, 'tare.lock'));
	execFileSync('sh', ['-c', `printf 'print("base")\\n' > ${join(dir, 'main.py')}`]);
	return dir;
}

async function storeWithBase(from) {
	const store = join(work, 'store-3');
	await measure(process.execPath, [CLI, 'build', copyBaseOnly(from), '-q'], { env: { TARE_CACHE_DIR: store } });
	return store;
}

function pip(dir, target, flags) {
	return measure(
		'python3',
		['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...flags, '--target', join(work, target), '-r', 'requirements.txt'],
		{
			cwd: dir,
			env: { PIP_CACHE_DIR: join(work, 'pip-cache') },
		},
	);
}

/** Median time from exec to the first answer, in the unpacked image and in a virtualenv of the host's Python. */
async function starts(dir) {
	const bundle = join(work, 'bundle');
	execFileSync('umoci', ['unpack', '--image', `${join(work, 'oci')}:latest`, bundle], { stdio: 'ignore' });
	const { images } = JSON.parse(execFileSync(process.execPath, [CLI, 'inspect', join(work, 'oci'), '--json'], { encoding: 'utf8' }));
	const { Entrypoint = [], Cmd = [], Env = [] } = images[0].config ?? {};
	const venv = join(work, 'venv');
	execFileSync('python3', ['-m', 'venv', venv]);
	execFileSync(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'], { cwd: dir });
	const isolated = ['--die-with-parent', '--unshare-user', '--unshare-pid', '--uid', '65532'];
	const mounts = ['--ro-bind', join(bundle, 'rootfs'), '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--chdir', '/app'];
	const inImage = (port) => {
		const variables = [...Env, `PORT=${port}`, 'TINI_SUBREAPER=1'].flatMap((pair) => [
			'--setenv',
			pair.slice(0, pair.indexOf('=')),
			pair.slice(pair.indexOf('=') + 1),
		]);
		return ['bwrap', [...isolated, ...mounts, '--clearenv', ...variables, ...Entrypoint, ...Cmd]];
	};
	const version = execFileSync(join(venv, 'bin/python'), ['--version'], { encoding: 'utf8' }).trim();
	const inVenv = (port) => [
		'bwrap',
		[
			...isolated,
			'--ro-bind',
			'/',
			'/',
			'--dev',
			'/dev',
			'--proc',
			'/proc',
			'--chdir',
			dir,
			join(venv, 'bin/uvicorn'),
			'main:app',
			'--host',
			'0.0.0.0',
			'--port',
			String(port),
		],
	];
	// Warm: bytecode of the virtualenv was written by pip, that of the app by a run.
	execFileSync(join(venv, 'bin/python'), ['-m', 'compileall', '-q', dir]);
	const times = { image: [], venv: [] };
	for (let turn = 0; turn < STARTS; turn++) {
		times.image.push(await timed(inImage));
		times.venv.push(await timed(inVenv));
	}
	return { image: median(times.image), venv: median(times.venv), version };
}

async function timed(command) {
	const port = await freePort();
	const [program, args] = command(port);
	const began = process.hrtime.bigint();
	const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	child.stderr.on('data', (chunk) => (log += chunk));
	try {
		for (;;) {
			if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${log.slice(-1500)}`);
			const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
			if (answer !== undefined) return Number(process.hrtime.bigint() - began) / 1e9;
			await new Promise((done) => setTimeout(done, 2));
		}
	} finally {
		child.kill('SIGKILL');
		await new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('close', done) : done()));
	}
}

function freePort() {
	return new Promise((done) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => done(port));
		});
	});
}

function median(values) {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function dependencies({ images }) {
	return images[0].layers.find(({ purpose }) => purpose === 'dependencies');
}

async function print(rows, start) {
	const cores = execFileSync('nproc', { encoding: 'utf8' }).trim();
	console.log(
		`${basename(app)} on ${cores} cores, ${execFileSync('python3', ['-m', 'pip', '--version'], { encoding: 'utf8' }).split(' from ')[0]}. Tare writes an OCI layout, base made before.`,
	);
	table(
		['build', 'wall', 'CPU', 'peak RSS', 'dependency layer'],
		['pip, no cache', 'dependencies cold', 'pip, cache', 'dependencies again', 'no change', 'one-line change'].map((label) => {
			const { wall, cpu, rss, images } = rows[label];
			return [label, seconds(wall), seconds(cpu), mb(rss), images === undefined ? '' : mb(dependencies(rows[label]).size)];
		}),
	);
	const target = (says, got, reached) => console.log(`${reached ? 'reached' : 'MISSED '}  ${says}: ${got}`);
	const over = rows['dependencies cold'].wall - rows['pip, no cache'].wall;
	target('cold, at most pip + 1 s', `pip ${over < 0 ? '-' : '+'} ${seconds(Math.abs(over))}`, over <= 1);
	const warm = rows['dependencies again'].wall - rows['pip, cache'].wall;
	target('with warm package caches, at most pip + 1 s', `pip ${warm < 0 ? '-' : '+'} ${seconds(Math.abs(warm))}`, warm <= 1);
	const digests = [dependencies(rows['dependencies cold']).digest, dependencies(rows['no change']).digest];
	target('one dependency layer for two folders, homes and stores', digests[0] === digests[1] ? 'the same digest' : 'two digests', digests[0] === digests[1]);
	target(
		`start-up at most that of a virtualenv (${start.version}) with warm bytecode`,
		`${seconds(start.image)} against ${seconds(start.venv)}`,
		start.image <= start.venv * 1.05,
	);
}
