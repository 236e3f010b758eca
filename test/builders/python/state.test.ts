/** What frameworks write when they start, and where the image has a place for it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { planPython } from '../../../builders/python/plan.js';
import type { State } from '../../../builders/python/state.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files) =>
	planPython({
		source: index(t, files),
		...REQUEST,
	});
const states = (t: TestContext, files: Files): readonly State[] => (plan(t, files).facts as unknown as PythonFacts).states;

test('a program that listens on loopback alone is warned of', (t) => {
	const warnings = (text: string): string =>
		plan(t, { 'requirements.txt': 'bottle\n', 'main.py': text })
			.warnings.map(({ says }) => says)
			.join('\n');
	const app = (host: string): string => `from bottle import run\n\nif __name__ == "__main__":\n    run(host="${host}", port=8080)\n`;
	assert.match(warnings(app('localhost')), /line 4 listens on the container's own loopback/);
	assert.doesNotMatch(warnings(app('0.0.0.0')), /loopback/);
});

test('the session key of FastHTML, where the app gives none', (t) => {
	const app = (args: string): Files => ({ 'requirements.txt': 'python-fasthtml\n', 'main.py': `from fasthtml.common import *\napp, rt = fast_app(${args})\n` });
	assert.deepEqual(states(t, app('')), [{ path: '.sesskey', target: '/tmp/.sesskey' }]);
	assert.deepEqual(states(t, app('secret_key="x"')), []);
	assert.deepEqual(states(t, { ...app(''), '.sesskey': 'mine' }), []);
});
