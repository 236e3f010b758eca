/** What V8 has compiled of the command line is kept between starts, as reading and compiling it takes half of a short command's time. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { importModule } from '../builder/import-module.js';
import { cacheFolder } from '../config/cache-folder.js';
import { BUILD } from '../version.js';

const KEPT_DAYS = 30;
/** A file is a SHA-256 digest of what follows, the round it was made in, and V8's data. */
const DIGEST_BYTES = 32;
/** Functions are compiled when they first run: a long run, for which a moment more is nothing, adds its own to those of earlier ones. */
const ROUNDS = 4;
const LONG_MS = 1000;
/** Under this name the bundler leaves out what loads modules of the user. */
const IMPORTS = 'tare:import';

interface Kept {
	readonly round: number;
	readonly data: Buffer;
}

/**
 * Runs a file of CommonJS once. Compiled code is executed as it is, so its folder is the user's alone, and never one that machines share.
 * Node's variables for its own such cache are obeyed: NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export function runCompiled(file: string): void {
	const path = process.env.NODE_DISABLE_COMPILE_CACHE === '1' ? undefined : placeOf();
	const kept = path === undefined ? undefined : read(path);
	const script = new Script(wrap(readFileSync(file, 'utf8')), {
		filename: file,
		...(kept !== undefined && { cachedData: kept.data }),
	});
	// V8 refuses what another version or other flags have compiled.
	const round = script.cachedDataRejected === false ? (kept?.round ?? 0) : 0;
	process.once('exit', (code) => {
		const grows = round === 0 || (round < ROUNDS && process.uptime() * 1000 > LONG_MS);
		if (path !== undefined && code === 0 && grows) keep(path, { round: round + 1, data: script.createCachedData() });
	});
	const module = { exports: {} };
	const require = createRequire(file);
	const requireOwn = (id: string): unknown => (id === IMPORTS ? { importModule } : require(id));
	script.runInThisContext()(module.exports, requireOwn, module, file, dirname(file));
}

/** Of each command another file: what it does not run is not compiled. */
function placeOf(): string {
	const { env, platform, argv, version, arch } = process;
	const folder = env.NODE_COMPILE_CACHE || cacheFolder('tare-code', env, platform, homedir());
	const command = /^[a-z]+$/.exec(argv[2] ?? '')?.[0] ?? 'other';
	return join(folder, `tare-${BUILD}-${version}-${arch}-${command}.bin`);
}

/**
 * V8 does not look before it leaps: what was damaged would end the process, or never end it. What another user wrote is not run, either, as
 * root's Tare would in that user's home.
 */
function read(path: string): Kept | undefined {
	try {
		const file = readOwn(path);
		const rest = file.subarray(DIGEST_BYTES);
		return digest(rest).equals(file.subarray(0, DIGEST_BYTES)) ? { round: rest[0] ?? 0, data: rest.subarray(1) } : undefined;
	} catch {
		return undefined;
	}
}

/** @throws Error where it is not there, or somebody else's */
function readOwn(path: string): Buffer {
	const file = openSync(path, 'r');
	try {
		if (process.getuid !== undefined && fstatSync(file).uid !== process.getuid()) throw new Error(`${path} is another user's`);
		return readFileSync(file);
	} finally {
		closeSync(file);
	}
}

function digest(data: Buffer): Buffer {
	return createHash('sha256').update(data).digest();
}

/** For speed alone: a folder that cannot be written is no failure. */
function keep(path: string, { round, data }: Kept): void {
	const [folder, partial] = [dirname(path), `${path}.${process.pid}`];
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		for (const name of readdirSync(folder)) if (/^tare-.*\.bin/.test(name) && isOld(join(folder, name))) rmSync(join(folder, name), { force: true });
		const rest = Buffer.concat([Buffer.of(round), data]);
		writeFileSync(partial, Buffer.concat([digest(rest), rest]), { mode: 0o600 });
		renameSync(partial, path);
	} catch {
		rmSync(partial, { force: true });
	}
}

function isOld(path: string): boolean {
	return Date.now() - statSync(path).mtimeMs > KEPT_DAYS * 24 * 3_600_000;
}
