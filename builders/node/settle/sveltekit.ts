/** SvelteKit: a version that is the time at which its configuration was read, and stands in the names of what the browser loads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { sourceDigest } from './identity.js';

/** Milliseconds in a thousand years: as many digits as a time has. */
const SPAN = 31_556_952_000_000n;

/** A project that sets `version.name` asks nobody for the time. */
export async function svelteKitVariables(tools: Toolchain): Promise<Readonly<Record<string, string>>> {
	const file = join(await tools.scratch('clock'), 'clock.cjs');
	const version = (BigInt(`0x${sourceDigest(tools).slice(0, 16)}`) % SPAN).toString().padStart(13, '1');
	writeFileSync(file, clockFor('@sveltejs/kit/src/core/config/', version));
	return { NODE_OPTIONS: `--require ${file}` };
}

/** Answers only the files below `folder` with the settled time; for all others time goes on. */
function clockFor(folder: string, time: string): string {
	return `'use strict';
const now = Date.now;
Date.now = function () {
	const limit = Error.stackTraceLimit;
	Error.stackTraceLimit = 2;
	const { stack } = new Error();
	Error.stackTraceLimit = limit;
	return stack.includes(${JSON.stringify(folder)}) ? ${time} : now();
};
`;
}
