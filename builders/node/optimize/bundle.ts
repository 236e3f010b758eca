/** The app and its dependencies as one file, as far as that cannot change what they do (https://esbuild.github.io/api/#bundle). */
import { existsSync, lstatSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { TareError } from '../../../src/errors.js';
import { type Entry, imagePath } from '../../../src/layers/entry.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { onOwnNode } from '../../../src/toolchain/own-node.js';
import { entryFile } from '../start/entry.js';
import type { Staged } from './stage.js';
import { type BundledFile, hazardOf, packagesToLeave } from './unbundled.js';

export const BUNDLER = { name: 'esbuild-wasm', range: '~0.28.0' };
const ROUNDS = 40;

export interface Bundled {
	/** Paths in the image of the files that are in the bundle now, the old entry file too. */
	readonly replaced: ReadonlySet<string>;
	readonly entries: readonly Entry[];
}

/** Replaces the entry file in the stage, too. @throws TareError OPTIMIZATION_FAILED */
export async function bundleApp(app: Staged, tools: Toolchain): Promise<Bundled> {
	const entry = resolveEntry(app);
	const outfile = join(await tools.scratch('bundle'), 'bundle.js');
	const { files, left } = await bundleWhatMay(entry, outfile, app, tools);
	refuseMovedPaths(files, entry, app.stage);
	const replaced = new Set(files.map(({ path }) => relative(app.stage, path)).filter((path) => !path.includes('node_modules/')));
	writeFileSync(entry, readFileSync(outfile));
	tools.emit({
		type: 'note',
		says: `bundled ${files.length} files${left.length === 0 ? '' : `; left as packages, because they look for files or load code by name: ${left.join(', ')}`}`,
	});
	const path = imagePath(relative(app.stage, entry));
	return {
		replaced: new Set([...replaced, path]),
		entries: [{ type: 'file', path, mode: 0o644, size: lstatSync(outfile).size, content: { kind: 'disk', path: outfile } }],
	};
}

function resolveEntry({ stage, command, workingDir }: Staged): string {
	const file = entryFile(command);
	if (file === undefined || file.includes('node_modules/'))
		throw new TareError('OPTIMIZATION_FAILED', `there is no file of the app to bundle: it starts with "${command.join(' ')}"`, {
			hint: 'Leave "bundle" out; "trace" works with any start command.',
		});
	const cwd = realpathSync(join(stage, workingDir));
	return createRequire(join(cwd, 'index.js')).resolve(`./${file}`);
}

/** Bundles again without the packages that would break, until none is left. */
async function bundleWhatMay(entry: string, outfile: string, app: Staged, tools: Toolchain) {
	const external = new Set<string>();
	for (let round = 0; round < ROUNDS; round++) {
		const { exitCode, tail } = await runBundler(entry, outfile, [...external], app, tools);
		const unresolved = [...tail.matchAll(/Could not resolve "([^".][^"]*)"/g)].map((match) => match[1] as string);
		if (exitCode !== 0 && unresolved.length === 0) throw failed(entry, app.stage, tail);
		if (exitCode !== 0) for (const name of unresolved) external.add(name);
		else {
			const files = bundledFiles(`${outfile}.json`, dirname(entry));
			const { names, stuck } = packagesToLeave(files, entry);
			if (stuck !== undefined) throw failed(entry, app.stage, `${relative(app.stage, stuck)} can neither be bundled nor be found from the bundle`);
			if (names.length === 0) return { files, left: [...external].sort() };
			for (const name of names) external.add(name);
		}
	}
	throw failed(entry, app.stage, '');
}

async function runBundler(entry: string, outfile: string, external: readonly string[], { env }: Staged, tools: Toolchain) {
	const { version } = await tools.runtime('node');
	const esm = isEsModule(entry);
	const argv = [
		...onOwnNode(join(await tools.tool(BUNDLER.name), 'bin/esbuild'), entry),
		'--bundle',
		'--platform=node',
		`--target=node${version}`,
		`--format=${esm ? 'esm' : 'cjs'}`,
		`--outfile=${outfile}`,
		`--metafile=${outfile}.json`,
		'--keep-names',
		'--legal-comments=eof',
		'--log-level=error',
		'--loader:.node=empty',
		'--loader:.wasm=empty',
		// CommonJS packages inside an ES module ask for require.
		...(esm
			? [
					"--banner:js=import { createRequire as __tareCreateRequire } from 'node:module'; globalThis.require = globalThis.require || __tareCreateRequire(import.meta.url);",
				]
			: []),
		...external.map((name) => `--external:${name}`),
	];
	return tools.run({ step: 'bundle', argv, cwd: dirname(entry), env: { NODE_ENV: env.NODE_ENV ?? 'production' } });
}

/** As Node decides (https://nodejs.org/api/packages.html#determining-module-system). */
function isEsModule(entry: string): boolean {
	if (/\.m[jt]s$/.test(entry)) return true;
	if (/\.c[jt]s$/.test(entry)) return false;
	for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type === 'module';
	}
	return false;
}

function bundledFiles(metafile: string, cwd: string): readonly BundledFile[] {
	const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, { imports: { path: string; external?: boolean }[] }> };
	return Object.entries(inputs)
		.filter(([path]) => existsSync(join(cwd, path)))
		.map(([path, { imports }]) => ({
			path: join(cwd, path),
			imports: imports.filter(({ external }) => external !== true).map((each) => join(cwd, each.path)),
		}));
}

/** What the app's own files find beside themselves they would look for beside the bundle. */
function refuseMovedPaths(files: readonly BundledFile[], entry: string, stage: string): void {
	for (const { path } of files) {
		if (path.includes('/node_modules/') || dirname(path) === dirname(entry)) continue;
		const hazard = hazardOf(path);
		if (hazard === undefined) continue;
		const file = relative(stage, path).replace(/^app\//, '');
		throw new TareError('OPTIMIZATION_FAILED', `${file} uses ${hazard.text}, which means another place in a bundle`, {
			hint: 'Find files from process.cwd, which is the folder of the app, or leave "bundle" out; "trace" works with any code.',
			at: { file, line: hazard.line },
		});
	}
}

function failed(entry: string, stage: string, output: string): TareError {
	return new TareError('OPTIMIZATION_FAILED', `${relative(stage, entry).replace(/^app\//, '')} could not be bundled`, {
		hint: 'The lines above are from esbuild; leave "bundle" out, or correct the import it names.',
		data: { output },
	});
}
