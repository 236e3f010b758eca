/** After a build TypeScript stays out of the image, but for what the app reads while it runs. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { NodeFacts } from '../../../builders/node/facts.js';
import { shippedAfterBuild } from '../../../builders/node/leftovers.js';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { ignoreRules } from '../../../src/source/ignore.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, fields: object, files: Files, app = ''): Promise<BuildPlan> =>
	planNode({
		source: index(t, {
			'src/index.ts': 'export const a = 1;',
			'src/routes/users.ts': '',
			'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }',
			'package.json': { scripts: { build: 'tsc', start: 'node dist/index.js' }, ...fields },
			...files,
		}),
		...REQUEST,
		app,
	});
const ships = ({ facts }: BuildPlan, path: string): boolean =>
	shippedAfterBuild(path, {
		isFolder: false,
		fromSource: true,
		dropsTypeScript: (facts as unknown as NodeFacts).dropsTypeScript,
		rules: ignoreRules([]),
	});
const says = ({ reasons }: BuildPlan): string => reasons.map((each) => each.says).join('\n');

test('compiled sources and their configuration stay out', async (t) => {
	const made = await plan(t, {}, {});
	assert.equal(ships(made, 'src/index.ts'), false);
	assert.equal(ships(made, 'tsconfig.json'), false);
	assert.equal(ships(made, 'next.config.ts'), true);
});

const SCRIPT = (start: string): object => ({ scripts: { build: 'tsc', start } });
const WHOLE: readonly (readonly [string, object, Files])[] = [
	['a loader in the start command', { ...SCRIPT('node --import tsx src/index'), dependencies: { tsx: '4' } }, {}],
	['a loader that code registers', { dependencies: { 'ts-node': '10' } }, { 'server.js': "require('ts-node').register();" }],
	['a loader of ES modules', { dependencies: { tsx: '4' } }, { 'lib/load.mjs': "import { tsImport } from 'tsx/esm/api';" }],
	['JavaScript that imports TypeScript', {}, { 'server.js': "import { a } from './src/index.ts';" }],
	['a worker in TypeScript', {}, { 'server.mjs': "new Worker(new URL('./src/routes/users.ts', import.meta.url))" }],
];
for (const [name, fields, files] of WHOLE)
	test(`all sources are shipped for ${name}`, async (t) => {
		const made = await plan(t, fields, files);
		assert.equal(ships(made, 'src/routes/users.ts'), true);
		assert.equal(ships(made, 'tsconfig.json'), true);
		assert.match(says(made), /TypeScript is shipped/);
	});

test('sources that a pattern in code names are shipped, and no others', async (t) => {
	const made = await plan(t, {}, { 'src/load.ts': "for (const file of globSync('./src/routes/*.ts')) await import(file);" });
	assert.equal(ships(made, 'src/routes/users.ts'), true);
	assert.equal(ships(made, 'src/index.ts'), false);
	assert.match(says(made), /src\/load\.ts names "\.\/src\/routes\/\*\.ts"|names '\.\/src\/routes\/\*\.ts'/);
	const either = await plan(t, {}, { 'src/orm.ts': "entities: ['src/routes/**/*.{ts,js}']" });
	assert.equal(ships(either, 'src/routes/users.ts'), true);
});

test('what bundlers, tests and configurations name is not read by the app', async (t) => {
	const files = {
		'src/pages.ts': "import.meta.glob('./routes/*.ts')",
		'vitest.config.ts': "include: ['src/**/*.ts']",
		'tests/all.js': "import '../src/index.ts'",
		'codegen.ts': "documents: ['src/**/*.ts'], config: 'tsconfig.json'",
	};
	const made = await plan(t, {}, files);
	assert.equal(ships(made, 'src/routes/users.ts'), false);
	assert.equal(ships(made, 'tsconfig.json'), false);
});

const TSCONFIG: readonly (readonly [string, object, Files])[] = [
	['tsconfig-paths in the command', { ...SCRIPT('node -r tsconfig-paths/register dist/index.js'), dependencies: { 'tsconfig-paths': '4' } }, {}],
	['a variable of ts-node', SCRIPT('TS_NODE_BASEURL=./dist node dist/index.js'), {}],
	['code that names the file', {}, { 'src/paths.ts': "import config from '../tsconfig.json'; export default config;" }],
	['code that names a twin', {}, { 'bootstrap.js': "require('./tsconfig.build.json')" }],
];
for (const [name, fields, files] of TSCONFIG)
	test(`tsconfig.json is shipped for ${name}`, async (t) => {
		const made = await plan(t, fields, files);
		assert.equal(ships(made, 'tsconfig.json'), true);
		assert.equal(ships(made, 'src/index.ts'), false);
		assert.match(says(made), /tsconfig\.json is shipped/);
	});

const WORKSPACE = (exports: unknown): Files => ({
	'package.json': { private: true, workspaces: ['apps/*', 'packages/*'] },
	'apps/api/package.json': { name: 'api', scripts: { build: 'tsc', start: 'node dist/index.js' }, dependencies: { lib: '*' } },
	'apps/api/index.ts': '',
	'packages/lib/package.json': { name: 'lib', exports },
	'packages/lib/src/index.ts': '',
});
test('a package of the workspace that exports TypeScript is shipped with it', async (t) => {
	const made = await plan(t, {}, WORKSPACE({ '.': { types: './dist/index.d.ts', default: './src/index.ts' } }), 'apps/api');
	assert.equal(ships(made, 'packages/lib/src/index.ts'), true);
	assert.equal(ships(made, 'apps/api/index.ts'), false);
	const compiled = await plan(t, {}, WORKSPACE({ '.': { types: './src/index.ts', development: './src/index.ts', default: './dist/index.js' } }), 'apps/api');
	assert.equal(ships(compiled, 'packages/lib/src/index.ts'), false);
});

test("node-options of .npmrc reach the app's Node, as with npm start", async (t) => {
	const made = await plan(t, {}, { '.npmrc': '# ours\nnode-options=--max-old-space-size=300\n' });
	assert.equal(made.config.env?.NODE_OPTIONS, '--max-old-space-size=300');
	assert.match(says(made), /NODE_OPTIONS/);
	const procfile = await plan(t, {}, { '.npmrc': 'node-options = "--max-old-space-size=300"', Procfile: 'web: node dist/index.js' });
	assert.equal(procfile.config.env?.NODE_OPTIONS, undefined);
});
