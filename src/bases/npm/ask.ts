/** What the npm of this host says of its own configuration; nothing else knows its built-in defaults. */
import { execFile } from 'node:child_process';

const TIMEOUT_MS = 20_000;

/** A project's package.json can forbid npm (`devEngines`), and its .npmrc is read by us: npm is asked where no project is. */
const OUTSIDE = '/';
/** npm sets this for the scripts that it runs, and would go to that project again. */
const PROJECT = /^npm_config_local_prefix$/i;

/** One run of npm answers every key. @returns undefined for a key npm has no value for, and without npm */
export function createNpmAsker(env: Readonly<Record<string, string | undefined>>): (key: string) => Promise<string | undefined> {
	let answers: Promise<ReadonlyMap<string, string>> | undefined;
	return async (key) => {
		const outside = Object.fromEntries(Object.entries(env).filter(([name]) => !PROJECT.test(name)));
		answers ??= ask(['registry', 'globalconfig'], outside);
		return (await answers).get(key);
	};
}

function ask(keys: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<ReadonlyMap<string, string>> {
	return new Promise((resolve) => {
		execFile('npm', ['config', 'get', ...keys], { env, cwd: OUTSIDE, timeout: TIMEOUT_MS }, (_error, stdout) => {
			const pairs = stdout.split('\n').map((line) => /^([\w-]+)\s*=\s*(.*)$/.exec(line.trim()));
			resolve(new Map(pairs.filter((pair) => pair !== null).map(([, key = '', value = '']) => [key, value])));
		});
	});
}
