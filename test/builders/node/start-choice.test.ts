/** What is started in place of a development server, what a root's command delegates to, and what runs before the app. */
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
const commandOf = async (made: Promise<BuildPlan>): Promise<string> => (await made).processes[0]?.command.join(' ') ?? '';
const app = (scripts: object, more: object = {}): Files => ({ 'package.json': { name: 'x', scripts, ...more } });

const REPOSITORY: Files = {
	'apps/web/package.json': { name: '@acme/web', scripts: { start: 'node web.js', dev: 'node dev.js' } },
	'apps/web/web.js': '',
	'apps/web/dev.js': '',
	'apps/api/package.json': { name: 'api', scripts: { start: 'node api.js' } },
	'apps/api/api.js': '',
	'libs/ui/package.json': { name: 'ui' },
};
const root = (start: string): Files => ({ ...REPOSITORY, 'package.json': { name: 'r', private: true, workspaces: ['apps/*', 'libs/*'], scripts: { start } } });

const DELEGATES: readonly (readonly [string, string])[] = [
	...['pnpm --filter @acme/web start', 'pnpm -F web start', 'pnpm -C apps/web start', 'pnpm --filter ./apps/web run start', 'pnpm --filter @acme/web... start'],
	...[
		'yarn workspace @acme/web start',
		'yarn --cwd apps/web start',
		'yarn workspaces foreach --include @acme/web run start',
		'lerna run start --scope @acme/web',
	],
	...[
		'npm start -w @acme/web',
		'npm start -w apps/web',
		'npm --workspace=@acme/web run start',
		'npm --prefix apps/web start',
		'npm --prefix=./apps/web/ start',
	],
	...[
		'cd apps/web && npm start',
		'cd apps && cd web && yarn start',
		'turbo run start --filter=@acme/web',
		'turbo start --filter=./apps/w*',
		'npx turbo run start --filter web',
	],
	...['nx start web', 'nx run web:start', 'bun --filter @acme/web start', 'bun run --cwd apps/web start', 'npm run build -w web && npm start -w web'],
].map((line) => [line, 'web.js'] as const);

for (const [line, file] of [...DELEGATES, ['pnpm --filter web dev', 'dev.js'] as const, ['npm run start -w api -- --a', 'api.js --a'] as const]) {
	test(`a root's start: ${line}`, async (t) => {
		const made = await plan(t, root(line));
		assert.equal(made.processes[0]?.command.join(' '), `node ${file}`);
		const folder = file.startsWith('api') ? 'apps/api' : 'apps/web';
		assert.equal(made.config.WorkingDir, `/app/${folder}`);
		assert.ok(made.processes[0]?.reasons.some(({ says }) => says.includes(`starts the package in ${folder}`)));
		assert.equal(await commandOf(plan(t, root('echo no'), { start: line })), `node ${file}`);
	});
}

test('several packages are an error that names their folders, and none is one that says what there is', async (t) => {
	for (const line of ['turbo run start', 'npm start --workspaces', 'pnpm -r start', 'pnpm --filter "./apps/*" start'])
		await assert.rejects(plan(t, root(line)), { code: 'START_UNSUPPORTED', hint: /tare build apps\/api, tare build apps\/web/ });
	await assert.rejects(plan(t, root('npm start -w ui')), { message: /"start"/ });
	await assert.rejects(plan(t, root('npm start -w none')), { hint: /apps\/api, apps\/web, libs\/ui/ });
	await assert.rejects(plan(t, { ...app({ start: 'cd server && npm start' }), 'server/package.json': '{}' }), { hint: /tare build server/ });
});

test('a package whose start is a development server is built as it would be by its folder', async (t) => {
	const files = {
		...root('pnpm --filter web start'),
		'apps/web/package.json': { name: 'web', scripts: { start: 'vite', build: 'vite build' }, dependencies: { vite: '6' } },
		'apps/web/index.html': '',
	};
	assert.deepEqual((await plan(t, files)).facts.site, { kind: 'site', roots: ['dist'], singlePage: true });
});

