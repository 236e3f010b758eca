/**
 * The table of apps: every folder of DIR that holds an app is built with no configuration, in two different folders with two stores,
 * searched for what must not be in an image, booted and asked.
 *
 *   node bench/apps.mjs DIR [--only ID,...] [--once]
 *
 * Columns: the rule that chose the start, compressed size, layers, seconds of the first build, whether both builds have one digest,
 * what was found that does not belong in an image, and what the app answered to GET / (or how it ended). Needs umoci and runc.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';
import { mb, table } from './measure.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [dir, ...flags] = process.argv.slice(2);
if (dir === undefined || !existsSync(dir)) throw new Error('usage: node bench/apps.mjs DIR [--only ID,...] [--once]');
const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1].split(',') : undefined;
const once = flags.includes('--once');
const work = mkdtempSync(join(tmpdir(), 'tare-apps-'));
const stores = [join(work, 'store-1'), join(work, 'store-2')];
await bundle({
	entryPoints: [join(ROOT, 'test/support/boot.ts')],
	bundle: true,
	platform: 'node',
	format: 'esm',
	outfile: join(work, 'boot.mjs'),
	logLevel: 'error',
});
const { boot } = await import(pathToFileURL(join(work, 'boot.mjs')).href);

try {
	const names = readdirSync(dir).filter((name) => statSync(join(dir, name)).isDirectory() && (only === undefined || only.includes(name)));
	const rows = [];
	for (const name of names) rows.push(await row(name));
	table(['app', 'rule', 'size', 'layers', 'seconds', 'one digest', 'leftovers', 'answer'], rows);
	process.exitCode = rows.every(([, , , , , same, left, answer]) => same !== 'NO' && left === 'none' && /^(?:[234]\d\d|exit 0)$/.test(answer)) ? 0 : 1;
} finally {
	rmSync(work, { recursive: true, force: true });
}

async function row(name) {
	const out = join(work, `${name}.oci`);
	const first = tare(name, join(work, 'one', name), stores[0], out);
	if (first.error !== undefined) return [name, first.error, '-', '-', '-', '-', 'none', 'not built'];
	const second = once ? undefined : tare(name, join(work, 'another/place', name), stores[1], undefined, join(work, 'one', name, 'tare.lock'));
	const [image] = first.images;
	const rule = first.plan.processes[0].reasons[0]?.says ?? '';
	const left = leftovers(out, name);
	const answer = await ask(`${out}:latest`);
	rmSync(out, { recursive: true, force: true });
	const same = second === undefined ? '-' : second.digest === first.digest ? 'yes' : 'NO';
	return [name, rule.slice(0, 60), mb(image.size), String(image.layers.length), first.seconds.toFixed(1), same, left, answer];
}

function tare(name, place, store, out, lock) {
	cpSync(join(dir, name), place, { recursive: true });
	rmSync(join(place, 'tare.lock'), { force: true });
	if (lock !== undefined) cpSync(lock, join(place, 'tare.lock'));
	const began = performance.now();
	const args = [join(ROOT, 'dist/cli.cjs'), 'build', place, '--json', ...(out === undefined ? [] : ['-o', `oci:${out}`])];
	const { stdout, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, TARE_CACHE_DIR: store }, encoding: 'utf8', maxBuffer: 1 << 28 });
	const seconds = (performance.now() - began) / 1000;
	try {
		return { ...JSON.parse(stdout), seconds };
	} catch {
		return { error: /"code":"([A-Z_]+)"/.exec(stderr)?.[1] ?? 'failed' };
	}
}

/** Nothing of this machine, of the repository or of the developer's tools belongs in an image. */
function leftovers(out, name) {
	const rootfs = join(work, `${name}.rootfs`);
	spawnSync('umoci', ['unpack', '--image', `${out}:latest`, rootfs]);
	const app = join(rootfs, 'rootfs/app');
	const found = new Set();
	const development = developmentOnly(join(dir, name));
	for (const path of files(join(rootfs, 'rootfs'), '')) {
		if (!/^(?:app|deno-dir|tare)\//.test(path)) continue;
		if (
			/(?:^|\/)(?:\.git|\.npm|_cacache|\.yarn|\.pnpm-store)\//.test(path) ||
			/(?:^|\/)(?:\.env|\.npmrc|\.modules\.yaml|\.package-lock\.json|\.yarn-integrity|\.yarn-state\.yml)$/.test(path)
		)
			found.add(basename(path));
		const owner = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\/package\.json$/.exec(path)?.[1];
		if (owner !== undefined && development.has(owner) && path === `app/node_modules/${owner}/package.json`) found.add(`dev:${owner}`);
	}
	if (existsSync(app)) {
		const hit = spawnSync('grep', ['-rlF', '-m1', '-e', work, '-e', `${stores[0]}/`, app], { encoding: 'utf8' }).stdout.trim();
		for (const path of hit.split('\n').filter((line) => line !== '')) found.add(`path in ${path.slice(app.length + 1)}`);
	}
	rmSync(rootfs, { recursive: true, force: true });
	return found.size === 0 ? 'none' : [...found].slice(0, 4).join(' ');
}

/** Development dependencies that no production dependency can bring: leaf tools by name. */
function developmentOnly(folder) {
	const file = join(folder, 'package.json');
	const json = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
	const tools = /^(?:typescript|eslint.*|prettier|jest|vitest|nodemon|ts-node|tsx|webpack.*|husky|@types\/.*|@nestjs\/cli)$/;
	return new Set(Object.keys(json.devDependencies ?? {}).filter((name) => tools.test(name) && !(name in (json.dependencies ?? {}))));
}

function* files(root, below) {
	for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
		const path = below === '' ? entry.name : `${below}/${entry.name}`;
		if (entry.isDirectory()) yield* files(root, path);
		else yield path;
	}
}

async function ask(image) {
	const app = await boot({ image });
	try {
		const { status } = await app.get('/');
		return String(status);
	} catch {
		return /(?:exit|ended|code)\D*(\d+)/i.exec(app.log())?.[0] ?? 'no answer';
	} finally {
		await app.stop().catch(() => undefined);
	}
}
