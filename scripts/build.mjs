/** Builds dist/: the bundled command line and API, their types and the JSON Schema of tare.yaml. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { commandLine, optionalParts, programs, shared, workers } from './bundle.mjs';
import { licensesOf } from './licenses.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync('dist', { recursive: true, force: true });
await build({ ...shared, entryPoints: { index: 'src/index.ts', ...workers }, outdir: 'dist', minify: true });
await build({ ...commandLine, outdir: 'dist', minify: true });
await build({ ...shared, splitting: false, entryPoints: programs, outdir: 'dist', outExtension: { '.js': '.mjs' }, minify: true });
await buildAction('dist/action');
chmodSync('dist/cli.cjs', 0o755);
await writeSchema('dist/tare.schema.json');
if (!process.argv.includes('--no-types'))
	execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], { stdio: 'inherit' });

/** The Action runs from a checkout of its tag, with nothing installed: all it needs is in its bundle. */
async function buildAction(outdir) {
	const entryPoints = { main: 'src/action/main.ts', post: 'src/action/post.ts', ...workers };
	const own = await build({ ...shared, entryPoints, outdir, minify: true, metafile: true });
	const apart = { splitting: false, external: optionalParts, loader: { '.html': 'text' } };
	const others = await build({ ...shared, ...apart, entryPoints: programs, outdir, outExtension: { '.js': '.mjs' }, minify: true, metafile: true });
	writeFileSync(join(outdir, 'licenses.txt'), licensesOf([own.metafile, others.metafile]));
}

async function writeSchema(file) {
	const { toJsonSchema } = await import('@valibot/to-json-schema');
	const outfile = join('dist', 'schema.mjs');
	await build({ ...shared, splitting: false, entryPoints: ['src/api/schema.ts'], outfile });
	const { CONFIGURATION } = await import(pathToFileURL(outfile).href);
	rmSync(outfile);
	const schema = { title: 'tare.yaml', ...toJsonSchema(CONFIGURATION, { typeMode: 'input', errorMode: 'ignore' }) };
	writeFileSync(file, `${JSON.stringify(schema, undefined, 2)}\n`);
}
