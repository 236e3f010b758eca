/** Output of Nitro that depends on which module the bundler was done with first. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { settleNitro, sortedImports } from '../../../../builders/node/settle/nitro.js';
import type { Toolchain } from '../../../../src/toolchain/contract.js';
import { folder } from '../../../support/files.js';

const module = (names: readonly string[]): string =>
	`const x = 1;\nconst styles = {\n${names.map((name) => `  "${name}.vue": () => import('./${name}.mjs').then(interopDefault)`).join(',\n')}\n};\n\nexport { styles as default };\n`;

test('lists of imports by name have one order, whatever order they came in, and stay valid', () => {
	const name = fc.stringMatching(/^[a-z/.?&=-]{1,12}$/);
	fc.assert(
		fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), fc.nat(), (names, turn) => {
			const other = [...names.slice(turn % names.length), ...names.slice(0, turn % names.length)];
			const settled = sortedImports(module(names));
			assert.equal(settled, sortedImports(module(other)));
			for (const each of names) assert.ok(settled.includes(`"${each}.vue": () => import('./${each}.mjs')`));
			assert.doesNotThrow(() => new Function(settled.replace(/export .*/, '')));
		}),
	);
});

test('source maps of such lists do not tell the order', (t) => {
	const settle = (names: readonly string[], mappings: string): string => {
		const dir = folder(t, {
			'.output/nitro.json': {},
			'.output/server/chunks/styles.mjs': module(names),
			'.output/server/chunks/styles.mjs.map': { version: 3, mappings },
			'.output/server/index.mjs': 'export {};\n',
			'.output/server/index.mjs.map': { version: 3, mappings: 'AAAA' },
		});
		settleNitro(dir, {} as Toolchain);
		assert.match(readFileSync(join(dir, '.output/server/index.mjs.map'), 'utf8'), /AAAA/);
		return ['styles.mjs', 'styles.mjs.map'].map((file) => readFileSync(join(dir, '.output/server/chunks', file), 'utf8')).join('\n');
	};
	assert.equal(settle(['a', 'b', 'c'], 'AAAA;BBBB'), settle(['c', 'a', 'b'], 'AAAA;CCCC'));
});
