/** Start commands of real projects and what runs in the container. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan, PlanRequest } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files, more: Partial<PlanRequest> = {}): Promise<BuildPlan> =>
	planNode({
		source: index(t, files),
		...REQUEST,
		...more,
	});

const scripts = (all: object, more: object = {}): Files => ({ 'package.json': { name: 'x', scripts: all, ...more }, 'server.js': '', 'lib/app.js': '' });
const lock = (packages: object): Files => ({ 'package-lock.json': { lockfileVersion: 3, packages } });
const next = { 'node_modules/next': { version: '15.0.0', bin: { next: 'dist/bin/next' } } };

const CASES: readonly (readonly [string, Files, readonly string[] | object])[] = [
	['a plain script', scripts({ start: 'node server.js' }), ['node', 'server.js']],
	[
		'flags of node stay',
		scripts({ start: 'node --enable-source-maps -r ./lib/app.js server.js' }),
		['node', '--enable-source-maps', '-r', './lib/app.js', 'server.js'],
	],
	['echo before it', scripts({ start: 'echo "start" && node server.js' }), ['node', 'server.js']],
	['variables before it', scripts({ start: 'NODE_ENV=production A=1 node server' }), ['node', 'server']],
	['cross-env', scripts({ start: 'cross-env A=1 node server.js' }), ['node', 'server.js']],
	['npm calling npm', scripts({ start: 'npm run serve -- --port 1', serve: 'node server.js' }), ['node', 'server.js', '--port', '1']],
	['a build before it', scripts({ start: 'npm run build && node dist/x.js', build: 'tsc' }), ['node', 'dist/x.js']],
	['nodemon is node', scripts({ start: 'nodemon server.js' }), ['node', 'server.js']],
	[
		'a production binary',
		{ ...scripts({ start: 'next start' }, { dependencies: { next: '15' } }), ...lock({ '': {}, ...next }) },
		['node', 'node_modules/next/dist/bin/next', 'start'],
	],
	['start:prod when start is a development tool', scripts({ start: 'nest start', 'start:prod': 'node dist/main', build: 'nest build' }), ['node', 'dist/main']],
	['main', { 'package.json': { main: 'lib/app' }, 'lib/app.js': '' }, ['node', 'lib/app.js']],
	['main that does not exist', { 'package.json': { main: 'none.js' }, 'index.js': '' }, ['node', 'index.js']],
	['conventional file', { 'app.mjs': '' }, ['node', 'app.mjs']],
	['Procfile wins', { ...scripts({ start: 'node other.js' }), Procfile: 'web: node server.js\nworker: node lib/app.js' }, ['node', 'server.js']],
	['the output of a framework', scripts({ build: 'nuxt build' }, { dependencies: { nuxt: '3' } }), ['node', '.output/server/index.mjs']],
	[
		'a framework whose start is a development tool',
		scripts({ start: 'nest start', build: 'nest build' }, { dependencies: { '@nestjs/core': '11' } }),
		['node', 'dist/main.js'],
	],
	['a shell construct is no reason to guess', scripts({ start: 'node a.js | tee log' }), { code: 'START_UNSUPPORTED' }],
	['a supervisor of one file', scripts({ start: 'pm2-runtime start server.js' }), ['node', 'server.js']],
	['a supervisor of many', scripts({ start: 'concurrently "npm:a" "npm:b"' }), { code: 'START_UNSUPPORTED', message: /concurrently/ }],
	[
		'a variable among the arguments',
		scripts({ start: 'node server.js -p ${PORT:-80}' }),
		['node', '--require', '/tare/arguments.cjs', 'server.js', '-p', '${PORT:-80}'],
	],
	[
		'a variable for Node itself',
		scripts({ start: 'node --max-old-space-size=$MEM server.js' }),
		{ code: 'START_UNSUPPORTED', message: /outside of the arguments/ },
	],
	['another project, in a folder', scripts({ start: 'cd server && npm start' }), { code: 'START_UNSUPPORTED', hint: /tare build server/ }],
	['another project, by a flag', scripts({ start: 'npm --prefix ./server start' }), { code: 'START_UNSUPPORTED', hint: /tare build server/ }],
	['a file server that is not installed', { ...scripts({ start: 'npx serve -s public' }), 'public/index.html': '' }, ['node', '/tare/site-server.mjs']],
	[
		'what a build makes of the file that a development tool runs',
		{ ...scripts({ start: 'babel-node src/index.js', build: 'babel src -d lib' }), 'src/index.js': '' },
		['node', 'lib/index.js'],
	],
	['TypeScript that Node runs', { ...scripts({ start: 'tsx src/index.ts' }), 'src/index.ts': "import './x.ts'" }, ['node', 'src/index.ts']],
	[
		'TypeScript that needs a compiler',
		{ ...scripts({ start: 'tsx src/index.ts' }), 'src/index.ts': "import { x } from './x'" },
		{ code: 'START_UNSUPPORTED', message: /from '\.\/x'/ },
	],
	[
		'a loader that is shipped',
		{ ...scripts({ start: 'tsx src/index.ts' }, { dependencies: { tsx: '4' } }), 'src/index.ts': '' },
		['node', '--import', 'tsx', 'src/index.ts'],
	],
	['scripts in a circle', scripts({ start: 'npm run a', a: 'npm start' }), { code: 'START_UNSUPPORTED', message: /circle/ }],
	['a file nobody makes', scripts({ start: 'node dist/x.js' }), { code: 'NO_START', message: /dist\/x\.js/ }],
	['something that must run first', scripts({ start: './migrate.sh && node server.js' }), { code: 'START_UNSUPPORTED', message: /migrate/ }],
];

for (const [says, files, expected] of CASES) {
	test(`start: ${says}`, async (t) => {
		if (Array.isArray(expected)) assert.deepEqual((await plan(t, files)).processes[0]?.command, expected);
		else await assert.rejects(plan(t, files), expected);
	});
}

test('--process picks another line of the Procfile', async (t) => {
	const files = { ...scripts({}), Procfile: 'web: node server.js\nworker: node lib/app.js' };
	assert.deepEqual((await plan(t, files, { process: 'worker' })).processes[0]?.command, ['node', 'lib/app.js']);
	await assert.rejects(plan(t, files, { process: 'none' }), { code: 'NO_START', hint: /web, worker/ });
});

test('steps: install and build only where something is built; production dependencies for each platform', async (t) => {
	const ids = async (files: Files) => (await plan(t, files)).steps.map(({ id }) => id);
	assert.deepEqual(await ids(scripts({ start: 'node server.js' })), []);
	assert.deepEqual(await ids(scripts({ start: 'node server.js' }, { dependencies: { a: '1' } })), ['dependencies']);
	assert.deepEqual(await ids(scripts({ start: 'node server.js', build: 'tsc' }, { devDependencies: { typescript: '5' } })), ['install', 'build']);
	assert.deepEqual(await ids(scripts({ start: 'node server.js', build: 'tsc', postinstall: 'x', prepare: 'husky' }, { dependencies: { a: '1' } })), [
		'install',
		'postinstall',
		'build',
		'dependencies',
	]);
});

test('PORT is set where the app reads it, and said with its line', async (t) => {
	const reads = await plan(t, { 'server.js': '\nhttp.listen(process.env.PORT ?? 80)' });
	assert.equal(reads.config.env?.PORT, '8080');
	assert.deepEqual(reads.config.ExposedPorts, { '8080/tcp': {} });
	assert.ok(reads.reasons.some(({ file, line }) => file === 'server.js' && line === 2));
	assert.equal((await plan(t, { 'server.js': 'http.listen(80)' })).config.env?.PORT, undefined);
});

const VERSIONS: readonly (readonly [string, Files, string])[] = [
	['nothing says', {}, '24'],
	['engines', { 'package.json': { engines: { node: '>=18' } } }, '>=18.0.0 24.x'],
	['engines of one line', { 'package.json': { engines: { node: '^22.1.0' } } }, '>=22.1.0 <23.0.0-0 22.x'],
	['engines of an old line', { 'package.json': { engines: { node: '16.x' } } }, '>=16.0.0 <17.0.0-0'],
	['.nvmrc with a code name', { '.nvmrc': 'lts/jod\n' }, '>=22.0.0 <23.0.0-0 22.x'],
	['.nvmrc lts/*', { '.nvmrc': 'lts/*' }, '>=24.0.0 <25.0.0-0 24.x'],
	['.nvmrc that is no version', { '.nvmrc': 'some_invalid_version', '.node-version': 'v22.12.0' }, '22.12.0 22.x'],
	['.tool-versions', { '.tool-versions': 'python 3\nnodejs 20.1.0\n' }, '20.1.0'],
	['engines before .nvmrc', { 'package.json': { engines: { node: '22' } }, '.nvmrc': '20' }, '>=22.0.0 <23.0.0-0 22.x'],
];
for (const [says, files, expected] of VERSIONS) {
	test(`version: ${says}`, async (t) => assert.equal((await plan(t, { 'server.js': '', ...files })).runtime?.ranges[0], expected));
}
