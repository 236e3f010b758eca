/** pom.xml as XML: what is read, and that no text ends in anything but elements or an error with its line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { childOf, parseXml, textOf } from '../../../builders/java/xml.js';
import { TareError } from '../../../src/errors.js';

test('elements, attributes, comments, sections, character references and lines', () => {
	const text = `<?xml version="1.0"?>
<!DOCTYPE project [ <!ENTITY x "<y>"> ]>
<!-- <project> -->
<m:project xmlns:m="x" a='1 > 0'>
  <name>A &amp; B &#x1F600;&#10;<![CDATA[<c>]]></name><empty/>
  <other>&x;&constructor;</other>
</m:project>`;
	const project = parseXml(text, 'pom.xml');
	assert.deepEqual([project.name, project.line, project.attributes.a], ['project', 4, '1 > 0']);
	assert.deepEqual([textOf(project, 'name'), childOf(project, 'empty')?.text], ['A & B 😀\n<c>', '']);
	assert.deepEqual([textOf(project, 'other'), childOf(project, 'other')?.line], ['&x;&constructor;', 6], 'entities stay as they are');
});

const BROKEN: readonly (readonly [string, string, number])[] = [
	['no element', '\n<!-- only -->', 1],
	['an element that stays open', '<a>\n<b>\n</a>', 3],
	['an end that opens nothing', '</a>', 1],
	['a comment that stays open', '<a>\n<!-- x </a>', 2],
	['a tag that stays open', '<a>\n<b </a>', 2],
	['a name that is missing', '<a>\n<></a>', 2],
	['a code point that is none', '<a>\n&#x110000;</a>', 2],
	['half of a pair', '<a>&#xD800;</a>', 1],
	['a code point beyond numbers', `<a>&#${'9'.repeat(400)};</a>`, 1],
	['too deep', '<a>'.repeat(100_000), 1],
];
for (const [what, text, line] of BROKEN) {
	test(`not XML: ${what}`, () =>
		assert.throws(
			() => parseXml(text, 'a/pom.xml'),
			(error) => error instanceof TareError && error.code === 'MANIFEST_INVALID' && error.at?.file === 'a/pom.xml' && error.at.line === line,
		));
}

test('any text is elements or an error with file and line, in time that grows with its length', () => {
	const part = fc.constantFrom('<', '>', '</', '/>', '<!--', '-->', '<![CDATA[', ']]>', '<?', '"', "'", '&', '&#', ';', 'a', '\n', '=', '<!DOCTYPE', '[', ']');
	fc.assert(
		fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
			try {
				parseXml(parts.join(''), 'pom.xml');
			} catch (error) {
				assert.ok(error instanceof TareError && error.at?.file === 'pom.xml' && (error.at.line ?? 0) > 0, String(error));
			}
		}),
		{ numRuns: 500 },
	);
	const began = performance.now();
	for (const unit of ['<a "', '<a>x</a>', '<!-- ', '&lt;', "<a b='"]) assert.doesNotThrow(() => attempt(unit.repeat(200_000)));
	assert.ok(performance.now() - began < 5000, 'linear');
});

function attempt(text: string): void {
	try {
		parseXml(text, 'pom.xml');
	} catch (error) {
		if (!(error instanceof TareError)) throw error;
	}
}
