/** Which Node the project runs on: the first signal that says so wins. */
import { intersects, Range } from 'semver';
import type { VersionChoice } from '../../src/bases/contract.js';
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { Manifest } from './manifest.js';
import { DEFAULT_MAJOR, LTS, SUPPORTED_MAJORS } from './releases.js';

interface Signal extends Reason {
	/** As written. */
	readonly wants: string;
}

export interface NodeVersion {
	readonly choice: VersionChoice;
	readonly warnings: readonly Reason[];
}

/** @param asked a range by flag or configuration, which beats every file */
export function chooseNodeVersion(source: FileIndex, manifest: Manifest | undefined, asked?: string): NodeVersion {
	const warnings: Reason[] = [];
	for (const signal of signals(source, manifest, asked)) {
		const range = toRange(signal.wants);
		if (range !== undefined)
			return { choice: { name: 'node', ranges: preferred(range), because: signal.says, file: signal.file, line: signal.line }, warnings };
		warnings.push({ ...signal, says: `${signal.says} is not a Node version; ignored` });
	}
	return { choice: { name: 'node', ranges: [`${DEFAULT_MAJOR}`], because: `nothing asks for a version: Node ${DEFAULT_MAJOR} (LTS)` }, warnings };
}

function signals(source: FileIndex, manifest: Manifest | undefined, asked: string | undefined): readonly Signal[] {
	const out: Signal[] = [];
	if (asked !== undefined) out.push({ wants: asked, says: `asked for node ${asked}` });
	const engine = manifest?.json.engines.node;
	if (engine !== undefined) out.push({ wants: engine, file: manifest?.file, line: manifest?.lineOf('engines', 'node'), says: `engines.node "${engine}"` });
	for (const file of ['.nvmrc', '.node-version']) {
		const wants = firstLine(source.text(file));
		if (wants !== undefined) out.push({ wants, file, line: 1, says: `${file} "${wants}"` });
	}
	return [...out, ...toolVersions(source)];
}

function firstLine(text: string | undefined): string | undefined {
	return text
		?.split(/\r?\n/)
		.map((line) => line.replace(/#.*/, '').trim())
		.find((line) => line !== '');
}

/** asdf's `.tool-versions` and mise's `mise.toml`. */
function toolVersions(source: FileIndex): readonly Signal[] {
	const rules: readonly (readonly [string, RegExp])[] = [
		['.tool-versions', /^\s*node(?:js)?\s+(\S+)/],
		['mise.toml', /^\s*node\s*=\s*"([^"]+)"/],
		['.mise.toml', /^\s*node\s*=\s*"([^"]+)"/],
	];
	return rules.flatMap(([file, pattern]) => {
		const lines = source.text(file)?.split(/\r?\n/) ?? [];
		const at = lines.findIndex((line) => pattern.test(line));
		const wants = pattern.exec(lines[at] ?? '')?.[1];
		return wants === undefined ? [] : [{ wants, file, line: at + 1, says: `${file} "${wants}"` }];
	});
}

/** A semver range for what people write: `v22.1.0`, `lts/*`, `lts/jod`, `node`, `>=20 <23`. */
function toRange(text: string): Range | undefined {
	const wanted = text.trim().toLowerCase();
	const lts = /^lts(?:\/(.+))?$/.exec(wanted)?.[1] ?? (wanted === 'lts' ? '*' : undefined);
	if (lts === '*') return new Range(`${DEFAULT_MAJOR}`);
	const major = LTS[lts ?? wanted];
	if (major !== undefined) return new Range(`${major}`);
	if (lts !== undefined) return undefined;
	if (['node', 'stable', 'current', 'latest'].includes(wanted)) return new Range('*');
	try {
		return new Range(wanted.replace(/^node[@-]?v?/, ''));
	} catch {
		return undefined;
	}
}

/** The range narrowed to each supported line it touches, best first, then the range itself. */
function preferred(range: Range): readonly string[] {
	const lines = SUPPORTED_MAJORS.filter((major) => intersects(range, `${major}`));
	return [...lines.map((major) => narrow(range, major)), range.range === '' ? '*' : range.range];
}

function narrow(range: Range, major: number): string {
	return (range.range === '' ? '*' : range.range)
		.split('||')
		.map((part) => `${part.trim()} ${major}.x`)
		.filter((part) => intersects(part, `${major}`))
		.join(' || ');
}
