/**
 * Finds the files that others reach, in a process of its own, because it takes much memory. What a package's `exports` mean for the app's runtime
 * is given as `conditions`, so that the Node that runs this does not matter.
 *
 *   node node-trace.mjs TASK RESULT
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { nodeFileTrace } from '@vercel/nft';

export interface TraceTask {
	/** Files to begin with, absolute. */
	readonly roots: readonly string[];
	/** Folder that the result's paths are relative to. */
	readonly base: string;
	readonly cwd: string;
	/** https://nodejs.org/api/packages.html#conditional-exports, beside `import`, `require` and `default`. */
	readonly conditions: readonly string[];
}

const [task = '', result = ''] = process.argv.slice(2);
const { roots, base, cwd, conditions } = JSON.parse(readFileSync(task, 'utf8')) as TraceTask;
const { fileList } = await nodeFileTrace([...roots], { base, processCwd: cwd, conditions: [...conditions] });
writeFileSync(result, JSON.stringify([...fileList].sort()));
