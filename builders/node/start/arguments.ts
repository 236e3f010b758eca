/** A start command that names a variable, as in `next start -p $PORT`, needs no shell: a module loaded first fills it in, in the app's own process. */
import type { LayerSpec } from '../../../src/builder/contract.js';
import { imagePath } from '../../../src/layers/entry.js';
import { entryPlace } from './entry.js';
import { asText } from './walk.js';

const PATH = '/tare/arguments.cjs';
const VARIABLE = /\$(?:\w|\{)/;

/** As POSIX shells expand, without splitting; a word that is nothing but an empty variable is no word. It runs on the app's Node: no syntax newer than Node 8's. */
const PROGRAM = `'use strict';
const { argv, env } = process;
const VARIABLE = /\\$\\$|\\$(\\w+)|\\$\\{(\\w+)(?:(:?)-([^}]*))?\\}/g;
const value = (all, plain, braced, colon, fallback = '') => {
	if (all === '$$') return '$';
	const found = env[plain || braced];
	return found === undefined || (found === '' && colon) ? fallback : found;
};
const words = argv.slice(2).map((word) => [word, word.replace(VARIABLE, value)]);
argv.splice(2, words.length, ...words.filter(([word, text]) => text !== '' || word === '').map(([, text]) => text));
`;

/** @returns the command with the module in front; undefined where a word before the file names a variable, or Node does not run it */
export function fillingIn(command: readonly string[]): readonly string[] | undefined {
	const at = entryPlace(command);
	if (command[0] !== 'node' || at < 1 || command.slice(0, at + 1).some((word) => VARIABLE.test(word.replaceAll('$$', '')))) return undefined;
	return ['node', '--require', PATH, ...command.slice(1, at + 1).map(asText), ...command.slice(at + 1)];
}

export function fillsIn(command: readonly string[]): boolean {
	return command[2] === PATH;
}

export function argumentsLayer(): LayerSpec {
	const bytes = Buffer.from(PROGRAM);
	return {
		name: 'arguments',
		purpose: 'runtime',
		key: `arguments ${PROGRAM}`,
		entries: async () => [{ type: 'file', path: imagePath(PATH), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } }],
	};
}
