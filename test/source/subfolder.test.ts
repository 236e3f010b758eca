/** A folder of the source as an index of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subfolder } from '../../src/source/subfolder.js';
import { index } from '../support/files.js';

test('files keep what is known of them', (t) => {
	const inside = subfolder(index(t, { 'app/main.js': 'hello', 'other.js': '' }), 'app');
	assert.deepEqual(
		inside.files.map(({ path, size, type }) => ({ path, size, type })),
		[{ path: 'main.js', size: 5, type: 'file' }],
	);
	assert.equal(inside.get('main.js')?.size, 5);
});
