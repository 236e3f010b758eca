/** Scripts that say at their head what they need (PEP 723). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { detectPython } from '../../../builders/python/detect.js';
import { planPython } from '../../../builders/python/plan.js';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}) => planPython({ source: index(t, files), ...REQUEST, ...more });
const lines = (made: ReturnType<typeof plan>) => (made.facts.origin as { readonly lines?: readonly string[] }).lines;

const header = (...inner: readonly string[]): string =>
	['#!/usr/bin/env -S uv run --script', '# /// script', ...inner.map((line) => `# ${line}`), '# ///', ''].join('\n');
const APP = 'from flask import Flask\napp = Flask("x")\n';

test('dependencies and Python come from the header, with its line', (t) => {
	const made = plan(t, { 'serve.py': header('requires-python = ">=3.11,<3.13"', 'dependencies = [', '  "flask>=3",', '  "humanize==4.9.0",', ']') + APP });
	assert.deepEqual(lines(made), ['flask>=3', 'humanize==4.9.0']);
	assert.equal(made.facts.version, '3.11');
	assert.deepEqual(
		made.reasons.find(({ says }) => says.includes('script header')),
		{ file: 'serve.py', line: 2, says: 'dependencies of the script header in serve.py' },
	);
	assert.deepEqual(made.reasons[0], { file: 'serve.py', line: 2, range: '>=3.11,<3.13', strict: true, says: 'python 3.11: requires-python is ">=3.11,<3.13"' });
});

test('a script with a header is an app among other files', (t) => {
	const files = { 'fetch.py': `${header('dependencies = ["httpx"]')}import httpx\nhttpx.get("x")\n`, 'helper.py': '' };
	assert.equal(detectPython(index(t, files))?.reasons[0]?.file, 'fetch.py');
	assert.deepEqual(lines(plan(t, files, { start: 'python fetch.py' })), ['httpx']);
});

test('of several scripts the one that a command names', (t) => {
	const files = { 'a.py': header('dependencies = ["attrs"]'), 'b.py': header('dependencies = ["bottle"]'), Procfile: 'web: python b.py\n' };
	assert.deepEqual(lines(plan(t, files)), ['bottle']);
	assert.deepEqual(lines(plan(t, files, { start: 'uv run a.py' })), ['attrs'], '--start before the Procfile');
});

test('sources of uv, line endings of Windows, and no dependencies', (t) => {
	const text = header('dependencies = ["tool"]', '[tool.uv.sources]', 'tool = { git = "https://example.org/tool", tag = "v1" }').replaceAll('\n', '\r\n');
	assert.deepEqual(lines(plan(t, { 'main.py': `${text}print()\r\n` })), ['tool @ git+https://example.org/tool@v1']);
	assert.deepEqual(plan(t, { 'main.py': `${header('requires-python = ">=3.12"')}print()\n` }).facts.origin, { kind: 'none' });
});

test('a mistake in the header has its file and line', (t) => {
	assert.throws(() => plan(t, { 'main.py': header('dependencies = 5 5') }), { code: 'MANIFEST_INVALID', at: { file: 'main.py', line: 3 } });
});

test('a manifest wins over headers, which are then said to be unread', (t) => {
	const made = plan(t, { 'requirements.txt': 'flask\n', 'main.py': header('dependencies = ["bottle"]') + APP });
	assert.match(made.warnings.map(({ says }) => says).join('\n'), /script header of main\.py is not read/);
});
