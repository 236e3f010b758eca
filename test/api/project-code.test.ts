/** Whoever looks at a folder runs none of its code, until that is allowed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { detect, plan, update } from '../../src/index.js';
import { folder } from '../support/files.js';

const TRAP = `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('ran', import.meta.url), '');\nexport default (plan) => plan;\n`;
const CONFIGURATIONS = {
	extensions: { 'tare.yaml': 'slim: true\nextensions: [./e.mjs]\n', 'package.json': {} },
	builders: { 'tare.yaml': 'builders:\n  - ./e.mjs\n', 'package.json': {} },
	'a package': { 'package.json': { tare: { extensions: ['trap'] } }, 'node_modules/trap/package.json': { name: 'trap', main: '../../e.mjs' } },
};

for (const [says, files] of Object.entries(CONFIGURATIONS))
	test(`plan, detect and update run no code of the project: ${says}`, async (t) => {
		const dir = folder(t, { 'index.html': '<p>', 'e.mjs': TRAP, ...files });
		const refused = { code: 'USAGE', message: /code of the project/, hint: /--allow-project-code/ };
		await assert.rejects(plan({ dir }), {
			...refused,
			at: { file: says === 'a package' ? 'package.json' : 'tare.yaml', line: says === 'a package' ? 3 : 2 },
		});
		await assert.rejects(update({ dir }), refused);
		if (says === 'builders') await assert.rejects(detect({ dir }), refused);
		else assert.ok(await detect({ dir, builder: 'static' }), 'extensions do not decide what a folder is');
		assert.equal(existsSync(join(dir, 'ran')), false);
		await plan({ dir, builder: 'static', allowProjectCode: true }).catch(() => undefined);
		assert.equal(existsSync(join(dir, 'ran')), true);
	});
