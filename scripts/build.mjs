/** Builds dist/: the bundled command line and API, their types and the JSON Schema of tare.yaml. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { shared, workers } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync('dist', { recursive: true, force: true });
await build({ ...shared, entryPoints: { cli: 'src/cli/main.ts', index: 'src/index.ts', ...workers }, outdir: 'dist', minify: true, keepNames: true });
chmodSync('dist/cli.js', 0o755);
if (process.argv.includes('--no-types')) process.exit(0);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
