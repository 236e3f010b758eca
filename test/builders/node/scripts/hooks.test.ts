/** Set-up of a developer's checkout is left out of scripts, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutHooks } from '../../../../builders/node/scripts/hooks.js';

const LEFT_OUT = [
	'husky',
	'husky || true',
	'husky install',
	'husky install .config/husky',
	'is-ci || husky install',
	'npx is-ci || npx husky install',
	'npx --yes husky',
	'npm exec -- husky',
	'pnpm exec husky',
	'yarn husky',
	'yarn run husky install',
	'bunx --bun husky',
	'cross-env HUSKY=1 husky install',
	'HUSKY=0 husky',
	'node_modules/.bin/husky',
	'./node_modules/.bin/husky install',
	'node .husky/install.mjs',
	'node ./.husky/install.mjs',
	'sh .husky/setup.sh',
	'node node_modules/yorkie/bin/install.js',
	`node -e "try { require('husky').install() } catch (e) { if (e.code !== 'MODULE_NOT_FOUND') throw e }"`,
	`node -e "if (process.env.NODE_ENV !== 'production') { require('husky').install() }"`,
	'simple-git-hooks',
	'npx simple-git-hooks',
	'lefthook install',
	'npx lefthook install || true',
	'command -v lefthook && lefthook install || true',
	'[ -n "$CI" ] || husky',
	'test -d .git && husky install; exit 0',
	'pre-commit install',
	'pre-commit install --hook-type commit-msg && pre-commit autoupdate',
	'ghooks',
	'npx only-allow pnpm',
	'only-allow yarn && husky',
	'git config core.hooksPath .githooks',
	'git config core.hooksPath .githooks || echo "no git"',
	'git config --local include.path ../.gitconfig; true',
	'git submodule update --init --recursive',
	'cp .githooks/* .git/hooks/',
	'mkdir -p .git/hooks && cp hooks/pre-commit .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit',
	'npm run hooks',
	'yarn hooks',
	'npm run hooks && echo done',
];

test('a script that only sets up a checkout is left out', () => {
	for (const line of LEFT_OUT) {
		const { hooks, rest } = withoutHooks(line, { hooks: 'husky install && git config commit.template .gitmessage' });
		assert.ok(hooks.length > 0, line);
		assert.equal(rest, undefined, line);
	}
});

test('what else a script does still runs', () => {
	const cases: readonly (readonly [line: string, rest: string])[] = [
		['husky && npm run build', 'true && npm run build'],
		['npm run build && husky install', 'npm run build && true'],
		['husky || true; patch-package', 'true || true; patch-package'],
		['is-ci || husky && tsc', 'is-ci || true && tsc'],
		['git config core.hooksPath .githooks && patch-package --error-on-fail', 'true && patch-package --error-on-fail'],
		["git config x y && node -e 'a && b'", "true && node -e 'a && b'"],
	];
	for (const [line, rest] of cases) assert.equal(withoutHooks(line).rest, rest);
});

test('what is no such command stays as it is', () => {
	const kept = [
		'tsc',
		'git rev-parse HEAD > version',
		'node husky.js',
		'(cd lib && husky)',
		'if [ -d .git ]; then husky; fi',
		'echo "husky"',
		'npm run build',
		'pre-commit run',
		"echo 'a",
		'vite build && echo ok',
	];
	for (const line of kept) assert.deepEqual(withoutHooks(line, { build: 'tsc' }), { hooks: [], rest: line });
});
