/** Version catalogs (https://docs.gradle.org/current/userguide/version_catalogs.html): libraries under names of the project's own. */
import type { FileIndex } from '../../../src/source/file-index.js';
import { parseTomlFile } from '../../../src/source/toml.js';

const FILE = 'gradle/libs.versions.toml';
type Table = Readonly<Record<string, unknown>>;

/** `group:name:version` by `libs.name`; of a bundle several, with spaces between. */
export function catalogOf(source: FileIndex): ReadonlyMap<string, string> {
	const text = source.text(FILE);
	if (text === undefined) return new Map();
	const toml = parseTomlFile(text, FILE) as Readonly<Record<string, Table | undefined>>;
	const libraries = new Map(
		Object.entries(toml.libraries ?? {}).flatMap(([alias, value]): [string, string][] => {
			const coordinates = coordinatesOf(value, toml.versions ?? {});
			return coordinates === undefined ? [] : [[alias, coordinates]];
		}),
	);
	const bundles = Object.entries(toml.bundles ?? {}).map(([alias, names]): [string, string] => [
		`libs.bundles.${accessor(alias)}`,
		(Array.isArray(names) ? names : []).map((name) => libraries.get(String(name)) ?? '').join(' '),
	]);
	return new Map([...[...libraries].map(([alias, value]): [string, string] => [`libs.${accessor(alias)}`, value]), ...bundles]);
}

function accessor(alias: string): string {
	return alias.replace(/[-_]/g, '.');
}

function coordinatesOf(value: unknown, versions: Table): string | undefined {
	if (typeof value === 'string') return value;
	if (typeof value !== 'object' || value === null) return undefined;
	const { module, group, name, version } = value as Table;
	const place = typeof module === 'string' ? module : `${String(group)}:${String(name)}`;
	const number = typeof version === 'object' && version !== null && 'ref' in version ? versions[String(version.ref)] : version;
	return typeof number === 'string' ? `${place}:${number}` : number === undefined ? place : undefined;
}
