/** Hands an image to docker, podman or containerd on this machine, through their own programs. */
import { execFile } from 'node:child_process';
import { ENGINES, type Engine } from '../config/engine.js';
import { messageOf, TareError } from '../errors.js';
import { imagesOf } from '../image/blobs.js';
import { selectPlatform } from '../image/select.js';
import type { ImageResult, Output } from '../image/types.js';
import { formatPlatform } from '../oci/platform.js';
import type { Platform } from '../oci/types.js';
import type { ScratchDirectory } from '../store/contract.js';
import { dockerArchive, qualified } from './docker-archive.js';

export interface LoadOptions {
	/** `auto`: the first that is there and answers. */
	readonly engine: Engine | 'auto';
	/** `name:tag` as it will be shown. */
	readonly names: readonly string[];
	readonly tag: string;
	/** Of several platforms the one that is loaded where only one can be. */
	readonly host: Platform;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly signal: AbortSignal | undefined;
	scratch(label: string): Promise<ScratchDirectory>;
	note(says: string): void;
}

interface Commands {
	/** Fails where the engine does not answer. */
	readonly check: readonly string[];
	readonly load: (file: string) => readonly string[];
	/** Where an archive may have one name only, or lose its digest: gives the image a further one. */
	readonly tag?: (name: string, further: string) => readonly string[];
	/** Keeps several platforms under one name. */
	readonly several: boolean;
}

const COMMANDS: Readonly<Record<Engine, Commands>> = {
	docker: { check: ['docker', 'version', '--format', '{{.Server.Version}}'], load: (file) => ['docker', 'load', '--input', file], several: false },
	podman: {
		check: ['podman', 'version'],
		load: (file) => ['podman', 'load', '--input', file],
		tag: (name, further) => ['podman', 'tag', name, further],
		several: false,
	},
	containerd: { check: ['ctr', '--connect-timeout', '2s', 'version'], load: (file) => ['ctr', 'images', 'import', '--all-platforms', file], several: true },
};
const CHECK_MS = 10_000;

/** @throws TareError TOOL_MISSING when there is no engine, OUTPUT_UNWRITABLE when it refuses the image */
export function load(options: LoadOptions): Output {
	return {
		async write(result) {
			const engine = options.engine === 'auto' ? await findEngine(options) : await checked(options.engine, options);
			const image = COMMANDS[engine].several ? result : one(result, engine, options);
			refuseEmpty(image, engine);
			const scratch = await options.scratch('load');
			try {
				await hand(image, `${scratch.path}/image.tar`, engine, options);
			} finally {
				await scratch.dispose();
			}
			return { kind: engine, wrote: `${engine} ${options.names.join(', ')}`, digest: image.manifest.descriptor.digest, references: options.names };
		},
	};
}

/** Engines fail on such an image later, and without saying why. @throws TareError IMAGE_INVALID */
function refuseEmpty(result: ImageResult, engine: Engine): void {
	if (imagesOf(result).every(({ layers }) => layers.length > 0)) return;
	throw new TareError('IMAGE_INVALID', `${engine} cannot run the image: it has no layers, so there is no file in it`, {
		hint: 'Check how the image was made; copy it to a registry or a layout if it is meant to be empty.',
	});
}

async function hand(image: ImageResult, file: string, engine: Engine, options: LoadOptions): Promise<void> {
	const { load: command, tag } = COMMANDS[engine];
	const [first = '', ...others] = options.names.map(qualified);
	await dockerArchive({ path: file, names: tag === undefined ? options.names : options.names.slice(0, 1), tag: options.tag }).write(image);
	try {
		await run(command(file), options);
		if (tag !== undefined) for (const other of others) await run(tag(first, other), options);
	} catch (cause) {
		throw new TareError('OUTPUT_UNWRITABLE', `${engine} does not take the image: ${messageOf(cause)}`, { hint: `See what ${engine} says.`, cause });
	}
}

function one(result: ImageResult, engine: Engine, { host, names, note }: LoadOptions): ImageResult {
	if (result.kind === 'image') return result;
	const image = selectPlatform(result, { ...host, os: 'linux' }, names[0] ?? 'the image');
	note(`${engine} takes one platform: ${formatPlatform(image.platform)}`);
	return image;
}

async function findEngine(options: LoadOptions): Promise<Engine> {
	for (const engine of ENGINES) {
		if (await answers(engine, options)) return engine;
	}
	throw new TareError('TOOL_MISSING', 'neither docker, podman nor containerd answers on this machine', {
		hint: 'Start one of them, or write a file for it: --output docker-archive:image.tar.',
	});
}

async function checked(engine: Engine, options: LoadOptions): Promise<Engine> {
	if (await answers(engine, options)) return engine;
	throw new TareError('TOOL_MISSING', `${engine} does not answer on this machine`, {
		hint: `Start it (\`${COMMANDS[engine].check.join(' ')}\` should work), or write a file for it: --output docker-archive:image.tar.`,
	});
}

function answers(engine: Engine, options: LoadOptions): Promise<boolean> {
	return run(COMMANDS[engine].check, options, CHECK_MS).then(
		() => true,
		() => false,
	);
}

function run([program = '', ...args]: readonly string[], { env, signal }: LoadOptions, timeout = 0): Promise<void> {
	return new Promise((resolve, reject) => {
		execFile(program, args, { env, timeout, ...(signal !== undefined && { signal }) }, (error, _stdout, stderr) => {
			if (error === null) resolve();
			else reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error }));
		});
	});
}
