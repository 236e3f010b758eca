/** Extensions: pure functions from plan to plan, checked one by one, and a part of what a build depends on. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { build, type Extension, plan } from '../../src/index.js';
import { ownStore } from '../support/api.js';
import { type Files, folder } from '../support/files.js';
import { tinyProject } from '../support/tiny.js';

const SERVER = { 'server.js': 'http.listen(process.env.PORT)' };
const planned = (t: TestContext, extensions: readonly Extension[], files: Files = SERVER) =>
	plan({ dir: folder(t, files), extensions, allowProjectCode: true });

const labelled: Extension = (before) => ({ ...before, config: { ...before.config, Labels: { ...before.config.Labels, team: 'blue' } } });
const withPackage: Extension = async (before) =>
	before.base.kind === 'debian' ? { ...before, base: { ...before.base, packages: [...before.base.packages, 'tzdata'] } } : before;

test('extensions are applied in order; the plan says by whom it was changed', async (t) => {
	const seen: unknown[] = [];
	const looks: Extension = (before) => {
		seen.push(before.config.Labels);
		return before;
	};
	const { plan: made } = await planned(t, [labelled, looks, withPackage]);
	assert.deepEqual(seen, [{ team: 'blue' }]);
	assert.deepEqual(made.base.kind === 'debian' && made.base.packages, ['tzdata']);
	assert.deepEqual(
		made.reasons.map(({ says }) => says).filter((says) => says.startsWith('extended')),
		['extended by labelled', 'extended by withPackage'],
	);
});

const MISTAKES: readonly [string, Extension, RegExp][] = [
	['nothing returned', (() => undefined) as unknown as Extension, /^the extension number 1 returns no valid plan: it is no object$/],
	['a step without a command', (before) => ({ ...before, steps: [{ id: 'x', command: [], env: {}, reasons: [] }] }), /steps\[0\]\.command Invalid length/],
	[
		'a label that is no text',
		(before) => ({ ...before, config: { ...before.config, Labels: { a: 1 as unknown as string } } }),
		/config\.Labels\.a Invalid type: Expected string but received 1/,
	],
	['a file outside of the image', (before) => ({ ...before, files: [{ path: '/a/../../b', content: '' }] }), /files\[0\]\.path an absolute path/],
	['a function in the facts', (before) => ({ ...before, facts: { ...before.facts, later: () => 1 } }), /something that JSON does not have/],
	['another builder', (before) => ({ ...before, builder: 'go' }), /makes the plan one of "go", and it is one of "node"/],
	[
		'a change of what it was given',
		(before) => {
			(before.config as { User?: string }).User = 'root';
			return before;
		},
		/failed: Cannot (?:assign to read only property|add property)/,
	],
];
for (const [says, extension, message] of MISTAKES)
	test(`mistake: ${says}`, (t) => assert.rejects(planned(t, [extension]), { code: 'EXTENSION_FAILED', message }));

test('tare.yaml names modules; they come before those of a script', async (t) => {
	const files = {
		...SERVER,
		'tare.yaml': 'extensions: [./ext.mjs]\n',
		'ext.mjs': "export default function fromFile(plan) { return { ...plan, config: { ...plan.config, StopSignal: 'SIGINT' } }; }",
	};
	const order: (string | undefined)[] = [];
	const last: Extension = (before) => {
		order.push(before.config.StopSignal);
		return before;
	};
	const { plan: made } = await planned(t, [last], files);
	assert.deepEqual(order, ['SIGINT']);
	assert.match(made.reasons.at(-1)?.says ?? '', /extended by \.\/ext\.mjs/);
	await assert.rejects(planned(t, [], { ...files, 'ext.mjs': 'export const x = 1;' }), { code: 'CONFIG_INVALID', message: /exports no function/ });
	await assert.rejects(planned(t, [], { ...files, 'tare.yaml': 'extensions: [./none.mjs]\n' }), { code: 'CONFIG_INVALID', message: /no file \.\/none\.mjs/ });
});

test('files of a plan are in the image; a changed extension is no unchanged build, the same one is', async (t) => {
	ownStore(t);
	const dir = tinyProject(t);
	const noting =
		(text: string): Extension =>
		(before) => ({ ...before, files: [...(before.files ?? []), { path: '/etc/note', content: text, mode: 0o600, uid: 7 }] });
	const first = await build({ dir, extensions: [noting('one')] });
	assert.deepEqual(
		first.images[0]?.layers.map(({ name }) => name),
		['app', 'extra'],
	);
	assert.equal((await build({ dir, extensions: [noting('one')] })).unchanged, true);
	const other = await build({ dir, extensions: [noting('two')] });
	assert.equal(other.unchanged, false);
	assert.notEqual(other.digest, first.digest);
	// The same plan by other means: what it was made by is not taken for the same.
	const same: Extension = (before) => noting('two')(before);
	assert.deepEqual([(await build({ dir, extensions: [same] })).unchanged, (await build({ dir })).unchanged], [false, false]);
});
