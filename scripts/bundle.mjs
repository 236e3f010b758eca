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

/** Every Node that Tare runs on has web streams: what node-fetch brings for older ones would be parsed, and Node's own be loaded to look. */
const withoutPolyfill = {
	name: 'without-polyfill',
	setup(b) {
		b.onResolve({ filter: /^\.\/streams\.cjs$/ }, ({ path }) => ({ path, namespace: 'empty' }));
		b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
	},
};

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
	plugins: [withoutPolyfill],
	legalComments: 'none',
	logLevel: 'warning',
	// CommonJS dependencies call require for Node's own modules.
	banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};
/**
 * Node's own modules that many commands do without, and that take it a hundredth of a second to load: read when one of their names is. Not zlib:
 * a newer Node has more names there than the one that bundles.
 */
const LAZY = ['child_process', 'https', 'tls', 'worker_threads'];
const lazyModules = {
	name: 'lazy-modules',
	setup(b) {
		b.onResolve({ filter: new RegExp(`^(?:node:)?(?:${LAZY.join('|')})$`) }, ({ path, namespace }) =>
			namespace === 'lazy' ? { path, external: true } : { path: path.replace(/^(?!node:)/, 'node:'), namespace: 'lazy' },
		);
		b.onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ path }) => ({
			contents: `const lazy = (name) => Object.defineProperty(exports, name, { enumerable: true, get: () => require('${path}')[name] });
				${JSON.stringify(Object.keys((await import(path)).default))}.forEach(lazy);`,
		}));
	},
};
/** `import()` with a name that is not known before works in a file that Node itself has loaded: the one that starts the other. */
const ownImports = {
	name: 'own-imports',
	setup(b) {
		b.onResolve({ filter: /\/import-module\.js$/ }, ({ importer }) => (importer.includes('/src/start/') ? undefined : { path: 'tare:import', external: true }));
	},
};
/** One file of CommonJS, whatever of it a command needs: finding and linking modules takes Node longer than to read what an earlier start has compiled. */
export const commandLine = {
	...shared,
	splitting: false,
	format: 'cjs',
	plugins: [...shared.plugins, lazyModules, ownImports],
	entryPoints: { cli: 'src/start/main.ts', program: 'src/cli/program.ts' },
	outExtension: { '.js': '.cjs' },
	define: { ...shared.define, 'import.meta.url': '__url', 'import.meta.dirname': '__dirname' },
	banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
};
/** Files started as worker threads: they must lie beside the bundle that starts them. */
export const workers = { 'xz-worker': 'src/bases/debian/xz-worker.ts' };
/** Files that run by themselves, in an image or as a build step: one file each, whatever they share with others. */
export const programs = { 'site-server': 'src/site/server.ts', 'site-pack': 'src/site/pack.ts', 'node-trace': 'builders/node/optimize/trace-program.ts' };
/** What @vercel/nft's own dependencies load for other uses than ours. */
export const optionalParts = ['mock-aws-s3', 'aws-sdk', 'nock'];
