/** The esbuild options that the product and the tests share. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Over every source file and the locked dependencies. */
function digestOfSources() {
	const root = new URL('..', import.meta.url).pathname;
	const files = ['src', 'builders'].flatMap((dir) => readdirSync(join(root, dir), { recursive: true }).map((name) => join(dir, name)));
	const hash = createHash('sha256');
	for (const file of [...files.filter((name) => name.endsWith('.ts')).sort(), 'package-lock.json'])
		hash.update(`${file}\n`).update(readFileSync(join(root, file)));
	return hash.digest('hex').slice(0, 16);
}

export const shared = {
	bundle: true,
	define: { TARE_VERSION: JSON.stringify(version), TARE_BUILD: JSON.stringify(digestOfSources()) },
	platform: 'node',
	format: 'esm',
	target: 'node20',
	splitting: true,
	sourcemap: false,
	// It brings packages whose optional parts cannot be bundled, and runs only for --optimize trace.
	external: ['@vercel/nft'],
	// Every Node that Tare runs on has web streams: the 60 kB that node-fetch brings for older ones would only be parsed.
	alias: { 'web-streams-polyfill/dist/ponyfill.es2018.js': './scripts/no-polyfill.cjs' },
	legalComments: 'none',
	logLevel: 'warning',
	// CommonJS dependencies call require for Node's own modules.
	banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};
/** Files started as worker threads: they must lie beside the bundle that starts them. */
export const workers = { 'xz-worker': 'src/bases/debian/xz-worker.ts' };
/** Files that run by themselves, in an image or as a build step: one file each, whatever they share with others. */
export const programs = { 'site-server': 'src/site/server.ts', 'site-pack': 'src/site/pack.ts', 'node-trace': 'builders/node/optimize/trace-program.ts' };
/** What @vercel/nft's own dependencies load for other uses than ours. */
export const optionalParts = ['mock-aws-s3', 'aws-sdk', 'nock'];
