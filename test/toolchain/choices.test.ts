/** Choices that tare.lock keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChoices } from '../../src/toolchain/choices.js';

test('an answer stands until the question changes; the old one is handed to whoever asks anew', async () => {
	const asked: (readonly string[])[] = [];
	const make = (answer: string) => async (before: readonly string[]) => {
		asked.push(before);
		return [answer];
	};
	const first = createChoices({}, false);
	assert.deepEqual(await first.choose({ name: 'a', question: 'q', make: make('one') }), ['one']);
	assert.deepEqual(await first.choose({ name: 'b', question: 'q', like: ['a'], make: make('like a') }), ['like a']);
	const second = createChoices(first.all(), false);
	assert.deepEqual(await second.choose({ name: 'a', question: 'q', make: make('not asked') }), ['one']);
	assert.deepEqual(await second.choose({ name: 'a', question: 'another', make: make('two') }), ['two']);
	assert.deepEqual(asked, [[], ['one'], ['one']]);
	assert.deepEqual(Object.keys(second.all()), ['a', 'b']);
});

test('--frozen forbids to choose, and lets stand what is known', async () => {
	const { a } = await (async () => {
		const open = createChoices({}, false);
		await open.choose({ name: 'a', question: 'q', make: async () => ['one'] });
		return open.all();
	})();
	const frozen = createChoices(a === undefined ? {} : { a }, true);
	assert.deepEqual(await frozen.choose({ name: 'a', question: 'q', make: async () => ['two'] }), ['one']);
	await assert.rejects(frozen.choose({ name: 'a', question: 'changed', make: async () => [] }), { code: 'LOCK_FROZEN', message: /other dependencies/ });
	await assert.rejects(frozen.choose({ name: 'b', question: 'q', make: async () => [] }), { code: 'LOCK_FROZEN', message: /does not have "b"/ });
});
