/** The only place that reads the process: environment, home, clock and platform become one value. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TareError } from '../errors.js';
import type { Platform } from '../oci/types.js';
import { cacheFolder } from './cache-folder.js';
import { parseSize } from './size.js';

export interface Host {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Of the user; absent on systems that know none. */
	readonly uid?: number | undefined;
	readonly cwd: string;
	/** Milliseconds since the epoch, at the start. */
	readonly now: number;
	readonly platform: Platform;
	/** Folder of Tare's store. */
	readonly storeRoot: string;
	/** Bytes that the store may grow to. @throws TareError USAGE */
	storeLimit(): number;
	/** For what cannot be written elsewhere. */
	readonly temporary: string;
	/** apt's source lists, for the Debian mirrors the user already uses; [] on other systems. */
	aptSources(): readonly { readonly name: string; readonly text: string }[];
	/** What the firmware calls the machine and its maker, e.g. `Google Compute Engine`; '' where it says nothing. */
	hardware(): string;
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
	x64: 'amd64',
	arm64: 'arm64',
	arm: 'arm',
	ia32: '386',
	ppc64: 'ppc64le',
	s390x: 's390x',
	riscv64: 'riscv64',
};
const APT = '/etc/apt';
const FIRMWARE = '/sys/class/dmi/id';
const DEFAULT_LIMIT = '20GB';

export function readHost(): Host {
	const { env, platform, arch } = process;
	return {
		env,
		home: homedir(),
		uid: process.getuid?.(),
		cwd: workingFolder(),
		now: Date.now(),
		platform: { os: platform, architecture: ARCHITECTURES[arch] ?? arch },
		storeRoot: storeRoot(env, platform, homedir()),
		storeLimit: () => parseSize(env.TARE_CACHE_MAX_SIZE || DEFAULT_LIMIT),
		temporary: tmpdir(),
		aptSources,
		hardware: () => ['sys_vendor', 'product_name'].map((name) => textOf(join(FIRMWARE, name)).trim()).join(' '),
	};
}

/** Another program may have removed it. @throws TareError SOURCE_NOT_FOUND */
function workingFolder(): string {
	try {
		return process.cwd();
	} catch (cause) {
		throw new TareError('SOURCE_NOT_FOUND', 'the working folder does not exist any more', {
			hint: 'Change to a folder that exists, and run the command again.',
			cause,
		});
	}
}

function storeRoot(env: NodeJS.ProcessEnv, platform: string, home: string): string {
	return env.TARE_CACHE_DIR || cacheFolder('tare', env, platform, home);
}

function aptSources(): { name: string; text: string }[] {
	const parts = list(join(APT, 'sources.list.d')).map((name) => join(APT, 'sources.list.d', name));
	return [join(APT, 'sources.list'), ...parts].map((name) => ({ name, text: textOf(name) })).filter(({ text }) => text !== '');
}

function textOf(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

function list(folder: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}
