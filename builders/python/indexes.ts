/**
 * Package indexes that the project names, for uv: uv's own explicit ones, Poetry's sources, PDM's, Pipenv's. Credentials come from where
 * each tool has them and go to uv in variables: command lines are printed, and plans are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTomlFile } from '../../src/source/toml.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { at, list, readToml, table, text } from './toml.js';

export interface Indexes {
	/** `name=url`, as uv's variable has them. */
	readonly indexes: readonly string[];
	/** Credentials. */
	readonly env: Readonly<Record<string, string>>;
}

interface Source {
	readonly name: string;
	/** The user's own indexes are configured: these are the others. */
	readonly url: string | undefined;
	readonly username?: string | undefined;
	readonly password?: string | undefined;
}

export function indexesOf(tools: Toolchain): Indexes {
	const sources = [...uvSources(tools), ...poetrySources(tools), ...pdmSources(tools), ...pipenvSources(tools)];
	const env = sources.flatMap(({ name, username, password }) => [
		[`UV_INDEX_${variableName(name)}_USERNAME`, username],
		[`UV_INDEX_${variableName(name)}_PASSWORD`, password],
	]);
	return {
		indexes: sources.flatMap(({ name, url }) => (url === undefined ? [] : [`${name.replace(/[^\w.-]/g, '-')}=${url}`])),
		env: Object.fromEntries(env.filter((pair) => pair[1] !== undefined)),
	};
}

function variableName(name: string): string {
	return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/** What the project calls the public index is the user's default one. */
function isPublic(name: string): boolean {
	return name.toLowerCase() === 'pypi';
}

/** uv reads the others itself; explicit ones it asks for what the lock took from there, which an exported list does not say. */
function uvSources(tools: Toolchain): Source[] {
	return list(at(readToml(tools.source, 'pyproject.toml'), 'tool', 'uv').index)
		.map(table)
		.flatMap((index): Source[] => {
			const name = text(index.name);
			if (name === undefined) return [];
			const variable = `UV_INDEX_${variableName(name)}`;
			const { [`${variable}_USERNAME`]: username, [`${variable}_PASSWORD`]: password } = tools.passed([`${variable}_USERNAME`, `${variable}_PASSWORD`]);
			return [{ name, url: index.explicit === true ? text(index.url) : undefined, username, password }];
		});
}

/** https://python-poetry.org/docs/repositories/ */
function poetrySources(tools: Toolchain): Source[] {
	const sources = list(at(readToml(tools.source, 'pyproject.toml'), 'tool', 'poetry').source).map(table);
	const kept = sources.length === 0 ? {} : poetryCredentials(tools);
	return sources.flatMap((source): Source[] => {
		const [name, url] = [text(source.name) ?? '', text(source.url)];
		if (url === undefined || isPublic(name)) return [];
		const variable = `POETRY_HTTP_BASIC_${variableName(name)}`;
		const passed = tools.passed([`${variable}_USERNAME`, `${variable}_PASSWORD`]);
		const { username, password } = at(kept, name);
		return [{ name, url, username: passed[`${variable}_USERNAME`] ?? text(username), password: passed[`${variable}_PASSWORD`] ?? text(password) }];
	});
}

/** auth.toml, where `poetry config http-basic.NAME` writes without a keyring. */
function poetryCredentials(tools: Toolchain): unknown {
	const { POETRY_CONFIG_DIR, XDG_CONFIG_HOME, HOME = '' } = tools.passed(['POETRY_CONFIG_DIR', 'XDG_CONFIG_HOME', 'HOME']);
	const file = join(POETRY_CONFIG_DIR ?? join(XDG_CONFIG_HOME ?? join(HOME, '.config'), 'pypoetry'), 'auth.toml');
	return existsSync(file) ? at(parseTomlFile(readFileSync(file, 'utf8'), file), 'http-basic') : {};
}

/** https://pdm-project.org/latest/usage/config/#configure-the-package-indexes */
function pdmSources(tools: Toolchain): Source[] {
	return list(at(readToml(tools.source, 'pyproject.toml'), 'tool', 'pdm').source)
		.map(table)
		.flatMap((source): Source[] => {
			const [name, url] = [text(source.name) ?? '', text(source.url)];
			return url === undefined || isPublic(name) ? [] : [{ name, url: filled(url, tools), username: text(source.username), password: text(source.password) }];
		});
}

/** https://pipenv.pypa.io/en/latest/indexes.html */
function pipenvSources(tools: Toolchain): Source[] {
	return list(readToml(tools.source, 'Pipfile')?.source)
		.map(table)
		.flatMap((source): Source[] => {
			const [name, url] = [text(source.name) ?? '', text(source.url)];
			return url === undefined || isPublic(name) ? [] : [{ name, url: filled(url, tools) }];
		});
}

/** `${NAME}` and `$NAME` in addresses are how these tools keep credentials out of their files. */
function filled(url: string, tools: Toolchain): string {
	return url.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced?: string, bare?: string) => {
		const name = braced ?? bare ?? '';
		return tools.passed([name])[name] ?? all;
	});
}
