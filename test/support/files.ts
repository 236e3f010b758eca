/** Temporary folders with given files, removed after the test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type FileIndex, readFileIndex } from '../../src/source/file-index.js';
import { ignoreRules } from '../../src/source/ignore.js';

export type Files = Readonly<Record<string, string | object>>;

/** Objects become JSON; buffers are written as they are. */
export function writeFiles(dir: string, files: Files): void {
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(dirname(join(dir, path)), { recursive: true });
		writeFileSync(join(dir, path), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, undefined, 2));
	}
}

export function folder(t: TestContext, files: Files = {}): string {
	const dir = mkdtempSync(join(tmpdir(), 'tare-test-'));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	writeFiles(dir, files);
	return dir;
}

export function index(t: TestContext, files: Files): FileIndex {
	return readFileIndex(folder(t, files), ignoreRules([]));
}
