/**
 * A program: makes the compressed copies of a site's files and prints what the server needs to know of each. It runs with the locked
 * Node, whose zlib and brotli decide the bytes, not with the one that Tare itself runs on.
 *
 *   node site-pack.mjs TASK RESULT
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { SiteFile } from './site.js';
import { compresses, contentType } from './types.js';

export interface PackTask {
	/** Absolute folder of the site. */
	readonly root: string;
	/** Absolute folder for the copies. */
	readonly out: string;
	/** Relative to the root. */
	readonly paths: readonly string[];
	/** Absolute folder that keeps copies between builds. */
	readonly cache: string;
}

const encoders = {
	br: (data: Buffer) => promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }),
	gz: (data: Buffer) => promisify(gzip)(data, { level: 9 }),
};
/** Below, a copy saves no packet; above, the time of the best level is not worth it. */
const SMALLEST = 1024;
const LARGEST = 16 * 2 ** 20;
const PARALLEL = 4;

async function main([taskFile = '', resultFile = '']: readonly string[]): Promise<void> {
	const task = JSON.parse(readFileSync(taskFile, 'utf8')) as PackTask;
	const { cache } = task;
	const versions = `${process.versions.brotli}-${process.versions.zlib}`;
	mkdirSync(cache, { recursive: true });
	const found: Record<string, SiteFile> = {};
	const open = [...task.paths];
	const work = async (): Promise<void> => {
		for (let path = open.shift(); path !== undefined; path = open.shift())
			found[`/${path}`] = await pack(path, task, (name) => join(cache, `${versions}-${name}`));
	};
	await Promise.all(Array.from({ length: PARALLEL }, work));
	writeFileSync(resultFile, JSON.stringify(found));
}

async function pack(path: string, { root, out }: PackTask, cached: (name: string) => string): Promise<SiteFile> {
	const data = readFileSync(join(root, path));
	const sha256 = createHash('sha256').update(data).digest('hex');
	const type = contentType(path);
	const described = { size: data.length, sha256, type };
	if (!compresses(type) || data.length < SMALLEST || data.length > LARGEST) return described;
	const sizes: { br?: number; gz?: number } = {};
	for (const [name, encode] of Object.entries(encoders) as ['br' | 'gz', (data: Buffer) => Promise<Buffer>][]) {
		const known = cached(`${sha256}.${name}`);
		if (!existsSync(known)) {
			writeFileSync(`${known}.part`, await encode(data));
			renameSync(`${known}.part`, known);
		}
		const { length } = readFileSync(known);
		if (length > data.length * 0.95) continue;
		sizes[name] = length;
		const target = join(out, `${path}.${name}`);
		mkdirSync(dirname(target), { recursive: true });
		copyFileSync(known, target);
	}
	return { ...described, ...sizes };
}

await main(process.argv.slice(2));
