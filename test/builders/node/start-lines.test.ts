/** Start commands by the program that reads them: options, wrappers, hooks and development tools. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from '../../../builders/node/manifest.js';
import { translate } from '../../../builders/node/start/translate.js';
import type { StartProject } from '../../../builders/node/start/walk.js';
import { type Files, index } from '../../support/files.js';

interface More {
	readonly scripts?: object;
	readonly files?: Files;
	readonly json?: object;
	readonly project?: Partial<StartProject>;
}

const ENV_FILE = 'give its variables to the container';
const DEPENDENCIES = ['express', '@remix-run/serve', 'tsx', 'ts-node', 'next', 'strapi'];
const ECOSYSTEM = `// One app.\nmodule.exports = {\n  apps: [{ name: 'a', script: './a.js', args: '--b', node_args: ['-C', 'x'], instances: 2, env: { A: 1 }, env_production: { "A": 2 }, }],\n};`;
const CASES: readonly (readonly [line: string, expected: string | RegExp, more?: More])[] = [
	// Node's own options.
	['node index.js --watch --poll', 'node index.js --watch --poll'],
	['node --watch --watch-path src --enable-source-maps index.js --watch', 'node --enable-source-maps index.js --watch'],
	['node --title my-app -r ./a.js -- index.js', 'node --title my-app -r ./a.js index.js'],
	['node --env-file=.env index.js', 'node --env-file-if-exists=.env index.js', { files: { '.env': '' } }],
	['node --env-file .env.local index.js', 'node --env-file-if-exists=.env.local index.js'],
	['node --env-file=.env index.js', 'node index.js', { project: { node: '>=20.0.0' } }],
	['node --env-file=settings.txt index.js', 'node --env-file=settings.txt index.js', { files: { 'settings.txt': '' } }],
	['node --run serve -- --a', 'node index.js --a', { scripts: { serve: 'node index.js' } }],
	['node ./', 'node ./'],
	['node -', /from the terminal/],
	['node inspect index.js', /debugger/],
	['node -r ts-node/register src/a.ts', /development dependency/, { project: { production: [], development: ['ts-node'] } }],
	['node -r dotenv/config index.js', /dotenv is a development dependency/, { project: { development: ['dotenv'] } }],
	// What watches, restarts or sets up.
	['nodemon --watch . --ignore data.js server.js', 'node server.js'],
	['nodemon -e js,json -w src --inspect=0 server.js --port 1', 'node --inspect=0 server.js --port 1'],
	['nodemon', 'node --no-warnings app.js', { json: { nodemonConfig: { exec: 'node --no-warnings app.js', ignore: ['x'] } } }],
	['nodemon', 'node app.js', { json: { main: 'app.js' } }],
	['nodemon --exec "node -r ./a.js" app.js', 'node -r ./a.js app.js'],
	['nodemon --config n.json', 'node b.js', { files: { 'n.json': { script: 'b.js', exec: 'node' } } }],
	['pm2-runtime server.js -i max --name api -- --port 1', 'node server.js --port 1'],
	['pm2 start --node-args="--max-old-space-size=9" server.js', 'node --max-old-space-size=9 server.js'],
	['pm2-runtime npm -- run serve', 'node index.js', { scripts: { serve: 'node index.js' } }],
	['pm2-runtime ecosystem.config.js --env production', 'A=2 node -C x ./a.js --b', { files: { 'ecosystem.config.js': ECOSYSTEM } }],
	['pm2-runtime start pm2.json', /2 apps \(a, b\)/, { files: { 'pm2.json': { apps: [{ name: 'a' }, { name: 'b' }] } } }],
	['pm2-runtime ecosystem.config.cjs', /without running it/, { files: { 'ecosystem.config.cjs': 'module.exports = { apps: [{ script: name }] }' } }],
	['forever start -m 3 --minUptime 100 server.js --a', 'node server.js --a'],
	['concurrently --kill-others "node server.js"', 'node server.js'],
	['concurrently -n a,b "tsc -p . -w" "nodemon dist/x.js"', 'node dist/x.js'],
	['concurrently "npm:a" "node b.js"', /npm run a, node b\.js/, { scripts: { a: 'node a.js' } }],
	['run-s build serve', 'node index.js', { scripts: { build: 'tsc', serve: 'node index.js' } }],
	['npm-run-all -p a b', /several processes \(a, b\)/, { scripts: { a: 'x', b: 'x' } }],
	['dotenv -e .env.prod -- node server.js', 'node server.js'],
	['dotenv -v A=1 node server.js', 'A=1 node server.js'],
	['env-cmd -f .env.prod node server.js', 'node server.js'],
	['env-cmd -f conf/prod.env node server.js', 'node --env-file-if-exists=conf/prod.env server.js', { files: { 'conf/prod.env': 'A=1' } }],
	['cross-env-shell A=1 "node server.js --a"', 'A=1 node server.js --a'],
	// Variables.
	['PORT=${PORT:-3000} node x.js', 'PORT=3000 node x.js'],
	['node x.js $npm_package_version $npm_package_config_port', 'node x.js 1.4.2 8088'],
	['A=$B node x.js', /needs a shell/],
	['A=1 node x.js $A', /fills in \$A before/],
	['A=1; node x.js', /of its own/],
	// Windows.
	['set NODE_ENV=production&& set "A=b c" && node dist\\index.js', 'NODE_ENV=production A=b c node dist/index.js'],
	['cross-env PORT=%npm_package_config_port% node a.js', 'PORT=8088 node a.js'],
	// Programs.
	['remix-serve ./build/index.js', 'node node_modules/.bin/remix-serve ./build/index.js'],
	['./node_modules/.bin/remix-serve a.js', 'node node_modules/.bin/remix-serve a.js'],
	['node ./node_modules/.bin/remix-serve a.js', 'node node_modules/.bin/remix-serve a.js'],
	['$(npm bin)/remix-serve a.js', 'node node_modules/.bin/remix-serve a.js'],
	['medusa start', 'node node_modules/.bin/medusa start'],
	['functions-framework --target=x', /no dependencies that could bring it/, { project: { production: [] } }],
	['docker compose up', /not a program of the image/],
	['nodemon-like', /development dependency/, { project: { development: ['nodemon-like'] } }],
	// Development servers.
	['tsx watch src/index.ts', 'node --import tsx src/index.ts'],
	['tsx --tsconfig tsconfig.prod.json src/index.ts --watch', 'TSX_TSCONFIG_PATH=tsconfig.prod.json node --import tsx src/index.ts --watch'],
	['ts-node -P tsconfig.prod.json src/a.ts', 'node node_modules/.bin/ts-node -P tsconfig.prod.json src/a.ts'],
	...[
		'vite --host',
		'vite preview',
		'react-scripts start',
		'react-app-rewired start',
		'craco start',
		'next dev',
		'next',
		'nuxt dev',
		'astro dev',
		'astro preview',
		'gatsby serve',
	].map((line) => [line, /is a development server|only previews/] as const),
	...[
		'webpack serve',
		'webpack --watch',
		'webpack-dev-server',
		'eleventy --serve',
		'ng serve',
		'expo start',
		'hexo s',
		'vike dev',
		'storybook dev -p 6006',
		'rsbuild dev',
		'parcel',
	].map((line) => [line, /is a development server/] as const),
	...[
		'vue-cli-service serve',
		'nest start',
		'strapi develop',
		'medusa develop',
		'svelte-kit dev',
		'remix vite:dev',
		'react-router dev',
		'docusaurus start',
		'vitepress dev',
		'node ace serve',
	].map((line) => [line, /is a development server/] as const),
	['node node_modules/vite/bin/vite.js', /is a development server/],
	['npx vite', /is a development server/],
	['webpack', /builds and starts nothing/],
	['next start -p $PORT', 'node node_modules/.bin/next start -p $PORT'],
	// Package managers.
	['npm start --port 1', /npm reads --port itself/, { scripts: { start: 'node a.js' } }],
	['npm run serve a -- --b', 'node a.js a --b', { scripts: { serve: 'node a.js' } }],
	['yarn serve -- --b', 'node a.js --b', { scripts: { serve: 'node a.js' }, project: { manager: 'yarn' } }],
	['yarn serve -- --b', 'node a.js -- --b', { scripts: { serve: 'node a.js' }, project: { manager: 'yarn-berry' } }],
	['pnpm serve -- --b', 'node a.js -- --b', { scripts: { serve: 'node a.js' } }],
	['pnpm exec next start', 'node node_modules/.bin/next start'],
	['yarn next start', 'node node_modules/.bin/next start'],
	['pnpm dlx serve', /downloads/],
	// What would have to run at every start.
	['prisma migrate deploy && node a.js', /at every start/],
	['npm run db && node a.js', /at every start/, { scripts: { db: 'knex migrate:latest' } }],
	['npm run serve', /at every start/, { scripts: { preserve: 'wait-on tcp:5432', serve: 'node a.js' } }],
];

for (const [line, expected, more = {}] of CASES) {
	test(`start line: ${line} (${String(expected)})`, (t) => {
		const json = { name: 'x', version: '1.4.2', config: { port: 8088 }, scripts: more.scripts ?? {}, ...more.json };
		const source = index(t, { 'package.json': json, ...more.files });
		const project: StartProject = {
			source,
			manifest: readManifest(source),
			bins: {},
			locked: new Set(),
			production: DEPENDENCIES,
			development: [],
			builds: true,
			node: '>=24',
			manager: 'npm',
			hooks: true,
			workspace: [],
			...more.project,
		};
		const read = () => translate(line, project, { says: 'x' }, 'start');
		if (expected instanceof RegExp) return assert.throws(read, expected);
		const { program, env, notes } = read();
		assert.ok(program.kind === 'command');
		assert.equal([...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...program.words].join(' '), expected);
		if (/^(?:dotenv -e|node --env-file[= ]\.env)/.test(line))
			assert.ok(
				notes.some((note) => note.includes(ENV_FILE)),
				notes.join('\n'),
			);
	});
}
