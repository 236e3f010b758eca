/** Nitro, and Nuxt on it: the build's time, a random build id, and a list of files in the order in which they happened to be read. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../src/source/json.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { filesBelow, replaceId, rewrite } from './files.js';
import { sourceDigest } from './identity.js';

const EPOCH = '1970-01-01T00:00:00.000Z';

export function settleNitro(app: string, tools: Toolchain): void {
	const output = join(app, '.output');
	const about = join(output, 'nitro.json');
	if (!existsSync(about)) return;
	rewrite(about, (text) => text.replace(/("date"\s*:\s*")[^"]*(")/, `$1${EPOCH}$2`));
	const code = filesBelow(join(output, 'server')).filter((path) => /\.m?js$/.test(path));
	settleBuildId(output, code, tools);
	for (const path of code) {
		rewrite(path, (text) => inOrder(withoutTimes(text)));
		settleImports(path);
	}
}

/** Times of public files, for Last-Modified; the ETag beside each tells versions apart. */
function withoutTimes(text: string): string {
	return text.replace(/(["']?mtime["']?\s*:\s*["'])\d{4}-\d\d-\d\dT[\d:.]+Z(["'])/g, `$1${EPOCH}$2`);
}

/** Of the public files, each is looked up by its path: the order says nothing. */
function inOrder(text: string): string {
	return text.replace(/(\bassets\w*\s*=\s*)(\{\n {2}"\/[\s\S]*?\n\})/g, (all, before: string, list: string) => {
		try {
			const assets = Object.entries(JSON.parse(list) as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
			return before + JSON.stringify(Object.fromEntries(assets), undefined, 2);
		} catch {
			return all;
		}
	});
}

/** `  "name": () => import('./x.mjs').then(...),` on each line of a list. */
const IMPORTS = /(\{\n)((?: {2}"[^"\n]+": \(\) => import\([^\n]*\n)+)(?=\})/g;

/**
 * Modules that are imported by name, of Nuxt's styles for one, are listed in the order in which the bundler was done with them.
 * They are looked up by name; the source map would still tell the order.
 */
function settleImports(path: string): void {
	// Also where the order is right by chance: the map must not tell one build from another.
	if (readFileSync(path, 'latin1').search(IMPORTS) < 0) return;
	rewrite(path, sortedImports);
	const map = `${path}.map`;
	if (existsSync(map)) rewrite(map, withoutOrder);
}

export function sortedImports(text: string): string {
	return text.replace(IMPORTS, (_, open: string, list: string) => {
		const lines = list.trimEnd().split('\n');
		const sorted = lines.map((line) => line.replace(/,$/, '')).sort();
		return `${open}${sorted.join(',\n')}\n`;
	});
}

function withoutOrder(text: string): string {
	const map: unknown = JSON.parse(text);
	if (!isRecord(map)) return text;
	return JSON.stringify({ ...map, sourcesContent: undefined, mappings: '' });
}

function settleBuildId(output: string, code: readonly string[], tools: Toolchain): void {
	const builds = join(output, 'public/_nuxt/builds');
	const latest = join(builds, 'latest.json');
	if (!existsSync(latest)) return;
	const { id } = JSON.parse(readFileSync(latest, 'utf8')) as { id?: unknown };
	if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id)) return;
	const settled = sourceDigest(tools).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
	replaceId(output, id, settled);
	for (const path of filesBelow(builds)) {
		const before = readFileSync(path, 'utf8');
		// As many digits as before: the server's list of files has sizes, too.
		const after = before.replace(/("timestamp"\s*:\s*)(\d+)/g, (_, key: string, digits: string) => key + '1'.padEnd(digits.length, '0'));
		rewrite(path, () => after);
		for (const file of code) rewrite(file, (text) => text.replaceAll(entityTag(before.replaceAll(settled, id)), entityTag(after)));
	}
}

/** As Nitro writes it for each public file. */
function entityTag(text: string): string {
	const hash = createHash('sha1').update(text).digest('base64').slice(0, 27);
	return `${Buffer.byteLength(text).toString(16)}-${hash}`;
}
