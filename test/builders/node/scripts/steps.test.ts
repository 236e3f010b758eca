/** Which scripts of which packages a build runs, in which order, and what its plan says of the others. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planNode } from '../../../../builders/node/plan.js';
import type { BuildPlan } from '../../../../src/builder/contract.js';
import { type Files, index } from '../../../support/files.js';
import { REQUEST } from '../../../support/request.js';

const plan = (t: TestContext, files: Files, app = 'apps/api'): Promise<BuildPlan> =>
	planNode({
		source: index(t, files),
		...REQUEST,
		app,
	});
const ran = ({ steps }: BuildPlan): string => steps.map(({ id }) => id).join(' ');
const said = ({ warnings, reasons }: BuildPlan): string => [...warnings, ...reasons].map(({ file, line, says }) => `${file}:${line} ${says}`).join('\n');

const repository = (root: object, lib: object, app: object, more: Files = {}): Files => ({
	'package.json': { name: 'root', private: true, workspaces: ['apps/*', 'packages/*'], ...root },
	'packages/lib/package.json': { name: 'lib', version: '1.0.0', ...lib },
	'apps/api/package.json': { name: 'api', dependencies: { lib: '*' }, ...app },
	'apps/api/index.js': '',
	...more,
});
const start = 'node index.js';

test("what installing runs in the root runs before the packages' own scripts", async (t) => {
	const root = { scripts: { preinstall: 'npx only-allow npm', postinstall: 'patch-package', prepare: 'husky && npm run build -w lib', build: 'turbo build' } };
	const made = await plan(t, repository(root, { scripts: { build: 'tsc' } }, { scripts: { start, build: 'tsc' } }));
	assert.equal(ran(made), 'install root:postinstall root:prepare packages/lib:build build dependencies');
	assert.deepEqual(made.steps[2]?.command, ['sh', '-c', 'true && npm run build -w lib']);
	assert.match(said(made), /package\.json:\d+ script "preinstall" is left out: "npx only-allow npm" only sets up a checkout/);
});

test("Turborepo's dependsOn is followed: of the package, of its dependencies, of the root, of another", async (t) => {
	const turbo = { tasks: { build: { dependsOn: ['^build', 'codegen', '//#prepare', 'db#generate', '$CI'] }, codegen: { dependsOn: ['^codegen'] } } };
	const files = repository(
		{ scripts: { prepare: 'node prepare.js' } },
		{ scripts: { build: 'tsc', codegen: 'node gen.js' } },
		{ scripts: { start, build: 'tsc', codegen: 'node gen.js' } },
		{ 'turbo.json': `// tasks\n${JSON.stringify(turbo, undefined, 1)}`, 'packages/db/package.json': { name: 'db', scripts: { generate: 'node g.js' } } },
	);
	const made = await plan(t, files);
	assert.equal(ran(made), 'install root:prepare packages/lib:codegen packages/db:generate packages/lib:build codegen build dependencies');
	assert.match(made.steps.find(({ id }) => id === 'codegen')?.reasons[0]?.says ?? '', /turbo\.json: "build" depends on \^build, codegen/);
});

test('a turbo.json of the package, the older pipeline, and Nx in its three places', async (t) => {
	const scripts = { lib: { scripts: { build: 'tsc' } }, api: { scripts: { start, build: 'tsc', codegen: 'node gen.js' } } };
	const cases: readonly Files[] = [
		{ 'turbo.json': { pipeline: { build: { dependsOn: ['codegen'] } } } },
		{ 'turbo.json': { tasks: { build: {} } }, 'apps/api/turbo.json': { extends: ['//'], tasks: { build: { dependsOn: ['codegen'] } } } },
		{ 'turbo.json': { tasks: { 'api#build': { dependsOn: ['codegen'] } } } },
		{ 'nx.json': { targetDefaults: { build: { dependsOn: ['codegen'] } } } },
		{ 'apps/api/project.json': { targets: { build: { dependsOn: [{ target: 'codegen' }] } } } },
	];
	for (const more of cases)
		assert.equal(ran(await plan(t, repository({}, scripts.lib, scripts.api, more))), 'install packages/lib:build codegen build dependencies');
});

test('what a task runner would run and no script does is a warning', async (t) => {
	const app = { scripts: { start, build: 'tsc' } };
	const turbo = await plan(t, repository({}, {}, app, { 'turbo.json': { tasks: { build: { dependsOn: ['web#build'] } } } }));
	assert.match(said(turbo), /turbo\.json:\d+ .*there is no package web/);
	const nx = await plan(
		t,
		repository({}, {}, app, { 'apps/api/project.json': { targets: { build: { dependsOn: ['assets'] }, assets: { executor: 'x:y' } } } }),
	);
	assert.match(said(nx), /assets of apps\/api is not a script of package\.json/);
	const unused = await plan(t, repository({}, { scripts: { build: 'tsc', codegen: 'graphql-codegen' } }, app));
	assert.match(said(unused), /packages\/lib\/package\.json:\d+ script "codegen" is not run/);
	for (const build of ['npm run codegen && tsc', 'run-s codegen compile', 'yarn codegen && tsc']) {
		const called = await plan(t, repository({}, { scripts: { build, codegen: 'graphql-codegen' } }, app));
		assert.doesNotMatch(said(called), /"codegen" is not run/);
	}
	const berry = await plan(t, repository({ packageManager: 'yarn@4.9.2' }, { scripts: { build: 'tsc', prebuild: 'node gen.js' } }, app));
	assert.match(said(berry), /script "prebuild" is not run: Yarn 2/);
});

const PRISMA = { dependencies: { lib: '*', '@prisma/client': '6' }, devDependencies: { prisma: '6' } };

test('the client of every package with a schema is generated, in its folder', async (t) => {
	const lib = { dependencies: { '@prisma/client': '6' } };
	const root = { devDependencies: { prisma: '6' } };
	const places: readonly (readonly [Files, readonly string[]])[] = [
		[{ 'packages/lib/prisma/schema.prisma': '' }, []],
		[{ 'packages/lib/schema.prisma': '' }, []],
		[{ 'packages/lib/package.json': { name: 'lib', ...lib, prisma: { schema: 'db/x.prisma' } }, 'packages/lib/db/x.prisma': '' }, []],
		[{ 'packages/lib/prisma.config.ts': "export default defineConfig({ schema: 'db' })", 'packages/lib/db/a.prisma': '' }, []],
		[{ 'packages/lib/prisma/schema/a.prisma': '' }, ['--schema', 'prisma/schema']],
	];
	for (const [more, args] of places) {
		const made = await plan(t, repository(root, lib, { scripts: { start } }, more));
		const step = made.steps.find(({ id }) => id === 'packages/lib:prisma');
		assert.deepEqual(step?.command, ['prisma', 'generate', ...args], Object.keys(more).join());
		assert.equal(step?.cwd, 'packages/lib');
	}
});

test('a script that generates the client counts only where it runs', async (t) => {
	const schema = { 'apps/api/prisma/schema.prisma': '' };
	const idle = await plan(t, repository({}, {}, { ...PRISMA, scripts: { start, 'db:generate': 'prisma generate' } }, schema));
	assert.match(ran(idle), /\bprisma\b/);
	for (const scripts of [
		{ postinstall: 'prisma generate' },
		{ build: 'npm run db', db: 'prisma generate' },
		{ build: 'tsc', prebuild: 'npx prisma  generate' },
	])
		assert.doesNotMatch(ran(await plan(t, repository({}, {}, { ...PRISMA, scripts: { start, ...scripts } }, schema))), /\bprisma\b/);
});

test('a script that asks git is a warning that says what to pass', async (t) => {
	const made = await plan(t, repository({}, {}, { scripts: { start, build: 'GIT_SHA=$(git rev-parse HEAD) vite build' } }));
	assert.match(said(made), /apps\/api\/package\.json:\d+ script "build" asks git.*--build-env GIT_SHA/);
	const config = await plan(
		t,
		repository({}, {}, { scripts: { start, build: 'next build' } }, { 'apps/api/next.config.js': "x\nexecSync('git describe --tags')" }),
	);
	assert.match(said(config), /apps\/api\/next\.config\.js:2 .* asks git/);
});

test('installations that a script starts get development dependencies', async (t) => {
	const env = async (packageManager: string) => {
		const scripts = { start, build: 'cd client && npm install && npm run build' };
		const made = await plan(t, { 'package.json': { packageManager, scripts }, 'index.js': '' }, '');
		const { NODE_ENV, npm_config_include, NPM_CONFIG_PRODUCTION } = made.steps.find(({ id }) => id === 'build')?.env ?? {};
		return [NODE_ENV, npm_config_include, NPM_CONFIG_PRODUCTION];
	};
	assert.deepEqual(await env('npm@11.0.0'), ['production', 'dev', undefined]);
	for (const older of ['npm@6.14.18', 'yarn@1.22.22', 'pnpm@8.15.0']) assert.deepEqual(await env(older), ['production', 'dev', 'false']);
});

test('a server whose packages only a script installs is an error that names its folder; a client that it builds is none', async (t) => {
	const files = (build: string, main = 'server/index.js'): Files => ({
		'package.json': { scripts: { start: `node ${main}`, build }, dependencies: { ms: '2' } },
		'server/package.json': { dependencies: { express: '5', ms: '2' } },
		'server/index.js': '',
		'index.js': '',
	});
	const installs = [
		'cd server && npm install',
		'cd ./server && yarn && cd ../client && yarn build',
		'npm --prefix server ci',
		'npm install --prefix ./server',
		'pnpm --dir server install',
		'yarn --cwd server install',
		'tsc; cd server/; bun i',
	];
	for (const build of installs) {
		await assert.rejects(plan(t, files(build), ''), /the app starts server\/index\.js, and only a script installs what server depends on \(express\)/, build);
		await plan(t, files(build, 'index.js'), '');
	}
	for (const build of ['cd server && tsc', 'npm --prefix server run build', 'cd client && npm install']) await plan(t, files(build), '');
});
