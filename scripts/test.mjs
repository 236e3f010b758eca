/**
 * Runs the tests: `node scripts/test.mjs [unit|e2e] [PATTERN...]`. Each folder of test/ is one suite, bundled into one file and run
 * in one process, because on two cores a process per file is what costs; of e2e each file, because its tests wait for others' work.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { programs, shared, workers } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const OUT = process.env.TARE_TEST_BUILD ?? '.test-build';
const args = process.argv.slice(2);
const only = args[0] === 'unit' || args[0] === 'e2e' ? args.shift() : undefined;

const walk = (dir) => readdirSync(dir).flatMap((name) => (statSync(join(dir, name)).isDirectory() ? walk(join(dir, name)) : [join(dir, name)]));
const files = walk('test')
	.filter((file) => file.endsWith('.test.ts') && (args.length === 0 || args.some((pattern) => file.includes(pattern))))
	.sort();
const isE2e = (name) => name.startsWith('e2e');
/** Node runs files in the order of their names, as many at once as there are cores: what takes longest must not be begun last. */
const LONGEST = ['e2e-package-managers', 'e2e-examples-node', 'e2e-examples', 'e2e-robust', 'e2e-layers'];
const inOrder = (suite) => (LONGEST.includes(suite) ? suite.replace('e2e-', `e2e-${LONGEST.indexOf(suite)}-`) : suite);
const suiteOf = (file) => inOrder(nameOf(file));
const nameOf = (file) =>
	file
		.split('/')
		.slice(1, file.startsWith('test/e2e/') ? 3 : 2)
		.join('-')
		.replace(/\.test\.ts$/, '');
const suites = Map.groupBy
	? Map.groupBy(files, suiteOf)
	: files.reduce((map, file) => map.set(suiteOf(file), [...(map.get(suiteOf(file)) ?? []), file]), new Map());

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
/** A suite is a file that imports its tests. */
const suitePlugin = {
	name: 'suites',
	setup(b) {
		b.onResolve({ filter: /^suite:/ }, ({ path }) => ({ path, namespace: 'suite' }));
		b.onLoad({ filter: /.*/, namespace: 'suite' }, ({ path }) => ({
			contents: suites
				.get(path.slice(6))
				.map((file) => `import ${JSON.stringify(`./${file}`)};`)
				.join('\n'),
			resolveDir: process.cwd(),
			loader: 'ts',
		}));
	},
};
const workerEntries = Object.fromEntries(Object.entries(workers).filter(([, path]) => existsSync(path)));
await build({
	...shared,
	entryPoints: { ...Object.fromEntries([...suites.keys()].map((name) => [`${name}.suite`, `suite:${name}`])), ...workerEntries },
	plugins: [...shared.plugins, suitePlugin],
	outdir: OUT,
	sourcemap: 'inline',
	external: ['fast-check'],
});
await build({ ...shared, splitting: false, entryPoints: programs, outdir: OUT, outExtension: { '.js': '.mjs' }, minify: true });

process.umask(0o022);
const run = (names, extra) => {
	if (names.length === 0) return 0;
	const done = spawnSync(
		process.execPath,
		['--enable-source-maps', '--test', `--test-concurrency=${availableParallelism()}`, ...extra, ...names.map((name) => `${OUT}/${name}.suite.js`)],
		{
			stdio: 'inherit',
			env: { ...process.env, TARE_TEST_ROOT: process.cwd() },
		},
	);
	return done.status ?? 1;
};
let status = 0;
if (only !== 'e2e')
	status ||= run(
		[...suites.keys()].filter((name) => !isE2e(name)),
		['--test-reporter=spec'],
	);
if (only !== 'unit') status ||= run([...suites.keys()].filter(isE2e), ['--test-reporter=spec']);
process.exitCode = status;
