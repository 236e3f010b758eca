/** Every line of versions of every package manager installs, builds and starts one small app; for another platform its tree is that platform's. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { ROOT, start } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot } from '../support/tools.js';

/** The lock files that the tools made, without the addresses of a registry. */
const LOCKS = join(ROOT, 'test/e2e/package-managers');
const LOCK_NAMES: Readonly<Record<string, string>> = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock', bun: 'bun.lock' };
/** Old tools do not run on a new Node. */
const OLD_NODE = '16';

/** `packageManager`, or a range for `engines`, and the lock file. */
const MATRIX: readonly (readonly [tool: string, version: string, lock: string, node?: string])[] = [
	['pnpm', '6.35.1', 'pnpm-5.3.yaml', OLD_NODE],
	['pnpm', '7.33.7', 'pnpm-5.4.yaml', OLD_NODE],
	['pnpm', '8.6.0', 'pnpm-6.yaml'],
	['pnpm', '8.15.9', 'pnpm-6.yaml'],
	['pnpm', '9.0.6', 'pnpm-9.yaml'],
	['pnpm', '9.15.9', 'pnpm-9.yaml'],
	['pnpm', '10.0.0', 'pnpm-9.yaml'],
	['pnpm', '10.13.1', 'pnpm-9.yaml'],
	['pnpm', '10.14.0', 'pnpm-9.yaml'],
	['pnpm', '^10', 'pnpm-9.yaml'],
	['pnpm', '11.0.0', 'pnpm-9.yaml'],
	['pnpm', '^11', 'pnpm-9.yaml'],
	['yarn', '1.22.22', 'yarn-1.lock'],
	['yarn', '2.4.3', 'yarn-4.lock', OLD_NODE],
	['yarn', '3.8.4', 'yarn-6.lock'],
	['yarn', '4.0.2', 'yarn-8.lock'],
	['yarn', '^4.10', 'yarn-10.lock'],
	['npm', '6.14.18', 'npm-1.json', OLD_NODE],
	['npm', '8.19.4', 'npm-3.json', OLD_NODE],
	['npm', '9.9.4', 'npm-3.json'],
	['npm', '10.0.0', 'npm-3.json'],
	['npm', '^11', 'npm-3.json'],
	['npm', '>=12', 'npm-3.json'],
	['bun', '1.1.45', 'bun-0.lock'],
	['bun', '^1.3', 'bun-2.lock'],
];

/** @returns a production dependency with packages for platforms, one to build with, a member of the workspace, scripts */
function app(tool: string, version: string, lock: string, node: string | undefined): Files {
	const exact = /^\d/.test(version);
	const hasMembers = !(tool === 'npm' && version.startsWith('6.'));
	const spec = tool === 'npm' || version.startsWith('1.22') ? '1.0.0' : 'workspace:*';
	return {
		'package.json': {
			name: 'matrix',
			version: '1.0.0',
			private: true,
			...(exact && { packageManager: `${tool}@${version}` }),
			engines: { ...(node !== undefined && { node }), ...(!exact && { [tool]: version }) },
			...(hasMembers && tool !== 'pnpm' && { workspaces: ['packages/*'] }),
			scripts: { build: 'node build.js', start: 'node server.js' },
			dependencies: { '@node-rs/crc32': '1.10.6', ...(hasMembers && { '@m/lib': spec }) },
			devDependencies: { ms: '2.1.3' },
		},
		...(tool === 'pnpm' && { 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n' }),
		'packages/lib/package.json': { name: '@m/lib', version: '1.0.0', main: 'index.js' },
		'packages/lib/index.js': `exports.name = 'member';`,
		'build.js': `require('fs').writeFileSync('built.json', JSON.stringify(require('ms')('2 days')));`,
		'server.js': `const { crc32 } = require('@node-rs/crc32');
			const member = ${hasMembers} ? require('@m/lib').name : 'member';
			let dev = false;
			try { require.resolve('ms'); dev = true; } catch {}
			const body = JSON.stringify([require('./built.json'), crc32('a'), member, dev]);
			require('http').createServer((q, s) => s.end(body)).listen(process.env.PORT);`,
		[LOCK_NAMES[tool] ?? '']: readFileSync(join(LOCKS, lock), 'utf8'),
	};
}

async function build(...args: readonly string[]): Promise<string> {
	const child = start(['build', ...args]);
	const [output] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'close')]);
	assert.equal(child.exitCode, 0, output);
	return output;
}

/** Digests of the manifests by architecture. */
function imagesOf(layout: string): Readonly<Record<string, string>> {
	const [{ digest }] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
	const { manifests } = JSON.parse(readFileSync(blobOf(layout, digest), 'utf8'));
	return Object.fromEntries(manifests.map((each: Described) => [each.platform.architecture, each.digest]));
}

interface Described {
	readonly digest: string;
	readonly platform: { readonly architecture: string };
}

/** Names of the platform's packages in the image: folders that hold a manifest. */
function platformPackages(layout: string, manifest: string): readonly string[] {
	const { layers } = JSON.parse(readFileSync(blobOf(layout, manifest), 'utf8')) as { readonly layers: readonly { readonly digest: string }[] };
	const paths = layers.flatMap((layer) => execFileSync('tar', ['-tzf', blobOf(layout, layer.digest)], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n'));
	return [...new Set(paths.flatMap((path) => /node_modules\/@node-rs\/(crc32-[^/]+)\/package\.json$/.exec(path)?.[1] ?? []))];
}

function blobOf(layout: string, digest: string): string {
	return join(layout, 'blobs', digest.replace(':', '/'));
}

async function proves(t: TestContext, tool: string, version: string, lock: string, node?: string): Promise<void> {
	const dir = folder(t, app(tool, version, lock, node));
	const out = folder(t);
	await build(dir, '--platform', 'linux/amd64,linux/arm64', '-o', `oci:${out}/both`);
	const images = imagesOf(join(out, 'both'));
	for (const [architecture, name] of Object.entries({ amd64: 'crc32-linux-x64-gnu', arm64: 'crc32-linux-arm64-gnu' }))
		assert.deepEqual(platformPackages(join(out, 'both'), images[architecture] ?? ''), [name], architecture);
	const host = process.arch === 'arm64' ? 'arm64' : 'amd64';
	await build(dir, '--platform', `linux/${host}`, '-o', `oci:${out}/host`);
	const running = await boot({ image: `${join(out, 'host')}:latest` });
	assert.equal((await running.get('/')).body, '[172800000,3904355907,"member",false]');
	await running.stop();
}

describe('package managers', { concurrency: 3 }, () => {
	for (const [tool, version, lock, node] of MATRIX)
		test(`${tool} ${version}`, async (t) => {
			if (canBoot(t)) await proves(t, tool, version, lock, node);
		});
});
