/** Lines of keys and of mistakes in JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '../../src/source/json.js';

const TEXT = `{
  "name": "x",
  "list": [{ "start": 1 }, 2],
  "scripts": {
    "start": "node a.js",
    "nested": { "start": 3 }
  },
  "start": 4
}`;

test('the line of a key at a path', () => {
	const { lineOf } = parseJson(TEXT, 'package.json');
	assert.equal(lineOf('scripts', 'start'), 5);
	assert.equal(lineOf('start'), 8);
	assert.equal(lineOf('scripts', 'nested', 'start'), 6);
	assert.equal(lineOf('none'), undefined);
});

test('a mistake is a MANIFEST_INVALID with its line', () => {
	assert.throws(() => parseJson('{\n  "a": 1,\n}', 'package.json'), { code: 'MANIFEST_INVALID', at: { file: 'package.json', line: 3 } });
});
