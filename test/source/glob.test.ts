/** Ignore patterns: ours agrees with the module that has Docker's rules, and does not slow down with the number of wildcards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import dockerignore from '@balena/dockerignore';
import fc from 'fast-check';
import { globMatcher } from '../../src/source/glob.js';
import { ignoreRules } from '../../src/source/ignore.js';

const create = dockerignore as unknown as () => { add(lines: readonly string[]): { ignores(path: string): boolean } };
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '.'), minLength: 1, maxLength: 4 }).filter((text) => !/^\.+$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '[ab]', '\\a', '.'), minLength: 1, maxLength: 5 });
const part = fc.oneof(
	fc.constant('**'),
	piece.filter((text) => !/^\.+$|\*\*/.test(text)),
);
const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

test('a pattern matches what it matches in Docker', () => {
	fc.assert(
		fc.property(pattern, path, (line, file) => {
			assert.equal(globMatcher(line)(file), create().add([line]).ignores(file), `${line} ${file}`);
		}),
		{ numRuns: 5000 },
	);
});

test('lines with many wildcards keep their place among the others', () => {
	const rules = ignoreRules(['*a*a*a*a*', '!keep-aaaa.txt', '**/b*/**/c*/**/*.log']);
	assert.equal(rules.ignores('xaxaxaxax'), true);
	assert.equal(rules.ignores('keep-aaaa.txt'), false);
	assert.equal(rules.ignores('x/b1/y/c1/z.log'), true);
	assert.equal(rules.ignores('x/b1/y/d1/z.log'), false);
});

test('many wildcards and long names take no time', () => {
	const long = 'a'.repeat(200);
	for (const line of [`${'*a'.repeat(12)}b`, `${'**/a*'.repeat(12)}b`, `x/${'?*'.repeat(20)}b`]) {
		const rules = ignoreRules([line]);
		const before = process.cpuUsage();
		for (const file of [long, `${long}/${long}`, `${'a/'.repeat(60)}a`, `x/${long}`]) rules.ignores(file);
		assert.ok(process.cpuUsage(before).user < 1_000_000, line);
	}
});
