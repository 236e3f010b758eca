/** TOML as manifests and lock files have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToml, parseTomlFile, TomlError } from '../../src/source/toml.js';

test('tables, arrays of tables, inline tables, texts and numbers', () => {
	const text = `# a comment
title = "a \\"b\\" \\u00e9"
'literal key' = 'C:\\\\x'
long = """
one \\
   two"""
nothing = ''
[project]
a.b = 1_000
list = [ "x", # why
  { name = "y", extras = ["z"] }, ]
[[package]]
name = "one"
[package.source]
registry = true
[[package]]
name = "two"
when = 2024-05-01
`;
	assert.deepEqual(parseToml(text), {
		title: 'a "b" é',
		'literal key': 'C:\\\\x',
		long: 'one two',
		nothing: '',
		project: { a: { b: 1000 }, list: ['x', { name: 'y', extras: ['z'] }] },
		package: [
			{ name: 'one', source: { registry: true } },
			{ name: 'two', when: '2024-05-01' },
		],
	});
});

for (const [text, line] of [
	['a = ', 1],
	['a = 1\na = 2', 2],
	['\n[x', 2],
	['a = [1, 2', 1],
	['a = nope', 1],
	['__proto__.x = 1', 1],
	[`${'a.'.repeat(100_000)}b = 1`, 1],
	[`a = ${'['.repeat(100_000)}`, 1],
	['a = "\\U00110000"', 1],
	['a = 1 b = 2', 1],
] as const) {
	test(`an error names its line: ${JSON.stringify(text.slice(0, 40))}`, () =>
		assert.throws(
			() => parseToml(text),
			(error) => error instanceof TomlError && error.line === line,
		));
}

test('a file of the project ends in an error that names file and line', () =>
	assert.throws(() => parseTomlFile('\nx = [', 'Cargo.toml'), { name: 'TareError', code: 'MANIFEST_INVALID', at: { file: 'Cargo.toml', line: 2 } }));

test('integers beyond what a number holds are no error', () => assert.deepEqual(parseToml('a = 9007199254740993'), { a: 9007199254740992 }));