const INSTEAD: readonly (readonly [string, Files, string | RegExp])[] = [
	[
		'vite as a production dependency',
		{ ...app({ start: 'vite --host', build: 'vite build' }, { dependencies: { vite: '6' } }), 'index.html': '' },
		/site-server/,
	],
	['craco', app({ start: 'craco start', build: 'craco build' }, { dependencies: { 'react-scripts': '5', '@craco/craco': '7' } }), /site-server/],
	['webpack serve', { ...app({ start: 'webpack serve', build: 'webpack' }), 'src/index.js': 'import "./a.css"' }, /site-server/],
	['rsbuild', { ...app({ start: 'rsbuild dev', build: 'rsbuild build' }), 'src/index.js': 'document.body' }, /site-server/],
	['hexo', app({ start: 'hexo server', build: 'hexo generate' }, { dependencies: { hexo: '7' } }), /site-server/],
	['next dev', app({ start: 'next dev', build: 'next build' }, { dependencies: { next: '15' } }), 'node node_modules/.bin/next start'],
	[
		'strapi develop',
		app({ start: 'strapi develop', build: 'strapi build' }, { dependencies: { '@strapi/strapi': '5' } }),
		'node node_modules/.bin/strapi start',
	],
	[
		'a source runner with options and arguments',
		{ ...app({ start: 'A=1 ts-node -P t.json -r ./x.js src/a.ts --port 1', build: 'tsc -p . --outDir dist' }), 'src/a.ts': '' },
		'node -r ./x.js dist/a.js --port 1',
	],
	['a source runner that Node replaces', { ...app({ start: 'nodemon src/a.ts --port 1' }), 'src/a.ts': '' }, 'node src/a.ts --port 1'],
];
for (const [says, files, expected] of INSTEAD) {
	test(`in place of ${says}`, async (t) => {
		const command = await commandOf(plan(t, files));
		if (typeof expected === 'string') assert.equal(command, expected);
		else assert.match(command, expected);
	});
}

test('browser code is never started by Node', async (t) => {
	await assert.rejects(plan(t, { ...app({ start: 'webpack serve' }), 'src/index.js': 'render()', 'index.js': 'render()' }), { code: 'START_UNSUPPORTED' });
	await assert.rejects(plan(t, { ...app({ build: 'rollup -c' }), 'src/index.js': "import './a.css'; document.body.append('x')" }), { code: 'NO_START' });
	const server = { ...app({ start: 'webpack serve' }), 'src/index.js': 'render()', 'server.js': 'http.createServer().listen(1)' };
	assert.equal(await commandOf(plan(t, server)), 'node server.js');
});

test('what the package manager runs around a script: each by its own rule', async (t) => {
	const files = { ...app({ prestart: 'node make.js', start: 'node dist/x.js', poststart: 'echo bye' }), 'make.js': '' };
	const steps = async (more: Files): Promise<string> => (await plan(t, { ...files, ...more })).steps.map(({ id }) => id).join(' ');
	assert.equal(await steps({}), 'prestart');
	assert.equal(await steps({ 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" }), 'prestart');
	await assert.rejects(steps({ 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n", '.npmrc': 'enable-pre-post-scripts=false' }), { code: 'NO_START' });
	await assert.rejects(steps({ 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" }), { code: 'NO_START' });
	const built = await plan(t, app({ prestart: 'npm run build', build: 'tsc', start: 'node dist/x.js' }));
	assert.equal(built.steps.filter(({ id }) => id === 'build').length, 1);
	const checks = await plan(t, { ...app({ prestart: 'eslint . && echo ok', start: 'node x.js' }), 'x.js': '' });
	assert.deepEqual(checks.steps, []);
	assert.ok(checks.processes[0]?.reasons.some(({ says }) => says.includes('"prestart" is left out')));
});

test('PORT of the start command is the default of the image, and exposed', async (t) => {
	for (const start of ['PORT=3000 node x.js', 'PORT=${PORT:-3000} node x.js', 'cross-env PORT=3000 node x.js', 'set PORT=3000&& node x.js']) {
		const { config } = await plan(t, { ...app({ start }), 'x.js': 'listen(process.env.PORT)' });
		assert.equal(config.env?.PORT, '3000', start);
		assert.deepEqual(config.ExposedPorts, { '3000/tcp': {} }, start);
	}
});

test('Bun runs the app where the command or its global object says so', async (t) => {
	assert.equal(
		(await plan(t, { 'package.json': { module: 'index.ts' }, 'index.ts': 'console.log(Bun.version)', 'bun.lock': '{"lockfileVersion":1,"packages":{}}' }))
			.runtime?.name,
		'bun',
	);
	assert.equal((await plan(t, { 'index.ts': "typeof Bun === 'undefined' ? 0 : Bun.version" })).runtime?.name, 'node');
	assert.equal((await plan(t, { ...app({ start: 'npm run serve', serve: 'bun --hot src/a.ts' }), 'src/a.ts': '' })).runtime?.name, 'bun');
});
