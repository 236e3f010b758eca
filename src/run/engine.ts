/** podman and docker: the image is handed to the engine, run there and taken away again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../errors.js';
import { formatPlatform } from '../oci/platform.js';
import { dockerArchive } from '../outputs/docker-archive.js';
import type { Container, Port, Runner, Volume } from './contract.js';

/** Of the engine itself, not of the app. */
const ENGINE_FAILED = 125;
const CHECK_MS = 10_000;
const CHECKS = { podman: ['podman', 'version', '--format', '{{.Client.Version}}'], docker: ['docker', 'version', '--format', '{{.Server.Version}}'] };

/** A kill between the start of the engine's client and the word of it: its image would come after it was taken away. Two words, so that this one is not found. */
const WAIT_FOR_READERS =
	'tries=0; while printf %s "$1/$2" | grep -qsF -f - /proc/[0-9]*/cmdline && [ "$tries" -lt 200 ]; do tries=$((tries + 1)); sleep 0.1; done';

function engine(name: 'podman' | 'docker'): Runner {
	return {
		name,
		network: 'own',
		async usable({ exec }) {
			const { exitCode, stderr } = await exec(CHECKS[name], { timeoutMs: CHECK_MS });
			if (exitCode === 0) return { yes: true };
			return { yes: false, why: exitCode === 127 ? 'it is not installed' : `it does not answer: ${stderr.trim().split('\n').at(-1)}` };
		},
		async prepare(container, { exec }, undo) {
			const { id, image, scratch } = container;
			const tag = `localhost/tare-run:${id}`;
			const file = join(scratch, 'image.tar');
			await dockerArchive({ path: file, names: [tag], tag: id }).write(image);
			await undo([name, 'rmi', '--force', tag], 'again');
			await undo(['sh', '-c', WAIT_FOR_READERS, 'sh', scratch, 'image.tar'], 'killed');
			// A client that is killed half-way leaves what the engine itself does not know of.
			const loaded = await exec([name, 'load', '--input', file], { gently: ['false'] });
			if (loaded.exitCode !== 0) throw new TareError('RUN_FAILED', `${name} does not take the image: ${loaded.stderr.trim().split('\n').at(-1)}`);
			const remove = [name, 'rm', '--force', ...(name === 'podman' ? ['--time', '0'] : []), id] as const;
			await undo(remove, 'again');
			const variables = join(scratch, 'env');
			writeFileSync(variables, linesOf(container), { mode: 0o600 });
			return {
				argv: [name, 'run', ...optionsOf(container), '--env-file', variables, tag, ...container.main.argv.slice(1)],
				gently: remove,
				failure: (exitCode) => (exitCode === ENGINE_FAILED ? 'see above what it says' : undefined),
			};
		},
	};
}

export const podman = engine('podman');
export const docker = engine('docker');

function optionsOf({ id, image, main: { argv, env, cwd }, ports, volumes, memory, terminal, interactive }: Container): readonly string[] {
	return [
		...['--rm', '--name', id, '--pull', 'never', '--platform', formatPlatform(image.platform)],
		...['--read-only', '--tmpfs', '/tmp:rw,nosuid,nodev,mode=1777', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
		...['--entrypoint', argv[0], '--workdir', cwd],
		...(terminal ? ['--interactive', '--tty'] : interactive ? ['--interactive'] : []),
		...ports.flatMap((port) => ['--publish', publishOf(port)]),
		...volumes.flatMap((volume) => ['--volume', volumeOf(volume)]),
		...(memory === undefined ? [] : ['--memory', String(memory)]),
		// An env file cannot say them.
		...Object.entries(env).flatMap(([name, value]) => (value.includes('\n') ? ['--env', `${name}=${value}`] : [])),
	];
}

function linesOf({ main: { env } }: Container): string {
	return Object.entries(env)
		.filter(([, value]) => !value.includes('\n'))
		.map(([name, value]) => `${name}=${value}\n`)
		.join('');
}

function publishOf({ address, host, app }: Port): string {
	return `${address.includes(':') ? `[${address}]` : address}:${host}:${app}`;
}

function volumeOf({ from, to, readOnly }: Volume): string {
	return `${from}:${to}${readOnly ? ':ro' : ''}`;
}
