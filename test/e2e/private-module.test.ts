/** A module that only the user's git can fetch: from a repository that git's own configuration puts in the place of its address. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, tare } from '../support/cli.js';
import { folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const MODULE = 'git.invalid/me/secret.git';

test('Go: a private module comes by the git configuration of the user', (t) => {
	if (!hasTools(t, 'go', 'git')) return;
	const repository = folder(t, { 'go.mod': `module ${MODULE}\n\ngo 1.21\n`, 'x.go': 'package secret\n\nconst Word = "hidden"\n' });
	const git = (...args: readonly string[]) =>
		execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], { stdio: 'ignore' });
	git('init');
	git('add', '-A');
	git('commit', '-m', 'first');
	git('tag', 'v1.0.0');
	const app = folder(t, {
		'go.mod': `module example.com/x\n\ngo 1.21\n\nrequire ${MODULE} v1.0.0\n`,
		'main.go': `package main\n\nimport secret "${MODULE}"\n\nfunc main() { println(secret.Word) }\n`,
	});
	const env = {
		GOPRIVATE: 'git.invalid',
		GOMODCACHE: join(folder(t), 'mod'),

		GIT_CONFIG_COUNT: '1',
		GIT_CONFIG_KEY_0: `url.file://${repository}/.git.insteadOf`,
		GIT_CONFIG_VALUE_0: `https://${MODULE.replace(/\.git$/, '')}`,
	};

	// The module cache must be one that the test can remove.
	built(['build', app, '--build-env', 'GOFLAGS=-modcacherw'], { env });
	const without = tare(['build', app, '--fresh'], { env: { ...env, GIT_CONFIG_COUNT: '0', GOMODCACHE: join(folder(t), 'mod') } });
	assert.equal(without.status, 30);
	assert.match(without.stderr, /INSTALL_FAILED: a module could not be fetched[\s\S]*GOPRIVATE/);
});
