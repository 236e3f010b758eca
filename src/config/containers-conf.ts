/** podman's and skopeo's registries.conf: other places of images, and registries without TLS. containers-registries.conf(5), version 2. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno, messageOf } from '../errors.js';
import { type Reference, repositoryName } from '../oci/reference.js';
import { parseToml, type TomlTable } from '../source/toml.js';

export interface ConfiguredMirror {
	/** `HOST[:PORT][/PATH]`, in place of the prefix. */
	readonly location: string;
	readonly insecure: boolean;
	readonly pull: 'all' | 'digest-only' | 'tag-only';
}

export interface ConfiguredRegistry {
	/** `HOST[:PORT][/PATH]`, or `*.DOMAIN`. */
	readonly prefix: string;
	/** Absent where only a wildcard is given: images stay where they are. */
	readonly location?: string;
	readonly insecure: boolean;
	readonly blocked: boolean;
	readonly mirrors: readonly ConfiguredMirror[];
	/** The file that says so. */
	readonly file: string;
}

type Warn = (says: string) => void;

/** @returns what counts most first: of two files the later. */
export function readContainersConf(
	env: Readonly<Record<string, string | undefined>>,
	home: string,
	etc: string,
	warn: Warn = () => undefined,
): readonly ConfiguredRegistry[] {
	const user = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers');
	const system = join(etc, 'containers');
	const main = env.CONTAINERS_REGISTRIES_CONF || firstReadable(join(user, 'registries.conf'), join(system, 'registries.conf'));
	const dropIns = [system, user].flatMap((folder) => filesOf(join(folder, 'registries.conf.d')));
	const files = [...(main === undefined ? [] : [main]), ...dropIns];
	return files.flatMap((file) => read(file, warn)).reverse();
}

/** The longest prefix decides. */
export function configuredFor(registries: readonly ConfiguredRegistry[], ref: Reference): ConfiguredRegistry | undefined {
	const fitting = registries.filter(({ prefix }) => isBelow(prefix, ref));
	return fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function isBelow(prefix: string, ref: Reference): boolean {
	if (prefix.startsWith('*.')) return ref.registry.endsWith(prefix.slice(1));
	const name = repositoryName(ref);
	return name === prefix || name.startsWith(`${prefix}/`);
}

function read(file: string, warn: Warn): readonly ConfiguredRegistry[] {
	try {
		return tables(parseToml(readFileSync(file, 'utf8')).registry).flatMap((one) => toRegistry(one, file));
	} catch (error) {
		if (errno(error) !== 'ENOENT') warn(`${file} is not used: ${messageOf(error)}`);
		return [];
	}
}

function toRegistry(table: TomlTable, file: string): readonly ConfiguredRegistry[] {
	const location = textOf(table.location);
	const prefix = textOf(table.prefix) ?? location;
	if (prefix === undefined) return [];
	const byDigest = table['mirror-by-digest-only'] === true;
	return [
		{
			prefix,
			...(location !== undefined && { location }),
			insecure: table.insecure === true,
			blocked: table.blocked === true,
			mirrors: tables(table.mirror).flatMap((mirror) => toMirror(mirror, byDigest)),
			file,
		},
	];
}

function toMirror(table: TomlTable, byDigest: boolean): readonly ConfiguredMirror[] {
	const location = textOf(table.location);
	if (location === undefined) return [];
	const pull = table['pull-from-mirror'];
	const kind = byDigest || pull === 'digest-only' ? 'digest-only' : pull === 'tag-only' ? pull : 'all';
	return [{ location, insecure: table.insecure === true, pull: kind }];
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value.replace(/\/+$/, '') : undefined;
}

function tables(value: unknown): readonly TomlTable[] {
	return Array.isArray(value) ? value.filter((each): each is TomlTable => typeof each === 'object' && each !== null) : [];
}

function firstReadable(...files: readonly string[]): string | undefined {
	return files.find((file) => {
		try {
			return readFileSync(file, 'utf8') !== undefined;
		} catch {
			return false;
		}
	});
}

function filesOf(folder: string): readonly string[] {
	try {
		return readdirSync(folder)
			.filter((name) => name.endsWith('.conf'))
			.sort()
			.map((name) => join(folder, name));
	} catch {
		return [];
	}
}
