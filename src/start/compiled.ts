/** What V8 has compiled of the command line is kept between starts, as reading and compiling it takes half of a short command's time. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { cacheFolder } from '../config/cache-folder.js';
import { BUILD } from '../version.js';

const KEPT_DAYS = 30;
const DIGEST_BYTES = 32;

/**
 * Runs a file of CommonJS once. Compiled code is executed as it is, so its folder is the user's alone, and never one that machines share.
 * Node's variables for its own such cache are obeyed: NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export function runCompiled(file: string): void {
	const kept = process.env.NODE_DISABLE_COMPILE_CACHE === '1' ? undefined : placeOf();
	const cachedData = kept === undefined ? undefined : read(kept);
	const script = new Script(wrap(readFileSync(file, 'utf8')), {
		filename: file,
		...(cachedData !== undefined && { cachedData }),
		importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
	});
	// V8 refuses what another version or other flags have compiled.
	if (kept !== undefined && script.cachedDataRejected !== false) process.once('exit', (code) => code === 0 && keep(kept, script));
	const module = { exports: {} };
	script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
}

/** Of each command another file: what it does not run is not compiled. */
function placeOf(): string {
	const { env, platform, argv, version, arch } = process;
	const folder = env.NODE_COMPILE_CACHE || join(cacheFolder(env, platform, homedir()), 'tare-code');
	const command = /^[a-z]+$/.exec(argv[2] ?? '')?.[0] ?? 'other';
	return join(folder, `tare-${BUILD}-${version}-${arch}-${command}.bin`);
}

/** V8 does not look before it leaps: what was damaged would end the process, or never end it. */
function read(path: string): Buffer | undefined {
	try {
		const file = readFileSync(path);
		const data = file.subarray(DIGEST_BYTES);
		return digest(data).equals(file.subarray(0, DIGEST_BYTES)) ? data : undefined;
	} catch {
		return undefined;
	}
}

function digest(data: Buffer): Buffer {
	return createHash('sha256').update(data).digest();
}

/** For speed alone: a folder that cannot be written is no failure. */
function keep(path: string, script: Script): void {
	const [folder, partial] = [dirname(path), `${path}.${process.pid}`];
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		for (const name of readdirSync(folder)) if (/^tare-.*\.bin/.test(name) && isOld(join(folder, name))) rmSync(join(folder, name), { force: true });
		const data = script.createCachedData();
		writeFileSync(partial, Buffer.concat([digest(data), data]), { mode: 0o600 });
		renameSync(partial, path);
	} catch {
		rmSync(partial, { force: true });
	}
}

function isOld(path: string): boolean {
	return Date.now() - statSync(path).mtimeMs > KEPT_DAYS * 24 * 3_600_000;
}
