/** Every command of the documentation, run in the order of its page: what is written there works. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
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

/** What a page takes for granted. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
	'docs/ci.md': ['tare build .', 'git init -q .', 'git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m one'],
	'docs/run.md': ['tare build . -t ghcr.io/me/app:1.0 --push -o oci:out/app'],
};
/** What the CI systems of docs/ci.md set. */
const CI = {
	...{ TOKEN: 'secret', REGISTRY_USER: 'ci', REGISTRY_PASSWORD: 'secret', CI_REGISTRY_USER: 'ci', CI_REGISTRY_PASSWORD: 'secret' },
	...{ CI_COMMIT_REF_SLUG: 'main', BUILD_NUMBER: '7', CIRCLE_SHA1: 'abc', BUILDKITE_COMMIT: 'abc', BITBUCKET_COMMIT: 'abc', KEEP: '' },
};

/** What a reader has: a project, a program that is built already, the examples, an engine to load into. */
function place(t: TestContext): { readonly cwd: string; readonly env: Record<string, string | undefined> } {
	const cwd = folder(t, {
		'index.html': 'a page',
		'.tareignore': 'examples\ndist\ndata\nserver\nout\n*.tar\n',
		'dist/data.txt': 'data',
		'data/x.txt': 'x',
		'.env': 'A=1\n',
	});
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

interface Ran {
	readonly status: number | null;
	readonly output: string;
}

function runToEnd(command: string, cwd: string, env: NodeJS.ProcessEnv): Ran {
	const { status, stderr, stdout } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8', input: '', timeout: 600_000 });
	return { status, output: `${stdout}${stderr}` };
}

/** An app does not end by itself: it gets SIGTERM when it is there. */
async function runApp(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
	const child = spawn('sh', ['-c', `exec ${command}`], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk) => {
			output += chunk;
			if (/https?:\/\/127\.0\.0\.1:\d+/.test(String(chunk))) child.kill('SIGTERM');
		});
	const status = await new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
	return { status: status === 143 ? 0 : status, output };
}

for (const page of PAGES) {
	// Apps that run until they are told to end have tests of their own: run.test.ts.
	const lines = shellLines(join(ROOT, page));
	if (lines.length === 0) continue;
	test(`${page}: its ${lines.length} commands work`, async (t) => {
		if (!hasTools(t, 'docker-registry', ...(NEEDS[page] ?? []))) return;
		const [first, second] = [await startRegistry(t), await startRegistry(t)];
		const { cwd, env } = place(t);
		if (page === 'docs/ci.md') {
			const registry = { CI_REGISTRY: second.host, CI_REGISTRY_IMAGE: `${second.host}/team/app`, CACHE: `${second.host}/team/app/cache:main` };
			// A store that may be pruned.
			Object.assign(env, CI, registry, { TARE_CACHE_DIR: folder(t) });
		}
		const here = (line: string): string =>
			line
				.replace(/^npm ci && /, '')
				.replaceAll('ghcr.io', first.host)
				.replaceAll('registry.example', second.host)
				// Podman's network has needs of its own, and the tests of tare run look after it.
				.replaceAll('--runner podman', '--runner runc')
				// As Azure and Buildkite write their variables.
				.replaceAll('team.azurecr.io', second.host)
				.replaceAll('$(Build.BuildId)', '7')
				.replaceAll('$$', '$')
				.replaceAll('/cache/tare', `${cwd}/out/cache`);
		for (const line of [...(BEFORE[page] ?? []), ...lines]) {
			const command = here(line);
			// A program is named where there are some.
			const at = line.includes('--main') ? join(cwd, 'examples/go-server') : cwd;
			const { status, output } = line.startsWith('tare run ') && !line.includes('--debug') ? await runApp(command, at, env) : runToEnd(command, at, env);
			assert.equal(status, 0, `${line}\n${output}`);
		}
	});
}
