/** Which files of node_modules the app can reach, by reading its code (https://github.com/vercel/nft). */
import { existsSync, lstatSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gte } from 'semver';
import { TareError } from '../../../src/errors.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { onOwnNode } from '../../../src/toolchain/own-node.js';
import type { Staged } from './stage.js';
import type { TraceTask } from './trace-program.js';

const SCRIPT = /\.[cm]?[jt]sx?$/;
/** What a package's licence asks to be kept with it. */
const LICENCE = /\/(?:licen[cs]e|copying|notice)[^/]*$/i;

/** @param shipped paths in the image @returns the paths below node_modules to keep @throws TareError OPTIMIZATION_FAILED */
export async function traceFiles(app: Staged, shipped: ReadonlySet<string>, tools: Toolchain): Promise<ReadonlySet<string>> {
	const { stage, command, workingDir } = app;
	// Every file of the app may be loaded by a name that only its running code knows.
	const own = [...shipped].filter((path) => !isModule(path) && SCRIPT.test(path)).map((path) => join(stage, path));
	const cwd = join(stage, workingDir);
	const roots = [...own, ...namedByCommand(command, cwd)].filter((path) => existsSync(path));
	const { version } = await tools.runtime('node');
	// Node 22.10 began to prefer `module-sync`.
	const conditions = [...(command[0] === 'bun' ? ['bun'] : []), 'node', ...(gte(version, '22.10.0') ? ['module-sync'] : [])];
	const fileList = await runTrace({ roots, base: stage, cwd, conditions }, tools);
	const reached = new Set(fileList.filter(isModule));
	const packages = new Set([...reached].map(packageOf));
	for (const path of shipped) if (LICENCE.test(path) && packages.has(packageOf(path))) reached.add(path);
	tools.emit({ type: 'note', says: `traced: ${reached.size} of ${[...shipped].filter(isModule).length} files of node_modules are reached` });
	return reached;
}

async function runTrace(task: TraceTask, tools: Toolchain): Promise<readonly string[]> {
	const work = await tools.scratch('trace');
	const [taskFile, resultFile] = [join(work, 'task.json'), join(work, 'result.json')];
	writeFileSync(taskFile, JSON.stringify(task));
	const program = fileURLToPath(new URL('./node-trace.mjs', import.meta.url));
	const { exitCode, tail } = await tools.run({ step: 'trace', argv: onOwnNode(program, taskFile, resultFile), cwd: task.cwd });
	if (exitCode === 0) return JSON.parse(readFileSync(resultFile, 'utf8')) as string[];
	throw new TareError('OPTIMIZATION_FAILED', 'the files that the app reaches could not be traced', {
		hint: 'The lines above are from the tracer; leave "trace" out.',
		data: { output: tail },
	});
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
