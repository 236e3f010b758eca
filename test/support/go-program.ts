/** Tools of others that Go's module proxy has, compiled for a test. */
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from './files.js';
import { hasTools } from './tools.js';

/** @param program `path@version` @returns where it is; undefined after marking the test as skipped */
export function goProgram(t: TestContext, program: string): string | undefined {
	if (!hasTools(t, 'go')) return undefined;
	const bin = folder(t);
	execFileSync('go', ['install', program], { env: { ...process.env, GOBIN: bin, GOFLAGS: '' }, cwd: bin, stdio: 'ignore' });
	return join(bin, basename(program).replace(/@.*$/, ''));
}
