/** What the user asked for, checked and put together with what the image says. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import type { Host } from '../config/host.js';
import { parseSize } from '../config/size.js';
import { messageOf, TareError } from '../errors.js';
import type { Image } from '../image/types.js';
import type { RunningOptions } from '../index.js';
import type { Container, Port, Volume } from './contract.js';
import { parseVariables, readEnvFile } from './env-file.js';
import { parsePort } from './port.js';
import { portOf, processOf } from './process.js';
import { tellPort } from './publish.js';

export interface Given {
	readonly id: string;
	readonly image: Image;
	readonly scratch: string;
	readonly network: 'host' | 'own';
}

/** @throws TareError USAGE | PORT_TAKEN | RUN_FAILED */
export async function ready({ network, ...given }: Given, options: RunningOptions, host: Host): Promise<Container> {
	const files = (options.envFiles ?? []).map((path) => readEnvFile(resolve(host.cwd, path), host.env));
	const env = Object.assign({}, ...files, parseVariables(options.env ?? [], host.env)) as Readonly<Record<string, string>>;
	const main = processOf(given.image, options.args ?? [], env);
	const ports = await portsOf(options, portOf(given.image, main.env));
	const volumesAsked = (options.volumes ?? []).map((text) => parseVolume(text, host));
	const asked = new Set(volumesAsked.map(({ to }) => to));
	const own = Object.keys(given.image.config.value.config?.Volumes ?? {})
		.map(normal)
		.filter((folder) => !asked.has(folder));
	const { keep } = options;
	const kept = keep === undefined ? [] : own.map((folder) => keptVolume(resolve(host.cwd, keep), folder));
	const volumes = [...volumesAsked, ...kept];
	return {
		...given,
		main: { ...main, env: tellPort(main.env, ports, network) },
		ports,
		volumes,
		temporary: ['/tmp', ...(keep === undefined ? own : [])].filter((folder) => !asked.has(folder)),
		...(options.memory !== undefined && { memory: parseSize(options.memory) }),
		terminal: options.terminal ?? false,
		interactive: options.interactive ?? false,
	};
}

/** A shell has no port: only what is asked for is published. */
async function portsOf({ publish, debug }: RunningOptions, own: number | undefined): Promise<readonly Port[]> {
	const texts = publish ?? (debug === true || own === undefined ? [] : [String(own)]);
	const ports: Port[] = [];
	for (const text of texts) ports.push(await parsePort(text, own));
	return ports;
}

/** `PATH:PATH[:ro]`: of this machine, absolute in the image. @throws TareError USAGE */
function parseVolume(text: string, { cwd }: Host): Volume {
	const match = /^(.+):(\/[^:]*)(?::(ro|rw))?$/.exec(text);
	const [, from = '', to = '', mode] = match ?? [];
	if (match === null) throw new TareError('USAGE', `"${text}" is no volume`, { hint: 'Write --volume ./data:/data, or ./data:/data:ro.' });
	const path = resolve(cwd, from);
	if (normal(to) === '/') throw new TareError('USAGE', 'a volume cannot take the place of the whole image', { hint: 'Name a folder of the image.' });
	if (!existsSync(path)) throw new TareError('USAGE', `there is no file or folder ${path} for the volume ${to}`, { hint: 'Make it first.' });
	return { from: path, to: normal(to), readOnly: mode === 'ro' };
}

/** Everyone may write, as in the image: the app's user has no name on this machine. */
function keptVolume(keep: string, folder: string): Volume {
	const from = join(keep, folder);
	try {
		mkdirSync(from, { recursive: true });
		chmodSync(from, 0o777);
	} catch (cause) {
		throw new TareError('USAGE', `${from} cannot be made: ${messageOf(cause)}`, { hint: 'Name another folder with --keep.', cause });
	}
	return { from, to: folder, readOnly: false };
}

/** Absolute, without a slash at the end. */
function normal(path: string): string {
	return posix.join('/', path).replace(/(.)\/$/, '$1');
}
