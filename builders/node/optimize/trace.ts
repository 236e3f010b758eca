/** Which files of node_modules the app can reach, by reading its code (https://github.com/vercel/nft). */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import type { Staged } from './stage.js';

const SCRIPT = /\.[cm]?[jt]sx?$/;
/** What a package's licence asks to be kept with it. */
const LICENCE = /\/(?:licen[cs]e|copying|notice)[^/]*$/i;

/** @param shipped paths in the image @returns the paths below node_modules to keep */
export async function traceFiles({ stage, command, workingDir }: Staged, shipped: ReadonlySet<string>, tools: Toolchain): Promise<ReadonlySet<string>> {
	const { nodeFileTrace } = await import('@vercel/nft');
	// Every file of the app may be loaded by a name that only its running code knows.
	const own = [...shipped].filter((path) => !isModule(path) && SCRIPT.test(path)).map((path) => join(stage, path));
	const cwd = join(stage, workingDir);
	const roots = [...own, ...namedByCommand(command, cwd)].filter((path) => existsSync(path));
	const { fileList } = await nodeFileTrace(roots, { base: stage, processCwd: cwd, moduleSyncCatchall: true });
	const reached = new Set([...fileList].filter(isModule));
	const packages = new Set([...reached].map(packageOf));
	for (const path of shipped) if (LICENCE.test(path) && packages.has(packageOf(path))) reached.add(path);
	tools.emit({ type: 'note', says: `traced: ${reached.size} of ${[...shipped].filter(isModule).length} files of node_modules are reached` });
	return reached;
}

export function isModule(path: string): boolean {
	return /(?:^|\/)node_modules\//.test(path);
}

/** Files and preloaded modules that the command line itself names. */
function namedByCommand(command: readonly string[], cwd: string): readonly string[] {
	const require = createRequire(join(cwd, 'index.js'));
	return command.slice(1).flatMap((word, at) => {
		const path = join(cwd, word);
		if (existsSync(path) && lstatSync(path).isFile()) return [path];
		if (!/^(?:-r|--require|--import|--loader|--experimental-loader)$/.test(command[at] ?? '')) return [];
		try {
			return [join(cwd, relative(realpathSync(cwd), require.resolve(word)))];
		} catch {
			return [];
		}
	});
}

/** `app/node_modules/@a/b/x.js` → `app/node_modules/@a/b` */
function packageOf(path: string): string {
	return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '';
}
