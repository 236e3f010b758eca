/**
 * Builds each example many times from nothing, with both cores busy and random stalls, and counts the digests.
 * `node bench/reproducible.mjs [--builds 10] [--seed 1] [EXAMPLE...]`; ends with 1 when one source has two digests.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, seconds, table } from './measure.mjs';
import { randomFrom, stallChildren } from './stalls.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const EXAMPLES = join(ROOT, 'examples');
const { values, positionals } = parseArgs({
	options: { builds: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
	allowPositionals: true,
});
const builds = Number(values.builds);
const random = randomFrom(Number(values.seed));
const all = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'expect.json')));
const names = positionals.length > 0 ? positionals : all;
const work = mkdtempSync(join(tmpdir(), 'tare-reproducible-'));
const busy = Array.from({ length: availableParallelism() }, () =>
	spawn('nice', ['-n', '15', process.execPath, '-e', 'for (;;) Math.sqrt(2)'], { stdio: 'ignore' }),
);

const rows = [];
try {
	for (const name of names) rows.push(await digests(name));
} finally {
	for (const child of busy) child.kill('SIGKILL');
	rmSync(work, { recursive: true, force: true });
}
table(
	['example', 'builds', 'digests', 'one build'],
	rows.map(({ row }) => row),
);
process.exitCode = rows.some(({ different }) => different) ? 1 : 0;

async function digests(name) {
	const { app = '' } = JSON.parse(readFileSync(join(EXAMPLES, name, 'expect.json'), 'utf8'));
	const [seen, walls] = [new Map(), []];
	let lock;
	for (let at = 0; at < builds; at++) {
		// Folders of other lengths, because a path's length can move what a bundler writes.
		const dir = join(work, `${name}-${'x'.repeat(at % 7)}${at}`);
		mkdirSync(dir, { recursive: true });
		cpSync(join(EXAMPLES, name), dir, { recursive: true });
		const folder = join(dir, app);
		if (lock) cpSync(lock, join(folder, 'tare.lock'));
		const stop = stallChildren(process.pid, { random, except: new Set(busy.map(({ pid }) => pid)) });
		try {
			const out = join(work, `out-${name}-${at}`);
			const { stdout, wall } = await measure(process.execPath, [join(ROOT, 'dist/cli.cjs'), 'build', folder, '--fresh', '-o', `oci:${out}`]);
			const digest = stdout.trim().split('@')[1];
			seen.set(digest, [...(seen.get(digest) ?? []), at + 1]);
			walls.push(wall);
			rmSync(out, { recursive: true, force: true });
		} finally {
			await stop();
		}
		lock ??= keep(join(folder, 'tare.lock'), join(work, `${name}.lock`));
		rmSync(dir, { recursive: true, force: true });
	}
	for (const [digest, which] of seen) console.error(`${name} ${digest} builds ${which.join(' ')}`);
	walls.sort((a, b) => a - b);
	return { different: seen.size !== 1, row: [name, builds, seen.size, seconds(walls[walls.length >> 1])] };
}

function keep(from, to) {
	cpSync(from, to);
	return to;
}
