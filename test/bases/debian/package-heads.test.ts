import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { readHeads, writeHeads } from '../../../src/bases/debian/package-heads.js';

interface Known {
	readonly name: string;
	readonly provides: readonly string[];
	readonly padding: number;
}

const name = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,8}$/);
const known: fc.Arbitrary<Known> = fc.record({
	name,
	provides: fc.array(name, { maxLength: 3 }),
	padding: fc.oneof(fc.nat(40), fc.nat(400_000)),
});

const stanza = ({ name: own, provides, padding }: Known): string =>
	[`Package: ${own}`, 'Version: 1', ...(provides.length > 0 ? [`Provides: ${provides.join(' (= 1), ')}`] : []), `Description: ${'x'.repeat(padding)}`].join(
		'\n',
	);

test('every package and virtual package of an index is found where it is, across the blocks that are read', async (t) => {
	const dir = folder(t);
	await fc.assert(
		fc.asyncProperty(fc.array(known, { maxLength: 12 }), fc.constantFrom('', '\n', '\n\n'), async (all, end) => {
			const text = all.map(stanza).join('\n\n') + end;
			writeFileSync(join(dir, 'Packages'), text);
			await writeHeads(join(dir, 'Packages'), join(dir, 'heads'));
			const heads = readHeads(join(dir, 'heads'));
			const file = readFileSync(join(dir, 'Packages'));
			for (const { name: own } of all) {
				const offsets = heads.offsets(own);
				assert.equal(offsets.length, all.filter((other) => other.name === own).length);
				for (const at of offsets) assert.ok(file.subarray(at).toString().startsWith(`Package: ${own}\n`));
			}
			for (const virtual of new Set(all.flatMap(({ provides }) => provides)))
				assert.deepEqual(
					heads.providers(virtual),
					all.flatMap(({ name: own, provides }) => provides.filter((item) => item === virtual).map(() => own)),
				);
			assert.deepEqual(new Set(heads.names()), new Set(all.map((one) => one.name)));
			assert.deepEqual(heads.offsets('not-there'), []);
		}),
		{ numRuns: 60 },
	);
});

function folder(t: TestContext): string {
	const dir = mkdtempSync(join(tmpdir(), 'tare-heads-'));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return dir;
}
