/** Procfiles, right and wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcfile } from '../../src/builder/procfile.js';

test('types, comments, blank lines and colons in the command', () => {
	const entries = parseProcfile('# processes\n\nWeb: node server.js --url http://x:1\r\nworker:node w.js\n');
	assert.deepEqual(entries, [
		{ type: 'web', command: 'node server.js --url http://x:1', line: 3 },
		{ type: 'worker', command: 'node w.js', line: 4 },
	]);
});

test('a line that is no entry names its line', () => {
	assert.throws(() => parseProcfile('web: a\nnonsense'), { code: 'MANIFEST_INVALID', at: { file: 'Procfile', line: 2 } });
	assert.throws(() => parseProcfile('web: a\nweb: b'), { code: 'MANIFEST_INVALID' });
});
