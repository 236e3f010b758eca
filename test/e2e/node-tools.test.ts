/** Old Nodes, and tools that a project pins, patches or forbids: built, booted and asked. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot } from '../support/tools.js';

const SERVER = `require('http').createServer((q, s) => s.end(JSON.stringify([process.version, BODY, process.argv.slice(2)]))).listen(process.env.PORT);`;
const serving = (body: string): string => SERVER.replace('BODY', body);
const MS = { dependencies: { ms: '2.1.3' } };

async function answer(t: TestContext, files: Files, ...args: readonly string[]): Promise<string> {
	const out = join(folder(t), 'oci');
	built(['build', folder(t, files), '-o', `oci:${out}`, ...args]);
	const app = await boot({ image: `${out}:latest` });
	const { body } = await app.get('/');
	await app.stop();
	return body;
}

test('a site of an old Node is built with it, and packed and served by ours', async (t) => {
	if (!canBoot(t)) return;
	const site: Files = {
		'package.json': { engines: { node: '12' }, scripts: { build: 'node build.js', start: 'serve -s dist' }, devDependencies: { ms: '2.1.3' } },
		'build.js': `require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/index.html', process.version + require('ms')('2 days') + 'x'.repeat(2000));`,
	};
	assert.match(await answer(t, site), /^v12\.\d+\.\d+172800000x/);
});

test('an app of an old Node: its files are traced, and its arguments filled in', async (t) => {
	if (!canBoot(t)) return;
	const app: Files = {
		'package.json': { engines: { node: '12' }, scripts: { start: 'node server.js --port $PORT' }, ...MS },
		'server.js': serving(`require('ms')('2 days')`),
	};
	assert.match(await answer(t, app, '--optimize', 'trace'), /^\["v12\.\d+\.\d+",172800000,\["--port","\d+"\]\]$/);
});

test('pnpm: a patch outside of patches/, a Node that pnpm would download, a Node and a pnpm of devEngines', async (t) => {
	if (!canBoot(t)) return;
	const patch = `diff --git a/index.js b/index.js
--- a/index.js
+++ b/index.js
@@ -2,7 +2,7 @@
  * Helpers.
  */
 
-var s = 1000;
+var s = 1001;
 var m = s * 60;
 var h = m * 60;
 var d = h * 24;
`;
	const app: Files = {
		'package.json': {
			...MS,
			scripts: { start: 'node server.js', build: 'node build.js' },
			devEngines: { packageManager: { name: 'pnpm', version: '10.20.0' }, runtime: { name: 'node', version: '^22.14.0', onFail: 'download' } },
			pnpm: { patchedDependencies: { 'ms@2.1.3': 'tools/ms.patch' } },
		},
		'.npmrc': 'use-node-version=22.14.0\n',
		'tools/ms.patch': patch,
		'build.js': `require('fs').writeFileSync('built.json', '"built"');`,
		'server.js': serving(`require('./built.json') + require('ms')('1 s')`),
	};
	assert.match(await answer(t, app), /^\["v22\.\d+\.\d+","built1001",\[\]\]$/);
});

test('npm: the npm of engines, with engine-strict', async (t) => {
	if (!canBoot(t)) return;
	const app: Files = {
		'package.json': { name: 'a', version: '1.0.0', engines: { node: '>=20', npm: '>=10 <11' }, scripts: { start: 'node server.js' }, ...MS },
		'package-lock.json': {
			name: 'a',
			version: '1.0.0',
			lockfileVersion: 3,
			packages: {
				'': { name: 'a', version: '1.0.0', ...MS },
				'node_modules/ms': { version: '2.1.3', integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==' },
			},
		},
		'.npmrc': 'engine-strict=true\n',
		'server.js': serving(`require('ms')('1 s')`),
	};
	assert.match(await answer(t, app), /,1000,/);
});
