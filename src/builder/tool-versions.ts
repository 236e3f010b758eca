/** What version managers of several tools pin: asdf's `.tool-versions` and mise's configuration files. */
import type { FileIndex } from '../source/file-index.js';
import { parseToml, TomlError } from '../source/toml.js';

export interface PinnedVersion {
	/** As written. */
	readonly wants: string;
	readonly file: string;
	/** From 1. */
	readonly line: number;
}

/** In mise's own order, nearest first: https://mise.jdx.dev/configuration.html. Files that end in `.local` are one person's. */
const MISE_FILES = ['mise.toml', 'mise/config.toml', '.mise.toml', '.mise/config.toml', '.config/mise.toml', '.config/mise/config.toml'];

/** @param names under which the tools know it: `['node', 'nodejs']` */
export function toolVersions(source: FileIndex, names: readonly string[]): readonly PinnedVersion[] {
	return [...asdf(source, names), ...MISE_FILES.flatMap((file) => mise(source, file, names))];
}

/** The first line of a version file that says something: `.nvmrc` and its kind may hold comments. */
export function versionFile(source: FileIndex, file: string): PinnedVersion | undefined {
	const lines = (source.text(file) ?? '').split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
	const at = lines.findIndex((line) => line !== '');
	return at < 0 ? undefined : { wants: lines[at] as string, file, line: at + 1 };
}

/** `nodejs 20.11.1 18.19.0`: the first is used, the others where it is not installed. https://asdf-vm.com/manage/configuration.html */
function asdf(source: FileIndex, names: readonly string[]): readonly PinnedVersion[] {
	const file = '.tool-versions';
	const lines = source.text(file)?.split(/\r?\n/) ?? [];
	return lines.flatMap((line, at) => {
		const [name = '', wants] = line.replace(/#.*/, '').trim().split(/\s+/);
		return names.includes(name) && wants !== undefined ? [{ wants, file, line: at + 1 }] : [];
	});
}

/** `node = "22"`, `node = ["22", "20"]`, `node = { version = "22" }`, `[tools.node]`, `"core:node" = "22"` */
function mise(source: FileIndex, file: string, names: readonly string[]): readonly PinnedVersion[] {
	const text = source.text(file);
	const tools = text === undefined ? {} : asTable(readQuietly(text).tools);
	return Object.entries(tools).flatMap(([key, value]) => {
		const wants = names.includes(key.replace(/^core:/, '')) ? versionOf(value) : undefined;
		return wants === undefined ? [] : [{ wants, file, line: lineOf(text ?? '', key) }];
	});
}

/** A file that only a version manager reads does not stop a build. */
function readQuietly(text: string): Readonly<Record<string, unknown>> {
	try {
		return parseToml(text);
	} catch (error) {
		if (error instanceof TomlError) return {};
		throw error;
	}
}

function versionOf(value: unknown): string | undefined {
	const one: unknown = Array.isArray(value) ? value[0] : value;
	const version = typeof one === 'object' && one !== null ? asTable(one).version : one;
	return typeof version === 'string' || typeof version === 'number' ? String(version).replace(/^prefix:/, '') : undefined;
}

function asTable(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function lineOf(text: string, key: string): number {
	const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const at = text.split('\n').findIndex((line) => new RegExp(`^\\s*(?:\\[tools\\.)?["']?${name}["']?\\s*[=\\].]|[{,]\\s*["']?${name}["']?\\s*=`).test(line));
	return Math.max(0, at) + 1;
}
