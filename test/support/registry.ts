/** Debian's docker-registry on loopback, as CI systems and companies run it. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './boot.js';

export interface TestRegistry {
	readonly host: string;
	readonly dir: string;
}

export interface RegistryFlavour {
	/** User and password. */
	readonly basic?: readonly [string, string];
	readonly readOnly?: boolean;
	/** Storage of another registry. */
	readonly storage?: string;
	/** Speaks TLS; with `clients`, only to who shows a certificate of that authority. PEM files. */
	readonly tls?: { readonly cert: string; readonly key: string; readonly clients?: string };
	/** Issues bearer tokens at this URL. */
	readonly token?: { readonly realm: string; readonly certificate: string };
}

export async function startRegistry(t: TestContext, { basic, readOnly, storage, tls, token }: RegistryFlavour = {}): Promise<TestRegistry> {
	const dir = mkdtempSync(join(tmpdir(), 'tare-registry-'));
	const port = await freePort();
	const data = storage ?? join(dir, 'data');
	mkdirSync(data, { recursive: true });
	const auth =
		basic === undefined
			? token === undefined
				? ''
				: `auth: {token: {realm: "${token.realm}", service: test, issuer: test-issuer, rootcertbundle: ${token.certificate}}}\n`
			: `auth: {htpasswd: {realm: r, path: ${join(dir, 'htpasswd')}}}\n`;
	if (basic !== undefined) writeFileSync(join(dir, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', ...basic]));
	const maintenance = readOnly === true ? ', maintenance: {readonly: {enabled: true}}' : '';
	const clients = tls?.clients === undefined ? '' : `, clientcas: [${tls.clients}]`;
	const encryption = tls === undefined ? '' : `, tls: {certificate: ${tls.cert}, key: ${tls.key}${clients}}`;
	writeFileSync(
		join(dir, 'config.yml'),
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${data}}, delete: {enabled: true}${maintenance}}\n${auth}http: {addr: "127.0.0.1:${port}"${encryption}}\n`,
	);
	const child = spawn('docker-registry', ['serve', join(dir, 'config.yml')], { stdio: 'ignore' });
	t.after(async () => {
		const gone = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGKILL');
		await gone;
		rmSync(dir, { recursive: true, force: true });
	});
	const host = `127.0.0.1:${port}`;
	for (let tries = 0; tries < 100; tries++) {
		if (await accepts(port)) return { host, dir: data };
		await setTimeout(50);
	}
	throw new Error('docker-registry does not start');
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
		socket.on('connect', () => socket.destroy());
	});
}
