/** Which Deno a project runs on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeno } from '../../../builders/deno/plan.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const PINS: readonly (readonly [string, Files, string])[] = [
	['.deno-version', { '.deno-version': 'v2.1.4\n' }, '2.1.4'],
	['.dvmrc', { '.dvmrc': '1.46.3' }, '1.46.3'],
	['asdf', { '.tool-versions': 'nodejs 20\ndeno 2.1.4\n' }, '2.1.4'],
	['mise', { 'mise.toml': '[tools]\ndeno = "2.1"\n' }, '2.1'],
];
for (const [name, files, version] of PINS)
	test(`Deno by ${name}`, (t) => {
		const { runtime } = planDeno({
			source: index(t, { 'deno.json': '{}', 'main.ts': '', ...files }),
			...REQUEST,
		});
		assert.deepEqual(runtime?.ranges, [version]);
		assert.equal(runtime?.file, Object.keys(files)[0]);
	});
