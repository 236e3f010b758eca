/** A list where a mapping belongs is refused: to JavaScript it would be a mapping of numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan } from '../../src/index.js';
import { folder } from '../support/files.js';

for (const [text, key, line, example] of [
	['env: [A=1, B=2]\n', 'env', 1, 'A: "1"'],
	['user: 1000\nlabels:\n  - a\n', 'labels', 3, 'a: '],
	['annotations: []\n', 'annotations', 1, 'NAME: '],
	['build:\n  env: [A=b=c]\n', 'build.env', 2, 'A: "b=c"'],
	['registries: [example.com]\n', 'registries', 1, 'example.com: '],
] as const)
	test(`tare.yaml: ${text.trim().replaceAll('\n', ' ')}`, async (t) => {
		await assert.rejects(
			plan({ dir: folder(t, { 'tare.yaml': text, 'index.html': 'a' }) }),
			(error: { code: string; message: string; hint: string; at: object }) => {
				assert.deepEqual(
					[error.code, error.message.includes(`"${key}" is a list`), error.at, error.hint.includes(example)],
					['CONFIG_INVALID', true, { file: 'tare.yaml', line }, true],
					error.hint,
				);
				return true;
			},
		);
	});
