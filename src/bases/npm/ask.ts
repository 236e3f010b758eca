/** What the npm of this host says of its own configuration; nothing else knows its built-in defaults. */
import { execFile } from 'node:child_process';

const TIMEOUT_MS = 20_000;

/** One run of npm answers every key. @returns undefined for a key npm has no value for, and without npm */
export function createNpmAsker(env: Readonly<Record<string, string | undefined>>, cwd: string): (key: string) => Promise<string | undefined> {
	let answers: Promise<ReadonlyMap<string, string>> | undefined;
	return async (key) => {
		answers ??= ask(['registry', 'globalconfig'], env, cwd);
		return (await answers).get(key);
	};
}

function ask(keys: readonly string[], env: Readonly<Record<string, string | undefined>>, cwd: string): Promise<ReadonlyMap<string, string>> {
	return new Promise((resolve) => {
		// Below a workspace's root npm would refuse the question.
		execFile('npm', ['config', 'get', '--workspaces=false', ...keys], { env, cwd, timeout: TIMEOUT_MS }, (_error, stdout) => {
			const pairs = stdout.split('\n').map((line) => /^([\w-]+)\s*=\s*(.*)$/.exec(line.trim()));
			resolve(new Map(pairs.filter((pair) => pair !== null).map(([, key = '', value = '']) => [key, value])));
		});
	});
}
