/** Builders of the user's own: found, handed the kit, asked first, and blamed for their own errors. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { plan } from '../../src/index.js';
import { type Files, folder } from '../support/files.js';

const BUILDER = `export default ({ TareError }) => ({
	id: 'zig', looksFor: 'build.zig',
	detect: async (source) => source.has('build.zig') ? { builder: 'zig', reasons: [], facts: {} } : undefined,
	plan: async (_detection, { base, settings }) => {
		if (settings.fail === 'own') throw new TareError('NO_START', 'own error');
		if (settings.fail) throw new Error('broken');
		return { base, processes: [{ type: 'web', command: ['/app/x', settings.flag], reasons: [] }] };
	},
	build: async () => ({ layers: [] }),
});`;
const made = (t: TestContext, files: Files) => plan({ dir: folder(t, files), allowProjectCode: true });
const yaml = (more = '') => `builders: [./b.mjs]\nzig: { flag: -O }\n${more}`;

test('a module of the project is asked first, with its own section', async (t) => {
	const { plan: zig } = await made(t, { 'tare.yaml': yaml(), 'b.mjs': BUILDER, 'build.zig': '', 'package.json': { scripts: { start: 'node a.js' } } });
	assert.equal(zig.builder, 'zig');
	assert.deepEqual(zig.processes[0]?.command, ['/app/x', '-O']);
});

test('where it finds nothing, the others are asked', async (t) => {
	const files = { 'tare.yaml': 'builders: [./b.mjs]\n', 'b.mjs': BUILDER, 'server.js': '' };
	assert.equal((await made(t, files)).plan.builder, 'node');
});

test('an npm package is found in the project', async (t) => {
	const files = {
		'tare.yaml': 'builders: [tare-builder-zig]\n',
		'build.zig': '',
		'node_modules/tare-builder-zig/package.json': { name: 'tare-builder-zig', version: '1.0.0', type: 'module', exports: './b.mjs' },
		'node_modules/tare-builder-zig/b.mjs': BUILDER,
	};
	assert.equal((await made(t, files)).plan.builder, 'zig');
});

const MISTAKES: readonly [string, Files, object][] = [
	['no such file', { 'tare.yaml': 'builders: [./none.mjs]\n' }, { code: 'CONFIG_INVALID', message: /no file \.\/none\.mjs/ }],
	['a package that is not installed', { 'tare.yaml': 'builders: [tare-builder-none]\n' }, { code: 'CONFIG_INVALID', hint: /npm install/ }],
	[
		'no builder',
		{ 'tare.yaml': 'builders: [./b.mjs]\n', 'b.mjs': 'export default { id: "x" };' },
		{ code: 'CONFIG_INVALID', message: /lacks looksFor, detect/ },
	],
	['a syntax error', { 'tare.yaml': 'builders: [./b.mjs]\n', 'b.mjs': 'export default {' }, { code: 'CONFIG_INVALID', message: /cannot be loaded/ }],
	['its own error', { 'tare.yaml': 'builders: [./b.mjs]\nzig: {fail: own}\n', 'b.mjs': BUILDER, 'build.zig': '' }, { code: 'NO_START', message: 'own error' }],
	[
		'a defect',
		{ 'tare.yaml': 'builders: [./b.mjs]\nzig: {fail: true}\n', 'b.mjs': BUILDER, 'build.zig': '' },
		{ code: 'BUILDER_FAILED', message: /failed at plan: broken/ },
	],
	['its section without it', { 'tare.yaml': 'zig: {flag: x}\n', 'server.js': '' }, { code: 'CONFIG_INVALID', message: /unknown key "zig"/ }],
];
for (const [says, files, expected] of MISTAKES) test(`mistake: ${says}`, async (t) => assert.rejects(made(t, files), expected));
