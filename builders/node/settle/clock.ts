/** Frameworks whose own code takes the time for an id: SvelteKit for its version, Astro for the name of its manifest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { sourceDigest } from './identity.js';

/** Milliseconds in a thousand years: as many digits as a time has. */
const SPAN = 31_556_952_000_000n;
const FILES = ['/@sveltejs/kit/src/core/config/', '/astro/dist/core/build/plugins/'];

/** A project that sets SvelteKit's `version.name` itself is not asked. */
export async function settledClock(tools: Toolchain): Promise<Readonly<Record<string, string>>> {
	const file = join(await tools.scratch('clock'), 'clock.cjs');
	const time = (BigInt(`0x${sourceDigest(tools).slice(0, 16)}`) % SPAN).toString().padStart(13, '1');
	writeFileSync(file, program(time));
	return { NODE_OPTIONS: `--require ${file}` };
}

/** Answers only those files with the settled time; for all others time goes on. */
function program(time: string): string {
	return `'use strict';
const now = Date.now;
Date.now = function () {
	const limit = Error.stackTraceLimit;
	Error.stackTraceLimit = 2;
	const { stack } = new Error();
	Error.stackTraceLimit = limit;
	return ${JSON.stringify(FILES)}.some((file) => stack.includes(file)) ? ${time} : now();
};
`;
}
