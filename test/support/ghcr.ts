/** ghcr.io on loopback: a proxy leads its name to docker-registry behind TLS, with a token server that knows one workflow's token. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeCertificates } from './certificates.js';
import { startRegistry } from './registry.js';
import { tokenServer } from './token-server.js';

const HOST = 'ghcr.io';

export interface Ghcr {
	/** For who should find it. */
	readonly env: Readonly<Record<string, string>>;
	/** Other hosts that somebody wanted to reach. */
	readonly strangers: readonly string[];
	/** What a tag stands for. */
	digestOf(repository: string, tag: string): string;
}

export async function startGhcr(t: TestContext, user: string, token: string): Promise<Ghcr> {
	const certificates = makeCertificates(t, HOST);
	const issuer = await tokenServer(t, [`${user}:${token}`]);
	const { host, dir } = await startRegistry(t, { token: { realm: `https://${HOST}/token`, certificate: issuer.certificate } });
	const tls = { key: readFileSync(certificates.server.key), cert: readFileSync(certificates.server.cert) };
	const front = await listen(
		t,
		createTlsServer(tls, (incoming, outgoing) => forward(incoming, outgoing, incoming.url?.startsWith('/token') === true ? issuer.host : host)),
	);
	const strangers: string[] = [];
	const proxy = createServer((_request, response) => response.writeHead(403).end());
	proxy.on('connect', ({ url }, client) => {
		if (url !== `${HOST}:443`) {
			strangers.push(url ?? '');
			return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
		}
		const upstream = connect(front, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
		upstream.on('error', () => client.destroy());
		client.on('error', () => upstream.destroy());
		upstream.pipe(client).pipe(upstream);
	});
	const address = `http://127.0.0.1:${await listen(t, proxy)}`;
	return {
		env: { HTTPS_PROXY: address, https_proxy: address, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', NODE_EXTRA_CA_CERTS: certificates.ca },
		strangers,
		digestOf: (repository, tag) =>
			readFileSync(join(dir, 'docker/registry/v2/repositories', repository, '_manifests/tags', tag, 'current/link'), 'utf8').trim(),
	};
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, to: string): void {
	const [hostname, port] = to.split(':');
	const headers = { ...incoming.headers, 'x-forwarded-proto': 'https' };
	const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
		outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(outgoing);
	});
	onward.on('error', () => outgoing.destroy());
	incoming.pipe(onward);
}

async function listen(t: TestContext, server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.close();
		if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
	});
	return (server.address() as AddressInfo).port;
}
