/** podman's and skopeo's registries.conf, as far as it names mirrors and registries without TLS: containers-registries.conf(5), version 2. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseToml, type TomlTable } from '../source/toml.js';

export interface ConfiguredRegistry {
	readonly location: string;
	readonly insecure: boolean;
	readonly mirrors: readonly string[];
}

export function readContainersConf(env: Readonly<Record<string, string | undefined>>, home: string, etc: string): readonly ConfiguredRegistry[] {
	const user = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers');
	const system = join(etc, 'containers');
	const main = env.CONTAINERS_REGISTRIES_CONF ?? firstReadable(join(user, 'registries.conf'), join(system, 'registries.conf'));
	const dropIns = [system, user].flatMap((folder) => filesOf(join(folder, 'registries.conf.d')));
	const files = [...(main === undefined ? [] : [main]), ...dropIns];
	// Later files win.
	return files.flatMap(read).reverse();
}

function read(file: string): readonly ConfiguredRegistry[] {
	try {
		return tables(parseToml(readFileSync(file, 'utf8')).registry).flatMap((registry) => {
			const location = registry.location ?? registry.prefix;
			if (typeof location !== 'string') return [];
			const mirrors = tables(registry.mirror).flatMap((mirror) => (typeof mirror.location === 'string' ? [mirror.location] : []));
			return [{ location, insecure: registry.insecure === true, mirrors }];
		});
	} catch {
		// Not there, or not for us to judge.
		return [];
	}
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
