/** The inputs `secrets`, `secret-envs` and `secret-files`: values for build steps, which reach no log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, invalidInput, pairs } from './inputs.js';

export interface SecretInputs {
	/** `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`, and the input each is from. */
	readonly options: readonly { readonly option: string; readonly input: string }[];
	/** Variables that the options name. */
	readonly variables: Readonly<Record<string, string>>;
	/** What no log may show. */
	readonly values: readonly string[];
	dispose(): void;
}

/** Package managers read these from a file. */
const FILES = new Set(['npmrc']);
const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @param temporary folder for secrets that must be files @throws TareError USAGE; the message has no value in it */
export function readSecretInputs(env: Environment, temporary: string): SecretInputs {
	const given = checked(env, 'secrets');
	const variables: Record<string, string> = {};
	let folder: string | undefined;
	const toFile = (id: string, value: string): string => {
		folder ??= mkdtempSync(join(temporary, 'tare-secrets-'));
		writeFileSync(join(folder, id), value, { mode: 0o600 });
		return `id=${id},src=${join(folder, id)}`;
	};
	const toVariable = (id: string, value: string): string => {
		const variable = `TARE_ACTION_SECRET_${Object.keys(variables).length}`;
		variables[variable] = value;
		return `id=${id},env=${variable}`;
	};
	return {
		options: [
			...given.map(([id, value]) => ({ option: (FILES.has(id) ? toFile : toVariable)(id, value), input: 'secrets' })),
			...checked(env, 'secret-envs').map(([id, variable]) => ({ option: `id=${id},env=${variable.trim()}`, input: 'secret-envs' })),
			...checked(env, 'secret-files').map(([id, file]) => ({ option: `id=${id},src=${file.trim()}`, input: 'secret-files' })),
		],
		variables,
		values: [...given.map(([, value]) => value), ...checked(env, 'secret-envs').flatMap(([, variable]) => env[variable.trim()] ?? [])],
		dispose() {
			if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
		},
	};
}

function checked(env: Environment, name: string): readonly (readonly [string, string])[] {
	const all = pairs(env, name);
	const empty = all.find(([, value]) => value === '');
	if (empty !== undefined)
		throw invalidInput(
			name,
			`the value of "${empty[0]}" is empty`,
			'Check that the secret exists; those of the repository are not there in pull requests of forks.',
		);
	const wrong = all.findIndex(([id]) => !ID.test(id));
	if (wrong >= 0)
		throw invalidInput(
			name,
			`line ${wrong + 1} names no variable`,
			'Build steps get a secret as a variable: name it with letters, digits and _, or npmrc for the file of npm.',
		);
	return all;
}
