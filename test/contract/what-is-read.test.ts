/** The order in which a project's files count, as docs/what-is-read.md has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan } from '../../src/index.js';
import { folder } from '../support/files.js';
import { DECISIONS, filesFrom } from './what-is-read.js';

for (const decision of DECISIONS)
	test(`${decision.language}, ${decision.decides}: the first that is there`, async (t) => {
		for (const [at, { says, gives }] of decision.sources.entries()) {
			const { plan: made } = await plan({ dir: folder(t, filesFrom(decision, at)), builder: decision.builder });
			const part = JSON.stringify(made[decision.part]);
			assert.ok(part.includes(gives), `${says} should give ${gives}: ${part}`);
			const next = decision.sources[at + 1]?.gives;
			if (next !== undefined && next !== gives) assert.ok(!part.includes(next) || gives.includes(next), `${says} comes before ${next}: ${part}`);
		}
	});
