/** The inputs `cache-from` and `cache-to`: Docker's cache backends, or Tare's own places. https://docs.docker.com/build/cache/backends/ */
import { attributes, type Environment, invalidInput, lines } from './inputs.js';

export interface Caches {
	/** References, or `oci:DIR[:TAG]`. */
	readonly places: readonly string[];
	/** What was asked for that needs no place, in words. */
	readonly notes: readonly string[];
}

/** @throws TareError USAGE */
export function readCaches(env: Environment, name: 'cache-from' | 'cache-to'): Caches {
	const all = lines(env, name).map((line) => readOne(line, name));
	return { places: all.flatMap(({ places }) => places), notes: [...new Set(all.flatMap(({ notes }) => notes))] };
}

function readOne(line: string, name: 'cache-from' | 'cache-to'): Caches {
	const given = attributes(line);
	if (given === undefined || line.startsWith('oci:')) return { places: [line], notes: [] };
	const [type, folder] = [given.get('type'), name === 'cache-from' ? 'src' : 'dest'];
	switch (type) {
		case 'registry':
			return place(given.get('ref'), 'ref', line, name);
		case 'local': {
			const { places, notes } = place(given.get(folder), folder, line, name);
			return { places: places.map((path) => `oci:${path}`), notes };
		}
		case 'gha':
			return { places: [], notes: [`input "${name}": type=gha is what the input "cache" does; nothing else is needed`] };
		case 'inline':
			return { places: [], notes: [`input "${name}": every image of Tare is a cache of its layers; name it in cache-from`] };
		default:
			throw invalidInput(
				name,
				`there is no cache "${type ?? line}"`,
				'Use type=registry,ref=NAME, type=local with a folder, a name in a registry, or oci:DIR.',
			);
	}
}

function place(value: string | undefined, attribute: string, line: string, name: string): Caches {
	if (value !== undefined && value !== '') return { places: [value], notes: [] };
	throw invalidInput(name, `"${line}" does not say where`, `Add ${attribute}=.`);
}
