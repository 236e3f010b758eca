/** ctypes.util.find_library without ldconfig: shipped where Debian libraries are, and nowhere else. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { findLibraryEntries } from '../../../builders/python/find-library.js';
import { planPython } from '../../../builders/python/plan.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const paths = (t: TestContext, requirements: string, packages: readonly string[] = []): readonly string[] => {
	const base = { kind: 'debian', release: 'trixie', sets: ['static'], packages, slim: true, strip: false } as const;
	const plan = planPython({ source: index(t, { 'requirements.txt': requirements, 'main.py': 'print()\n' }), ...REQUEST, base });
	return findLibraryEntries(plan, undefined, plan.facts as unknown as PythonFacts).map(({ path }) => path);
};

test('an image with Debian libraries finds them', (t) => {
	const there = ['tare_find_library.py', 'tare_find_library.pth'].map((name) => `usr/local/lib/python3.13/dist-packages/${name}`);
	assert.deepEqual(paths(t, 'pyzbar\n'), there, 'of the table');
	assert.deepEqual(paths(t, 'django\n', ['libgdal36']), there, "of the user's");
	assert.deepEqual(paths(t, 'flask\n'), []);
});
