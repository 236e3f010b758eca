/** Ports of an app that has this machine's network: it is told its port, or what arrives is forwarded. */
import { readFileSync } from 'node:fs';
import { connect, createServer, Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Listener } from '../events.js';
import type { Port } from './contract.js';
import { urlOf } from './port.js';

const POLL_MS = 25;
const POLL_LATER_MS = 250;
const OFTEN = 400;

export interface Published {
	/** Ends all that was forwarded. */
	close(): void;
}

/**
 * The app's environment with PORT, which every platform sets. With this machine's network, an app that reads it listens where it shall be
 * reached, and nothing needs to be forwarded.
 */
export function tellPort(env: Readonly<Record<string, string>>, ports: readonly Port[], network: 'host' | 'own'): Readonly<Record<string, string>> {
	const own = env.PORT === undefined ? ports[0] : ports.find(({ app }) => String(app) === env.PORT);
	return own === undefined ? env : { ...env, PORT: String(network === 'host' ? own.host : own.app) };
}

/** Watches until the app listens, says where, and forwards what does not listen where it shall be reached. */
export function publish(ports: readonly Port[], network: 'host' | 'own', emit: Listener): Published {
	const closing = new AbortController();
	const open = new Set<Server | Socket>();
	const close = (): void => {
		closing.abort();
		for (const one of open) one instanceof Server ? one.close() : one.destroy();
	};
	const before = listening();
	for (const port of ports) {
		const other = before.has(port.app);
		void watch(async () => {
			if (network === 'own') return (await answers(port)) ? port : undefined;
			const now = listening();
			if (now.has(port.host)) return port;
			if (other || !now.has(port.app)) return undefined;
			await forward(port, open);
			return port;
		}, closing.signal).then(
			(found) => {
				if (found !== undefined) emit({ type: 'app-listens', url: urlOf(found) });
			},
			(cause) => emit({ type: 'warning', says: `${urlOf(port)} cannot be forwarded to the app: ${messageOf(cause)}` }),
		);
	}
	return { close };
}

async function watch(look: () => Promise<Port | undefined>, signal: AbortSignal): Promise<Port | undefined> {
	for (let times = 0; !signal.aborted; times++) {
		const found = await look();
		if (found !== undefined) return signal.aborted ? undefined : found;
		await delay(times < OFTEN ? POLL_MS : POLL_LATER_MS, undefined, { signal, ref: false }).catch(() => undefined);
	}
	return undefined;
}

/** Ports that somebody listens on, without asking them: state 0A of proc_net(5). */
function listening(): ReadonlySet<number> {
	const ports = new Set<number>();
	for (const table of ['tcp', 'tcp6'])
		for (const line of textOf(`/proc/net/${table}`).split('\n').slice(1)) {
			const [, local = '', , state] = line.trim().split(/\s+/);
			if (state === '0A') ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
		}
	return ports;
}

function textOf(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}

/** An engine's own forwarder takes connections before the app does, and hangs up. */
function answers(port: Port): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = dial(port.host, port.address);
		const end = (answer: boolean): void => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => setTimeout(() => end(true), 100));
		socket.once('end', () => end(false));
		socket.once('error', () => end(false));
	});
}

function dial(port: number, host: string): Socket {
	return connect({ port, host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host });
}

/** @param open what it opens is added, and taken out again when it is closed */
function forward({ address, host, app }: Port, open: Set<Server | Socket>): Promise<void> {
	const server = createServer({ allowHalfOpen: true }, (client) => {
		const upstream = connect({ port: app, host: '127.0.0.1', allowHalfOpen: true });
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			open.add(socket);
			socket.pipe(other);
			socket.on('error', () => other.destroy());
			socket.once('close', () => open.delete(socket));
		}
	});
	open.add(server);
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ host: address, port: host }, resolve);
	});
}
