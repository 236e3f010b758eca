/** Procfiles, right and wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcfile, processOf, procfileWarnings } from '../../src/builder/procfile.js';

test('types, comments, blank lines and colons in the command', () => {
	const entries = parseProcfile('# processes\n\nWeb: node server.js --url http://x:1\r\nworker:node w.js\n');
	assert.deepEqual(entries, [
		{ type: 'web', command: 'node server.js --url http://x:1', line: 3 },
		{ type: 'worker', command: 'node w.js', line: 4 },
	]);
});

test('a line that is no entry names its line', () => {
	assert.throws(() => parseProcfile('web: a\nnonsense'), { code: 'MANIFEST_INVALID', at: { file: 'Procfile', line: 2 } });
});

test('slips that have one meaning are read with a warning', () => {
	const text = '\uFEFFWEB: a\r\n  worker_one : b # not now\r\nweb: c:d\r\n';
	assert.deepEqual(parseProcfile(text), [
		{ type: 'worker-one', command: 'b # not now', line: 2 },
		{ type: 'web', command: 'c:d', line: 3 },
	]);
	assert.equal(processOf(parseProcfile(text), 'Worker_One')?.command, 'b # not now');
	const said = procfileWarnings(text).map(({ line, says }) => `${line} ${says}`);
	assert.equal(said.length, 4);
	assert.match(
		said.join('\n'),
		/^1 .*"WEB" is read as "web"[\s\S]*2 .*indented[\s\S]*2 .*"worker_one" is read as "worker-one"[\s\S]*3 .*lines 1 and 3: the last counts/,
	);
	assert.deepEqual(procfileWarnings('# a\n\nweb: x\n'), []);
});
