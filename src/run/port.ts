/** Ports as users write them, and whether they are free. */
import { createServer } from 'node:net';
import { errno, TareError } from '../errors.js';
import type { Port } from './contract.js';

const LOOPBACK = '127.0.0.1';

/**
 * `[[ADDRESS:]HOST:]APP` as docker has it, on loopback unless an address is named; one number alone is the port of this machine for the
 * app's own port; 0 stands for a free one.
 * @param own the port that the image says its app listens on
 * @throws TareError USAGE | PORT_TAKEN
 */
export async function parsePort(text: string, own: number | undefined): Promise<Port> {
	const match = /^(?:(?:(\[[\da-fA-F:.]+\]|\d+\.\d+\.\d+\.\d+):)?(\d+):)?(\d+)(?:\/tcp)?$/.exec(text);
	const [, bracketed = LOOPBACK, host, last = ''] = match ?? [];
	const asked = Number(host ?? last);
	// An app without a port of its own is told the one it is reached on.
	const app = host === undefined ? own : Number(last);
	if (match === null || asked > 65535 || (app !== undefined && (app > 65535 || app === 0)))
		throw new TareError('USAGE', `"${text}" is not a port to publish`, {
			hint: "Write -p 3000 for the app's own port, -p 3000:8080 for another, -p 0.0.0.0:3000:8080 for every address. UDP is not published.",
		});
	const address = bracketed.replace(/^\[|\]$/g, '');
	const claimed = await claim(address, asked, app ?? asked);
	return { address, app: app ?? claimed, host: claimed };
}

/** @returns the port, or a free one for 0 @throws TareError PORT_TAKEN | USAGE */
async function claim(address: string, port: number, app: number): Promise<number> {
	const result = await listenOnce(address, port);
	if (typeof result === 'number') return result;
	const code = errno(result);
	if (code === 'EADDRINUSE') {
		const free = await listenOnce(address, 0);
		throw new TareError('PORT_TAKEN', `port ${port} of ${address} is taken by another program`, {
			hint: `Choose another one, e.g. -p ${typeof free === 'number' ? free : 0}:${app}, or -p 0:${app} for any free one.`,
			data: { address, port },
		});
	}
	const why = code === 'EACCES' ? 'ports below 1024 need privileges' : code === 'EADDRNOTAVAIL' ? 'this machine does not have that address' : result.message;
	throw new TareError('USAGE', `port ${port} of ${address} cannot be published: ${why}`, { hint: `Choose another one, e.g. -p 0:${app}.`, cause: result });
}

function listenOnce(host: string, port: number): Promise<number | Error> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', resolve);
		server.listen({ host, port, exclusive: true }, () => {
			const bound = (server.address() as { readonly port: number }).port;
			server.close(() => resolve(bound));
		});
	});
}

/** `http://127.0.0.1:8080`: what a user opens. */
export function urlOf({ address, host }: Port): string {
	const name = address === '0.0.0.0' ? LOOPBACK : address.includes(':') ? `[${address === '::' ? '::1' : address}]` : address;
	return `http://${name}:${host}`;
}
