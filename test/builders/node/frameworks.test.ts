/** What each framework's build makes, and that a development server is never started. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { planNode } from '../../../builders/node/plan.js';
import type { BuildPlan } from '../../../src/builder/contract.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, dependency: string, files: Files, scripts: object = {}): Promise<BuildPlan> =>
	planNode({
		source: index(t, { 'package.json': { scripts: { build: 'make', ...scripts }, dependencies: { [dependency]: '*' } }, ...files }),
		...REQUEST,
	});

const SITES: readonly (readonly [string, string, Files, object, string, boolean])[] = [
	['Next export', 'next', { 'next.config.ts': "export default { output: 'export' }" }, { start: 'next start' }, 'out', false],
	['Next export elsewhere', 'next', { 'next.config.js': 'module.exports = { output: "export", distDir: "./www" }' }, {}, 'www', false],
	['Create React App', 'react-scripts', {}, { start: 'react-scripts start' }, 'build', true],
	['Vue CLI', '@vue/cli-service', {}, { serve: 'vue-cli-service serve' }, 'dist', true],
	['Vite', 'vite', { 'index.html': '' }, { start: 'vite', build: 'tsc -b && vite build --outDir web' }, 'web', true],
	['Vite by its configuration', 'vite', { 'index.html': '', 'vite.config.ts': "build: { outDir: 'public_html' }" }, {}, 'public_html', true],
	[
		'React Router without a server',
		'@react-router/dev',
		{ 'react-router.config.ts': 'export default { ssr: false }' },
		{ start: 'react-router-serve ./build/server/index.js' },
		'build/client',
		true,
	],
	['Docusaurus', '@docusaurus/core', {}, { start: 'docusaurus start' }, 'build', false],
	['Eleventy', '@11ty/eleventy', {}, { start: 'eleventy --serve' }, '_site', false],
	['Gatsby', 'gatsby', {}, { start: 'gatsby develop' }, 'public', false],
	['VitePress', 'vitepress', {}, { build: 'vitepress build manual' }, 'manual/.vitepress/dist', false],
	['Astro', 'astro', {}, { start: 'astro dev' }, 'dist', false],
	[
		'Angular',
		'@angular/core',
		{ 'angular.json': { projects: { shop: { architect: { build: { builder: '@angular/build:application', options: {} } } } } } },
		{ start: 'ng serve' },
		'dist/shop/browser',
		true,
	],
];

for (const [says, dependency, files, scripts, root, singlePage] of SITES) {
	test(`${says}: a site in ${root}`, async (t) => {
		const { facts, processes } = await plan(t, dependency, files, scripts);
		const site = facts.site as { roots: string[]; singlePage: boolean };
		assert.equal(site.roots[0], root);
		assert.equal(site.singlePage, singlePage);
		assert.equal(processes[0]?.command[1], '/tare/site-server.mjs');
	});
}

const SERVERS: readonly (readonly [string, string, Files, object, readonly string[]])[] = [
	['Next standalone', 'next', { 'next.config.mjs': "export default { output: 'standalone' }" }, { start: 'next start' }, ['node', 'server.js']],
	['Nuxt', 'nuxt', {}, { start: 'nuxt dev' }, ['node', '.output/server/index.mjs']],
	[
		'TanStack Start',
		'@tanstack/react-start',
		{ 'vite.config.ts': "import { nitro } from 'nitro/vite'" },
		{ start: 'vite' },
		['node', '.output/server/index.mjs'],
	],
	[
		'TanStack Start without Nitro',
		'@tanstack/react-start',
		{ 'vite.config.ts': "import { tanstackStart } from '@tanstack/react-start/plugin/vite'" },
		{ start: 'vite' },
		['node', '/tare/server/bin/srvx.mjs', '--prod', '--static', '../client', 'dist/server/server.js'],
	],
	['SvelteKit with adapter-auto', '@sveltejs/adapter-auto', {}, {}, ['node', 'build/index.js']],
	[
		'NestJS, several apps',
		'@nestjs/core',
		{ 'nest-cli.json': '{ // comment\n"monorepo": true, "root": "apps/shop", "projects": { "shop": { "root": "apps/shop" } } }' },
		{ 'start:prod': 'node dist/main' },
		['node', 'dist/apps/shop/main.js'],
	],
	[
		'NestJS, one of several apps by its build script',
		'@nestjs/core',
		{ 'nest-cli.json': { monorepo: true, root: 'apps/shop', projects: { shop: { root: 'apps/shop' }, mail: { root: 'apps/mail', entryFile: 'server' } } } },
		{ build: 'nest build mail' },
		['node', 'dist/apps/mail/server.js'],
	],
	['NestJS with an output folder of its own', '@nestjs/core', { 'tsconfig.json': '{"compilerOptions":{"outDir":"./out",}}' }, {}, ['node', 'out/main.js']],
	[
		'Nx',
		'nx',
		{
			'nx.json': {},
			'apps/api/project.json': { name: 'api', targets: { build: { executor: '@nx/esbuild:esbuild' } } },
			'apps/web/project.json': { name: 'web' },
		},
		{ build: 'nx build api', start: 'nx serve api' },
		['node', 'dist/apps/api/main.js'],
	],
	[
		'Nx by its output folder',
		'nx',
		{
			'nx.json': {},
			'api/project.json': { targets: { build: { executor: '@nx/js:tsc', options: { outputPath: 'out/{projectRoot}', main: 'api/src/server.ts' } } } },
		},
		{ start: 'nx run api:serve' },
		['node', 'out/api/server.js'],
	],
	[
		'a compiler that writes beside the sources',
		'ms',
		{ 'server.ts': '', 'tsconfig.json': { include: ['*.ts'] } },
		{ build: 'tsc -p .' },
		['node', 'server.js'],
	],
	[
		'a compiler that writes where the configuration it extends says',
		'ms',
		{ 'src/index.ts': '', 'tsconfig.json': { extends: './config/base' }, 'config/base.json': '{"compilerOptions":{"outDir":"../out"}} // shared' },
		{ build: 'tsc' },
		['node', 'out/index.js'],
	],
	[
		'a compiler with a project file of its own',
		'ms',
		{
			'src/main.ts': '',
			'tsconfig.json': { compilerOptions: { noEmit: true } },
			'tsconfig.build.json': { compilerOptions: { outDir: 'lib', rootDir: 'src' } },
		},
		{ build: 'tsc --project tsconfig.build.json' },
		['node', 'lib/main.js'],
	],
	['SvelteKit', '@sveltejs/adapter-node', {}, {}, ['node', 'build/index.js']],
	['Astro with a server', '@astrojs/node', {}, {}, ['node', 'dist/server/entry.mjs']],
	['NestJS', '@nestjs/core', {}, { start: 'nest start' }, ['node', 'dist/main.js']],
	[
		'Angular with a server',
		'@angular/core',
		{ 'angular.json': { projects: { shop: {} } } },
		{ start: 'ng serve', 'serve:ssr:shop': 'node dist/shop/server/server.mjs' },
		['node', 'dist/shop/server/server.mjs'],
	],
	['an Express app that uses Vite for its assets', 'vite', { 'server.js': '', 'index.html': '' }, { start: 'node server.js' }, ['node', 'server.js']],
];

for (const [says, dependency, files, scripts, command] of SERVERS) {
	test(`${says}: ${command.join(' ')}`, async (t) => {
		const { processes } = await plan(t, dependency, files, scripts);
		assert.deepEqual(processes[0]?.command, command);
	});
}

const ADONIS: readonly (readonly [string, Files, object, string, readonly string[]])[] = [
	['AdonisJS', { 'bin/server.ts': '' }, {}, 'build', ['node', 'bin/server.js']],
	['the template of AdonisJS 6', { 'bin/server.ts': '' }, { start: 'node bin/server.js', build: 'node ace build' }, 'build', ['node', 'bin/server.js']],
	['AdonisJS 5', { 'server.ts': '' }, { start: 'node server.js', build: 'node ace build --production' }, 'build', ['node', 'server.js']],
	[
		'options of Node',
		{ 'bin/server.ts': '' },
		{ start: 'node --enable-source-maps bin/server.js', build: 'node ace.js build' },
		'build',
		['node', '--enable-source-maps', 'bin/server.js'],
	],
	[
		'a folder of its own',
		{ 'bin/server.ts': '', 'tsconfig.json': { compilerOptions: { outDir: './out' } } },
		{ build: 'node ace build' },
		'out',
		['node', 'bin/server.js'],
	],
	['a start script that names the folder', {}, { start: 'node build/bin/server.js', build: 'node ace build' }, '', ['node', 'build/bin/server.js']],
];
for (const [says, files, scripts, below, command] of ADONIS)
	test(`AdonisJS runs in the folder of its build: ${says}`, async (t) => {
		const { processes, config } = await plan(t, '@adonisjs/core', files, scripts);
		assert.deepEqual(processes[0]?.command, command);
		assert.equal(config.WorkingDir, below === '' ? '/app' : `/app/${below}`);
	});

test('what the build puts in for a framework stands in the plan', async (t) => {
	const auto = await plan(t, '@sveltejs/adapter-auto', {});
	assert.match(auto.processes[0]?.reasons.at(-1)?.says ?? '', /@sveltejs\/adapter-node is put in for the build/);
	const start = await plan(t, '@tanstack/react-start', {});
	assert.match(start.processes[0]?.reasons.at(-1)?.says ?? '', /srvx serves it/);
	assert.equal(start.tools.srvx, '^1.0.0');
});

test('a commented-out setting is none', async (t) => {
	const { facts } = await plan(t, 'next', { 'next.config.js': "module.exports = {\n  // output: 'export'\n}", 'server.js': '' }, { start: 'node server.js' });
	assert.equal(facts.site, undefined);
});

test('Bun runs the app only where something says so', async (t) => {
	const bun = await plan(t, 'hono', { 'src/index.ts': '' }, { start: 'bun run --hot src/index.ts' });
	assert.deepEqual(bun.processes[0]?.command, ['bun', 'run', 'src/index.ts']);
	assert.equal(bun.runtime?.name, 'bun');
	const api = await plan(t, 'hono', { 'index.ts': 'Bun.serve({})' });
	assert.deepEqual(api.processes[0]?.command, ['bun', 'index.ts']);
	const node = await plan(t, 'hono', { 'index.js': '' }, { start: 'node index.js' });
	assert.equal(node.runtime?.name, 'node');
});
