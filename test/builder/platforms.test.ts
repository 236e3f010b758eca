/** Several platforms: built at once where the builder allows it, what they share made once, ended together when one fails. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { type TestContext, test } from 'node:test';
import { build, type TareEvent } from '../../src/index.js';
import { ownStore } from '../support/api.js';
import { folder } from '../support/files.js';

/** Each platform leaves a mark and runs a step; what it does then is the test's. */
const builder = (sideBySide: boolean, step: string): string => `
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
let inside = 0;
export default ({ TareError, imagePath }) => ({
	id: 'marks', looksFor: 'marks.txt', sideBySide: ${sideBySide},
	detect: async (source) => source.has('marks.txt') ? { builder: 'marks', reasons: [], facts: {} } : undefined,
	plan: async (_detection, { base }) => ({ base, processes: [{ type: 'web', command: ['/app/x'], reasons: [] }] }),
	build: async (_plan, { architecture }, tools) => {
		const cwd = await tools.workspace();
		await tools.alone('shared', async () => {
			if (++inside > 1) throw new Error('not alone');
			await new Promise((resolve) => setTimeout(resolve, 20));
			inside--;
		});
		const own = join(cwd, architecture);
		const other = join(cwd, architecture === 'amd64' ? 'arm64' : 'amd64');
		writeFileSync(own, '');
		const script = 'const { existsSync } = require("node:fs"); const [own, other] = process.argv.slice(1); ' + ${JSON.stringify(step)};
		const { exitCode } = await tools.run({ step: 'compile', argv: [process.execPath, '-e', script, own, other], cwd });
		rmSync(own);
		if (exitCode !== 0) throw new TareError('BUILD_FAILED', architecture + ' failed');
		const file = (name, text) => ({ type: 'file', path: imagePath(name), mode: 0o644, size: text.length, content: { kind: 'bytes', bytes: Buffer.from(text) } });
		const layer = (name, text) => ({ name, purpose: 'app', entries: async () => [file('app/' + name, text)] });
		return { layers: [layer('common', 'the same'), layer('own', architecture)] };
	},
});`;

interface Run {
	readonly events: readonly TareEvent[];
	readonly platforms: readonly string[];
}

async function made(t: TestContext, text: string): Promise<Run> {
	const dir = folder(t, { 'tare.yaml': 'builders: [./b.mjs]\n', 'b.mjs': text, 'marks.txt': '' });
	ownStore(t);
	const events: TareEvent[] = [];
	const { images } = await build({ dir, base: 'scratch', platforms: ['linux/amd64', 'linux/arm64'] }, { onEvent: (event) => events.push(event) });
	return { events, platforms: images.map(({ platform }) => platform) };
}

const MEET = 'setInterval(() => existsSync(other) && process.exit(0), 5); setTimeout(() => process.exit(1), 20_000);';

test('platforms meet in their steps; the layer that they share is packed once; events say whose they are', { skip: availableParallelism() < 2 }, async (t) => {
	// A step ends only when the other platform's has begun, and stays until that has seen it.
	const { events, platforms } = await made(t, builder(true, `${MEET}`.replace('process.exit(0)', 'setTimeout(() => process.exit(0), 300)')));
	assert.deepEqual(platforms, ['linux/amd64', 'linux/arm64']);
	const layers = events.flatMap((event) => (event.type === 'layer' ? [`${event.name} ${event.reused ? 'kept' : 'new'}`] : []));
	assert.deepEqual(layers.sort(), ['common kept', 'common new', 'own new', 'own new']);
	const steps = events.flatMap((event) => (event.type === 'step-end' ? [event.platform] : []));
	assert.deepEqual(steps.sort(), ['linux/amd64', 'linux/arm64']);
});

test('a builder that does not say so gets one platform after the other', async (t) => {
	const { platforms } = await made(t, builder(false, 'process.exit(existsSync(other) ? 1 : 0)'));
	assert.deepEqual(platforms, ['linux/amd64', 'linux/arm64']);
});

test('what fails for one platform ends the other, and is the error', { skip: availableParallelism() < 2 }, async (t) => {
	const began = performance.now();
	const step = 'if (own.endsWith("amd64")) setTimeout(() => {}, 60_000); else setInterval(() => existsSync(other) && process.exit(1), 5);';
	await assert.rejects(made(t, builder(true, step)), { code: 'BUILD_FAILED', message: 'arm64 failed' });
	assert.ok(performance.now() - began < 20_000, 'the other platform was waited for');
});
