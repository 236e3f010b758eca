/** Configuration of other tools, for who comes from there: read where there is no configuration of Tare's own. */
import { readProjectFile } from '../../project-file.js';
import type { Foreign } from './types.js';

/** In order of weight: what an earlier one says holds. */
const READERS: Readonly<Record<string, () => Promise<(content: string, file: string) => Foreign>>> = {
	'project.toml': async () => (await import('./project-toml.js')).readProjectToml,
	'railpack.json': async () => (await import('./railpack.js')).readRailpack,
	'nixpacks.toml': async () => (await import('./nixpacks.js')).readNixpacks,
	'nixpacks.json': async () => (await import('./nixpacks.js')).readNixpacks,
	'app.json': async () => (await import('./app-json.js')).readAppJson,
	'.ko.yaml': async () => (await import('./ko.js')).readKo,
};
const NOTHING: Foreign = { config: {}, settings: {}, notes: [], warnings: [] };

/** @throws TareError MANIFEST_INVALID where one cannot be read or parsed */
export async function readForeign(dir: string): Promise<Foreign> {
	const there = Object.entries(READERS).flatMap(([file, reader]) => {
		const text = readProjectFile(dir, file);
		return text === undefined ? [] : [{ file, reader, text }];
	});
	const read = await Promise.all(there.map(async ({ file, reader, text }) => (await reader())(text, file)));
	return read.reduce(merge, NOTHING);
}

function merge(first: Foreign, second: Foreign): Foreign {
	const build = { ...second.config.build, ...first.config.build, env: { ...second.config.build?.env, ...first.config.build?.env } };
	return {
		config: { ...second.config, ...first.config, build, env: { ...second.config.env, ...first.config.env } },
		settings: { ...second.settings, ...first.settings },
		notes: [...first.notes, ...second.notes],
		warnings: [...first.warnings, ...second.warnings],
	};
}
