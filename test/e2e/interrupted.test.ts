/** However Tare ends, its build steps end with it, and nothing they worked in stays. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { built, start } from '../support/cli.js';
import { folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

/** Neither it nor its child ends when asked to. */
const STUBBORN = `
process.on('SIGTERM', () => {}).on('SIGINT', () => {}).on('SIGHUP', () => {});
require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM',()=>{}).on('SIGHUP',()=>{});setInterval(()=>{},1e3)", process.argv[2]], { stdio: 'inherit' });
require('fs').writeFileSync(process.argv[3], '1');
setInterval(() => {}, 1000);
`;
const ENDS: readonly (readonly [string, readonly NodeJS.Signals[]])[] = [
	['SIGKILL', ['SIGKILL']],
	['SIGHUP', ['SIGHUP']],
	['SIGTERM', ['SIGTERM']],
	['SIGINT', ['SIGINT']],
	['SIGINT twice', ['SIGINT', 'SIGINT']],
];
const LIMIT_MS = 3000;

/** Processes that have the word among their arguments. */
function withWord(word: string): readonly string[] {
	return readdirSync('/proc').filter((name) => {
		try {
			return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word);
		} catch {
			return false;
		}
	});
}

async function until(what: string, holds: () => boolean, limit: number): Promise<void> {
	for (const end = Date.now() + limit; !holds(); await wait(50)) if (Date.now() > end) throw new Error(what);
}

test('no step and no folder of it outlives an interrupted build', async (t) => {
	if (!hasTools(t, 'npm')) return;
	const store = folder(t);
	const env = { TARE_CACHE_DIR: store };
	const dir = folder(t, { 'server.js': '', 'stubborn.js': STUBBORN, 'package.json': '{"name":"a","scripts":{"start":"node server.js","build":"true"}}' });
	built(['build', dir, '-q'], { env });
	for (const [at, [name, signals]] of ENDS.entries()) {
		const word = `tare-interrupted-${process.pid}-${at}`;
		const running = join(store, `running-${at}`);
		const app = folder(t, {
			'server.js': '',
			'stubborn.js': STUBBORN,
			'package.json': JSON.stringify({ name: 'a', scripts: { start: 'node server.js', build: `node stubborn.js ${word} ${running}` } }),
		});
		const child = start(['build', app], { env });
		child.stdout.resume();
		child.stderr.resume();
		const closed = new Promise((resolve) => child.once('exit', resolve));
		try {
			await until(`${name}: the step did not start`, () => existsSync(running), 60_000);
			assert.ok(withWord(word).length >= 2, `${name}: the step and its child run`);
			for (const signal of signals) {
				child.kill(signal);
				await wait(100);
			}
			await until(`${name}: steps live on`, () => withWord(word).length === 0, LIMIT_MS);
			await closed;
			const left = () => readdirSync(join(store, 'v1/tmp')).filter((entry) => entry.includes(`.${child.pid}.`) || entry.includes(`.${child.pid}-`));
			await until(`${name}: folders stay: ${left().join(' ')}`, () => left().length === 0, LIMIT_MS);
		} finally {
			child.kill('SIGKILL');
			for (const pid of withWord(word)) process.kill(Number(pid), 'SIGKILL');
		}
	}
});
