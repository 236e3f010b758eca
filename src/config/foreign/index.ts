/** Configuration of other tools, for who comes from there: read where there is no configuration of Tare's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAppJson } from './app-json.js';
import { readKo } from './ko.js';
import { readNixpacks } from './nixpacks.js';
import { readProjectToml } from './project-toml.js';
import { readRailpack } from './railpack.js';
import type { Foreign } from './types.js';

/** In order of weight: what an earlier one says holds. */
const READERS: Readonly<Record<string, (content: string, file: string) => Foreign>> = {
	'project.toml': readProjectToml,
	'railpack.json': readRailpack,
	'nixpacks.toml': readNixpacks,
	'nixpacks.json': readNixpacks,
	'app.json': readAppJson,
	'.ko.yaml': readKo,
};
const NOTHING: Foreign = { config: {}, settings: {}, notes: [], warnings: [] };

/** @throws TareError MANIFEST_INVALID where one can't be parsed */
export function readForeign(dir: string): Foreign {
	const there = Object.entries(READERS).filter(([file]) => existsSync(join(dir, file)));
	return there.map(([file, read]) => read(readFileSync(join(dir, file), 'utf8'), file)).reduce(merge, NOTHING);
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
