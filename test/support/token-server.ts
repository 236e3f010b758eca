/** A token server on loopback, as registries with bearer tokens have one. */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from './files.js';

type Handler = Parameters<typeof createServer>[1];

/** @returns host and port */
export async function server(t: TestContext, handler: Handler): Promise<string> {
	const made = createServer(handler);
	await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		made.closeAllConnections();
		made.close();
	});
	return `127.0.0.1:${(made.address() as AddressInfo).port}`;
}

/** https://distribution.github.io/distribution/spec/auth/jwt/ */
/** Gives everyone a token to pull with, and those in `users` (`NAME:PASSWORD`) one to push with; a password "refused" gets none. */
export async function tokenServer(t: TestContext, users: readonly string[]): Promise<{ host: string; realm: string; certificate: string }> {
	const dir = folder(t);
	const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	writeFileSync(join(dir, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
	execFileSync('openssl', ['req', '-x509', '-key', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem'), '-days', '2', '-subj', '/CN=test'], {
		stdio: 'ignore',
	});
	const id = createHash('sha256')
		.update(publicKey.export({ type: 'spki', format: 'der' }))
		.digest()
		.subarray(0, 30);
	const kid = base32(id).match(/.{4}/g)?.join(':') ?? '';
	const host = await server(t, (request, response) => {
		if (request.method === 'POST') return response.writeHead(405).end();
		const query = new URL(request.url ?? '', 'http://x').searchParams;
		const user = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64').toString();
		if (user.endsWith(':refused')) return response.writeHead(401).end();
		const access = query.getAll('scope').map((scope) => {
			const [type, name, actions = ''] = scope.split(':');
			return { type, name, actions: actions.split(',').filter((action) => action === 'pull' || users.includes(user)) };
		});
		const now = Math.floor(Date.now() / 1000);
		const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
		const text = `${part({ typ: 'JWT', alg: 'RS256', kid })}.${part({ iss: 'test-issuer', sub: user.split(':')[0], aud: 'test', exp: now + 300, nbf: now - 10, iat: now, jti: String(Math.random()), access })}`;
		return response.writeHead(200).end(JSON.stringify({ token: `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}` }));
	});
	return { host, realm: `http://${host}/token`, certificate: join(dir, 'cert.pem') };
}

function base32(bytes: Buffer): string {
	const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
	return (bits.match(/.{5}/g) ?? []).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)]).join('');
}
