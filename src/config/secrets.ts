/** `--secret id=NAME[,env=VAR|,src=FILE]`: values for build steps that reach no layer, log or cache. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TareError } from '../errors.js';
import type { Host } from './host.js';

export interface Secrets {
	/** Variables for the build steps. */
	readonly env: Readonly<Record<string, string>>;
	/** Files by id, for package managers that read one (`npmrc`). */
	readonly files: Readonly<Record<string, string>>;
}

/** Ids that name a file of a package manager rather than a variable. */
const FILE_IDS = new Set(['npmrc']);

/** @throws TareError USAGE | SECRET_MISSING */
export function readSecret(option: string, host: Host): Secrets {
	const { id, src, variable } = parse(option);
	if (FILE_IDS.has(id)) return { env: {}, files: { [id]: readable(resolve(host.cwd, src ?? ''), id, src) } };
	const value = src === undefined ? fromEnvironment(variable ?? id, id, host) : fromFile(resolve(host.cwd, src), id);
	return { env: { [id]: value }, files: {} };
}

/** Of two with one id the last counts. */
export function mergeSecrets(all: readonly Secrets[]): Secrets {
	return { env: Object.assign({}, ...all.map(({ env }) => env)), files: Object.assign({}, ...all.map(({ files }) => files)) };
}

function parse(option: string): { id: string; src?: string; variable?: string } {
	const fields = Object.fromEntries(
		(option.includes('=') ? option : `id=${option}`).split(',').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
	);
	const unknown = Object.keys(fields).find((key) => !['id', 'src', 'source', 'env', 'type'].includes(key));
	if (unknown !== undefined || !fields.id || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(fields.id)) {
		throw new TareError('USAGE', `"${option.split('=')[0]}..." is not a secret`, {
			hint: 'Write --secret id=NAME (value of the variable NAME), --secret id=NAME,src=FILE, or --secret id=npmrc,src=~/.npmrc.',
		});
	}
	const src = fields.src ?? fields.source;
	return { id: fields.id, ...(src !== undefined && { src }), ...(fields.env !== undefined && { variable: fields.env }) };
}

function fromEnvironment(variable: string, id: string, host: Host): string {
	const value = host.env[variable];
	if (value) return value;
	throw new TareError('SECRET_MISSING', `the variable ${variable} for the secret "${id}" is not set`, {
		hint: `Set ${variable}, or give a file: --secret id=${id},src=FILE.`,
	});
}

function fromFile(path: string, id: string): string {
	try {
		return readFileSync(path, 'utf8').trimEnd();
	} catch (cause) {
		throw new TareError('SECRET_MISSING', `the file ${path} for the secret "${id}" cannot be read`, { hint: 'Check the path after src=.', cause });
	}
}

function readable(path: string, id: string, src: string | undefined): string {
	try {
		if (src === undefined) throw new Error('no src');
		accessSync(path, constants.R_OK);
		return path;
	} catch (cause) {
		throw new TareError('SECRET_MISSING', `the file for the secret "${id}" cannot be read`, { hint: `Write --secret id=${id},src=FILE.`, cause });
	}
}
