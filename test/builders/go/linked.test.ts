/** What is shipped of a program that go linked: all but its build ID. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutId } from '../../../builders/go/linked.js';

const ID = 'OsqNIzrxKUWKGw14rpn-/un9h72Y4wqJh7Z0QP10d/adfFwTBnTnRVueQGGAg-/pso5L3R4uNX0FwZXNC9t';

test('the build ID becomes dashes wherever it stands, and nothing else changes', () => {
	const program = (id: string) => Buffer.from(`\x7fELF note ${id}\0\xff Go build ID: "${id}"\n \xffcode`, 'latin1');
	assert.deepEqual(withoutId(program(ID)), program('-'.repeat(ID.length)));
	assert.deepEqual(withoutId(program('')), program(''), 'no ID');
	assert.deepEqual(withoutId(Buffer.from('\xff Go build ID: "%s" in a program', 'latin1')), Buffer.from('\xff Go build ID: "%s" in a program', 'latin1'));
	assert.deepEqual(withoutId(Buffer.from('nothing')), Buffer.from('nothing'));
});
