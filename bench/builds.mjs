/**
 * Builds of the Express example: cold, after a one-line change, unchanged, pushed; against containerify (npm) on the same app and base in
 * the same run. Needs docker-registry; `npm run bench`.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, seconds, table } from './measure.mjs';
import { workplace } from './registry.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.cjs');
const CONTAINERIFY = 'containerify@4.1.0';
const { work, registry, end } = await workplace('builds');
try {
	await run();
} finally {
	end();
}

async function run() {
	const app = join(work, 'app');
	cpSync(join(ROOT, 'examples/node-express'), app, { recursive: true });
	const env = { TARE_CACHE_DIR: join(work, 'store') };
	const rows = [];
	const tare = async (label, ...args) => {
		registry.take();
		const result = await measure(process.execPath, [CLI, 'build', app, '--json', ...args], { env });
		rows.push(row('tare', label, result));
		return JSON.parse(result.stdout);
	};
	const change = () => appendFileSync(join(app, 'server.js'), '// changed\n');

	const first = await tare('cold: no lock, empty store');
	rmSync(env.TARE_CACHE_DIR, { recursive: true, force: true });
	await tare('cold: lock, empty store');
	change();
	await tare('one-line change');
	await tare('no change');
	await tare('first push', '-t', `${registry.host}/tare/app:1`, '--push');
	await tare('no-change push', '-t', `${registry.host}/tare/app:1`, '--push');
	change();
	await tare('one-line change, pushed', '-t', `${registry.host}/tare/app:1`, '--push');
	const stripped = JSON.parse((await measure(process.execPath, [CLI, 'build', app, '--json', '--strip'], { env })).stdout);

	await pushBase(env);
	const rival = installRival(app);
	const containerify = async (label) => {
		registry.take();
		const folder = rival.app;
		const args = [
			'--fromRegistry',
			`http://${registry.host}/v2/`,
			'--fromImage',
			'base:1',
			'--toRegistry',
			`http://${registry.host}/v2/`,
			'--toImage',
			'containerify/app:1',
			'--folder',
			folder,
			'--allowInsecureRegistries',
			'--allowNoPushAuth',
			'--entrypoint',
			'node server.js',
			'--setTimeStamp',
			'1970-01-01T00:00:00Z',
			'--layerCacheFolder',
			rival.cache,
		];
		rows.push(row('containerify', label, await measure(process.execPath, [rival.cli, ...args])));
	};
	await containerify('first push');
	await containerify('no-change push');
	appendFileSync(join(rival.app, 'server.js'), '// changed\n');
	await containerify('one-line change, pushed');

	console.log(
		`Express example on ${execFileSync('nproc', { encoding: 'utf8' }).trim()} cores, Node ${process.version}. CPU includes npm; RSS is the tool's own process.`,
	);
	table(
		['tool', 'build', 'wall', 'CPU', 'peak RSS', 'registry requests'],
		rows.map(({ cells }) => cells),
	);
	ratios(rows);
	console.log(`image: ${mb(first.images[0].size)} compressed (bound 52), with --strip ${mb(stripped.images[0].size)} (bound 47)`);
}

function row(tool, label, { wall, cpu, rss }) {
	return { tool, label, wall, cpu, cells: [tool, label, seconds(wall), seconds(cpu), mb(rss), registry.take()] };
}

function ratios(rows) {
	const pairs = rows
		.filter(({ tool }) => tool === 'containerify')
		.map((rival) => [rival, rows.find(({ tool, label }) => tool === 'tare' && label === rival.label)]);
	table(
		['build', 'tare / containerify, wall', 'CPU'],
		pairs.map(([rival, own]) => [rival.label, (own.wall / rival.wall).toFixed(2), (own.cpu / rival.cpu).toFixed(2)]),
	);
}

/** The same base for the rival: an image of Tare's base with nothing on it. */
async function pushBase(env) {
	const empty = join(work, 'base');
	cpSync(join(work, 'app', 'tare.lock'), join(empty, 'tare.lock'), { recursive: true });
	writeFileSync(join(empty, 'server.js'), '');
	await measure(process.execPath, [CLI, 'build', empty, '-t', `${registry.host}/base:1`, '--push', '-q'], { env });
}

/** containerify packs what is there: its app has its production modules installed beforehand, which is not counted. */
function installRival(app) {
	const tool = join(work, 'rival');
	execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', tool, CONTAINERIFY], { stdio: 'ignore' });
	const copy = join(work, 'rival-app');
	cpSync(app, copy, { recursive: true });
	execFileSync('npm', ['ci', '--omit=dev', '--silent', '--no-audit', '--no-fund'], { cwd: copy, stdio: 'ignore' });
	const { bin } = JSON.parse(readFileSync(join(tool, 'node_modules/containerify/package.json'), 'utf8'));
	return { app: copy, cache: join(work, 'rival-cache'), cli: join(tool, 'node_modules/containerify', typeof bin === 'string' ? bin : bin.containerify) };
}
