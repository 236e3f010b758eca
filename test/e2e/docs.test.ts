/** Every command of the documentation, run in the order of its page: what is written there works. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { CLI, ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';
import { startRegistry } from '../support/registry.js';
import { shellLines } from '../support/shell-lines.js';
import { hasTools } from '../support/tools.js';

const names = (dir: string): readonly string[] => readdirSync(join(ROOT, dir)).map((name) => `${dir}/${name}`);
const PAGES = [
	'README.md',
	'CONTRIBUTING.md',
	...names('docs'),
	...names('builders')
		.filter((dir) => !dir.endsWith('.ts'))
		.map((dir) => `${dir}/README.md`),
].filter((page) => page.endsWith('.md'));
/** Compilers that the examples of a page need. */
const NEEDS: Readonly<Record<string, readonly string[]>> = { 'docs/quick-start.md': ['go', 'cargo', 'mvn', 'javac'] };

/** What the CI systems of docs/ci.md set. */
const CI = {
	...{ TOKEN: 'secret', REGISTRY_USER: 'ci', REGISTRY_PASSWORD: 'secret', CI_REGISTRY_USER: 'ci', CI_REGISTRY_PASSWORD: 'secret' },
	...{ CI_COMMIT_REF_SLUG: 'main', BUILD_NUMBER: '7', CIRCLE_SHA1: 'abc', BUILDKITE_COMMIT: 'abc', BITBUCKET_COMMIT: 'abc', KEEP: '' },
};

/** What a reader has: a project, a program that is built already, the examples, an engine to load into. */
function place(t: TestContext): { readonly cwd: string; readonly env: Record<string, string | undefined> } {
	const cwd = folder(t, { 'index.html': 'a page', '.tareignore': 'examples\ndist\nserver\nout\n*.tar\n', 'dist/data.txt': 'data' });
	const launcher = launcherEntry({ os: 'linux', architecture: 'amd64' });
	assert.ok(launcher.type === 'file' && launcher.content.kind === 'bytes');
	for (const path of ['dist/server', 'server']) writeFileSync(join(cwd, path), launcher.content.bytes, { mode: 0o755 });
	cpSync(join(ROOT, 'examples'), join(cwd, 'examples'), { recursive: true });
	const bin = folder(t);
	const program = (name: string, script: string): void => {
		writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
		chmodSync(join(bin, name), 0o755);
	};
	program('tare', `exec "${process.execPath}" "${CLI}" "$@"`);
	program('npx', 'exec "$@"');
	// Loading is tried with engines elsewhere: this one takes what it is given.
	program('docker', 'case "$1" in load) echo "Loaded image: app";; esac');
	mkdirSync(join(bin, 'config'));
	return { cwd, env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, DOCKER_CONFIG: join(bin, 'config'), NO_COLOR: '1' } };
}

for (const page of PAGES) {
	// Apps that run until they are told to end have tests of their own: run.test.ts.
	const lines = shellLines(join(ROOT, page)).filter((line) => !line.startsWith('tare run '));
	if (lines.length === 0) continue;
	test(`${page}: its ${lines.length} commands work`, async (t) => {
		if (!hasTools(t, 'docker-registry', ...(NEEDS[page] ?? []))) return;
		const [first, second] = [await startRegistry(t), await startRegistry(t)];
		const { cwd, env } = place(t);
		if (page === 'docs/ci.md') {
			const registry = { CI_REGISTRY: second.host, CI_REGISTRY_IMAGE: `${second.host}/team/app`, CACHE: `${second.host}/team/app/cache:main` };
			// What a project has committed, and a store that may be pruned.
			Object.assign(env, CI, registry, { TARE_CACHE_DIR: folder(t) });
			const prepared = spawnSync(
				'sh',
				['-c', 'tare build . && git init -q . && git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m one'],
				{ cwd, env },
			);
			assert.equal(prepared.status, 0);
		}
		const here = (line: string): string =>
			line
				.replace(/^npm ci && /, '')
				.replaceAll('ghcr.io', first.host)
				.replaceAll('registry.example', second.host)
				// As Azure and Buildkite write their variables.
				.replaceAll('team.azurecr.io', second.host)
				.replaceAll('$(Build.BuildId)', '7')
				.replaceAll('$$', '$')
				.replaceAll('/cache/tare', `${cwd}/out/cache`);
		for (const line of lines) {
			const { status, stderr, stdout } = spawnSync('sh', ['-c', here(line)], { cwd, env, encoding: 'utf8', input: '', timeout: 600_000 });
			assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
		}
	});
}
