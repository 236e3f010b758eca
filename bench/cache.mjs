/**
 * A cache between two clean machines: the first builds an example, pushes it and writes the cache; the second has the cache alone. Each has a
 * home, a store and package caches of its own, all empty, with the user's settings of package managers; tare.lock is committed. Needs
 * docker-registry and the examples' tools.
 *
 *   node bench/cache.mjs [EXAMPLE...]      default java-spring node-express
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, seconds, table } from './measure.mjs';
import { workplace } from './registry.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.cjs');
/** Where packages are fetched from, and as whom: not what was fetched. */
const SETTINGS = ['.m2/settings.xml', '.gradle/init.gradle', '.npmrc', '.config/pip/pip.conf', '.config/go/env', '.cargo/config.toml'];
const SHARE = 0.2;
const examples = process.argv.length > 2 ? process.argv.slice(2) : ['java-spring', 'node-express'];
const { work, registry, end } = await workplace('cache');
try {
	await run();
} finally {
	end();
}

async function run() {
	const rows = [];
	const verdicts = [];
	for (const example of examples) {
		const cache = `${registry.host}/${example}/cache:main`;
		const first = await machine(example, 'first', ['--cache-to', cache]);
		const second = await machine(example, 'second', ['--cache-from', cache]);
		if (first.stdout.split('@')[1] !== second.stdout.split('@')[1]) throw new Error(`${example}: the digests differ`);
		for (const [name, made] of [
			['first, writes the cache', first],
			['second, --cache-from', second],
		])
			rows.push([example, name, seconds(made.wall), seconds(made.cpu), mb(made.rss), `${((made.wall / first.wall) * 100).toFixed(1)} %`]);
		const share = second.wall / first.wall;
		verdicts.push(
			`${share <= SHARE ? 'reached' : 'MISSED '}  ${example}: the second machine takes ${(share * 100).toFixed(1)} % of the first (target: at most 20 %)`,
		);
	}
	table(['example', 'machine', 'wall', 'CPU', 'peak RSS', 'of the first'], rows);
	for (const line of verdicts) console.log(line);
}

async function machine(example, name, args) {
	const home = join(work, example, name);
	const dir = join(home, 'checkout');
	cpSync(join(ROOT, 'examples', example), dir, { recursive: true });
	const lock = join(work, example, 'first/checkout/tare.lock');
	if (name !== 'first' && existsSync(lock)) cpSync(lock, join(dir, 'tare.lock'));
	for (const file of SETTINGS) {
		if (!existsSync(join(homedir(), file))) continue;
		mkdirSync(dirname(join(home, file)), { recursive: true });
		cpSync(join(homedir(), file), join(home, file));
	}
	const env = {
		HOME: home,
		XDG_CACHE_HOME: join(home, 'cache'),
		TARE_CACHE_DIR: join(home, 'store'),
		// Java does not ask HOME where its user is at home.
		MAVEN_OPTS: `-Duser.home=${home}`,
		// Programs of rustup lie where they were installed.
		...(process.env.CARGO_HOME === undefined && { CARGO_HOME: join(homedir(), '.cargo') }),
		...(process.env.RUSTUP_HOME === undefined && { RUSTUP_HOME: join(homedir(), '.rustup') }),
	};
	return measure(process.execPath, [CLI, 'build', dir, '-t', `${registry.host}/${example}/${name}:1`, '--push', ...args], { env });
}
