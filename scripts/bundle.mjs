/** The esbuild options that the product and the tests share. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export const shared = {
	bundle: true,
	define: { TARE_VERSION: JSON.stringify(version) },
	platform: 'node',
	format: 'esm',
	target: 'node20',
	splitting: true,
	sourcemap: false,
	// It brings packages whose optional parts cannot be bundled, and runs only for --optimize trace.
	external: ['@vercel/nft'],
	legalComments: 'none',
	logLevel: 'warning',
	// CommonJS dependencies call require for Node's own modules.
	banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};
/** Files started as worker threads: they must lie beside the bundle that starts them. */
export const workers = { 'xz-worker': 'src/bases/debian/xz-worker.ts' };
/** Files that run by themselves, in an image or as a build step: one file each, whatever they share with others. */
export const programs = { 'site-server': 'src/site/server.ts', 'site-pack': 'src/site/pack.ts', 'node-trace': 'builders/node/optimize/trace-program.ts' };
