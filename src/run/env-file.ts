/** Variables for a run, as docker has them: `NAME=value`, or `NAME` alone for that of this machine. */
import { readFileSync } from 'node:fs';
import { errno, TareError } from '../errors.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Pairs of a list; one without a value that this machine does not have, either, is left out. @throws TareError USAGE */
export function parseVariables(pairs: readonly string[], host: Env): Readonly<Record<string, string>> {
	return Object.fromEntries(pairs.map((pair) => parsePair(pair, host, () => `"${pair}"`)).filter((pair) => pair !== undefined));
}

/**
 * Docker's format (https://docs.docker.com/reference/cli/docker/container/run/#env): a variable a line, taken as it stands, quotes
 * included; lines that are empty or begin with `#` mean nothing.
 * @throws TareError USAGE
 */
export function readEnvFile(path: string, host: Env): Readonly<Record<string, string>> {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (cause) {
		throw new TareError('USAGE', `the env file ${path} cannot be read (${errno(cause)})`, { hint: 'Check the path of --env-file.', cause });
	}
	const pairs = text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.map((line, at) => ({ line: line.trimStart(), where: () => `line ${at + 1} of ${path}` }))
		.filter(({ line }) => line !== '' && !line.startsWith('#'));
	return Object.fromEntries(pairs.map(({ line, where }) => parsePair(line, host, where)).filter((pair) => pair !== undefined));
}

function parsePair(text: string, host: Env, where: () => string): readonly [string, string] | undefined {
	const at = text.indexOf('=');
	const name = at < 0 ? text.trimEnd() : text.slice(0, at);
	// The value may be a secret: it is in no message.
	if (!/^[^\s=\0]+$/.test(name)) throw new TareError('USAGE', `${where()} is no variable: its name is empty or has a blank`, { hint: 'Write NAME=value.' });
	const value = at < 0 ? host[name] : text.slice(at + 1);
	return value === undefined ? undefined : [name, value];
}
