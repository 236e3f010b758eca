/** A start command that names a variable, as in `next start -p $PORT`, needs no shell: a module loaded first fills it in, in the app's own process. */
import type { LayerSpec } from '../../../src/builder/contract.js';
import { imagePath } from '../../../src/layers/entry.js';
import { entryPlace } from './entry.js';
import { asText } from './walk.js';

const PATH = '/tare/arguments.cjs';
const VARIABLE = /\$(?:\w|\{)/;

/** As POSIX shells expand: a bare variable becomes as many words as its value has, which may be none. It runs on the app's Node: no syntax newer than Node 8's. */
const PROGRAM = `'use strict';
const { argv, env } = process;
const PART = /\\$\\$|\\$\\w+|\\$\\{\\w+(?:(:?)-[^}]*)?\\}|[^$]+|\\$/g;
const valueOf = (part) => {
	const [, name, colon, fallback = ''] = /^\\$\\{?(\\w+)(?:(:?)-([^]*))?\\}?$/.exec(part.endsWith('}') ? part.slice(0, -1) : part);
	return env[name] === undefined || (env[name] === '' && colon === ':') ? fallback : env[name];
};
const fill = (word) => {
	const fields = [];
	let field = word === '' ? '' : undefined;
	const add = (text) => {
		field = (field === undefined ? '' : field) + text;
	};
	for (const part of word.match(PART) || []) {
		if (!part.startsWith('$') || part.length === 1) add(part);
		else if (part === '$$') add('$');
		else if (part.includes('-')) add(valueOf(part));
		else {
			const [first, ...rest] = valueOf(part).split(/[ \\t\\n]+/);
			if (first !== '') add(first);
			for (const next of rest) {
				if (field !== undefined) fields.push(field);
				field = next === '' ? undefined : next;
			}
		}
	}
	return field === undefined ? fields : [...fields, field];
};
const words = argv.slice(2);
argv.splice(2, words.length, ...[].concat(...words.map(fill)));
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
