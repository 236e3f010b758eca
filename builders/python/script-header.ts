/** A script that says at its own head what it needs: https://peps.python.org/pep-0723/. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseToml, type TomlError } from '../../src/source/toml.js';
import { normalName, parseRequirement } from './names.js';
import { requirementLine } from './poetry-requirement.js';
import { at, table, text, texts } from './toml.js';

export interface ScriptHeader {
	readonly file: string;
	/** Of the line that opens the block. */
	readonly line: number;
	readonly requiresPython?: string;
	/** Requirement lines. */
	readonly dependencies: readonly string[];
}

/** The pattern of the standard, with the type `script`. */
const BLOCK = /^# \/\/\/ script[ \t]*\r?\n((?:#(?:| [^\n]*)\r?\n)+?)# \/\/\/[ \t]*\r?$/m;
const LIMIT = 512 * 1024;
const FIRST = ['main.py', 'app.py', 'server.py', 'serve.py', 'run.py', 'start.py'];

/**
 * The header of the script that is the app: the one a command names, else the only one, else one of a conventional name.
 * @param commands lines that may start the app @throws TareError MANIFEST_INVALID
 */
export function findScriptHeader(source: FileIndex, commands: string): ScriptHeader | undefined {
	const files = scriptsWithHeader(source);
	const named = files.find((file) => commands.includes(file));
	const file = named ?? (files.length > 1 ? FIRST.find((name) => files.includes(name)) : files[0]);
	return file === undefined ? undefined : readHeader(source, file);
}

/** In the folder itself: scripts below it are helpers. */
export function scriptsWithHeader(source: FileIndex): readonly string[] {
	return source.files
		.filter(({ path, type, size }) => type === 'file' && size <= LIMIT && /^[^/]+\.py$/.test(path))
		.map(({ path }) => path)
		.filter((path) => BLOCK.test(source.text(path) ?? ''));
}

/** Headers that another manifest stands in for. @param used file whose header is read, or another manifest */
export function unreadHeaders(source: FileIndex, used: string | undefined, started: string | undefined): readonly Reason[] {
	const file = scriptsWithHeader(source).find((path) => path === started);
	if (file === undefined || file === used) return [];
	return [{ file, says: `the script header of ${file} is not read${used === undefined ? '' : `: ${used} says what the app depends on`}` }];
}

function readHeader(source: FileIndex, file: string): ScriptHeader {
	const content = source.text(file) ?? '';
	const block = BLOCK.exec(content);
	const line = content.slice(0, block?.index ?? 0).split('\n').length;
	const toml = parseBlock(block?.[1] ?? '', file, line);
	const requiresPython = text(toml['requires-python']);
	const sources = at(toml, 'tool', 'uv', 'sources');
	const dependencies = texts(toml.dependencies).map((one) => fromSource(one, sources));
	return { file, line, ...(requiresPython !== undefined && { requiresPython }), dependencies };
}

/** @throws TareError MANIFEST_INVALID */
function parseBlock(block: string, file: string, line: number) {
	try {
		return parseToml(block.replace(/^# ?/gm, ''));
	} catch (cause) {
		const { message, line: below } = cause as TomlError;
		const place = line + below;
		throw new TareError('MANIFEST_INVALID', `the script header of ${file} is not valid TOML: ${message}`, {
			hint: `Correct ${file} near line ${place}.`,
			at: { file, line: place },
			cause,
		});
	}
}

/** `[tool.uv.sources]` names a repository, a folder or an address in place of the index. */
function fromSource(line: string, sources: Readonly<Record<string, unknown>>): string {
	const name = parseRequirement(line)?.name;
	const found = Object.entries(sources).find(([key]) => normalName(key) === name);
	if (found === undefined || Object.hasOwn(table(found[1]), 'index')) return line;
	return requirementLine(found[0], found[1]) ?? line;
}
