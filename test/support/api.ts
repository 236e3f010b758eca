/** What tests of the API in this process need. */
import type { TestContext } from 'node:test';
import { folder } from './files.js';

/** A store for this test alone. @returns its folder */
export function ownStore(t: TestContext): string {
	const before = process.env.TARE_CACHE_DIR;
	const dir = folder(t);
	process.env.TARE_CACHE_DIR = dir;
	t.after(() => {
		if (before === undefined) delete process.env.TARE_CACHE_DIR;
		else process.env.TARE_CACHE_DIR = before;
	});
	return dir;
}
