/** A text file of the project: regular, of bounded size, and never a pipe or device that would be waited for. */
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { type ErrorCode, errno, messageOf, TareError } from './errors.js';

export interface ReadOptions {
	/** Code of the error; default MANIFEST_INVALID. */
	readonly code?: ErrorCode;
	/** Bytes; default 32 MiB. */
	readonly limit?: number;
}

const LIMIT = 32 * 1024 * 1024;

/**
 * @param path relative to `dir` @returns undefined where nothing has the name
 * @throws TareError with `code` and the file for a folder, a link to nothing or out of the repository, a device, a file that may not be read
 * or is too large
 */
export function readProjectFile(dir: string, path: string, { code = 'MANIFEST_INVALID', limit = LIMIT }: ReadOptions = {}): string | undefined {
	const full = join(dir, path);
	const fail = (says: string, cause?: unknown): TareError =>
		new TareError(code, `${path} ${says}`, { hint: `Make ${path} a text file, or remove it.`, at: { file: path }, ...(cause !== undefined && { cause }) });
	const fd = open(
		full,
		(cause) => fail(`cannot be read: ${messageOf(cause)}`, cause),
		() => fail('is a link to a file that does not exist'),
	);
	if (fd === undefined) return undefined;
	try {
		const stat = fstatSync(fd);
		if (!stat.isFile()) throw fail(stat.isDirectory() ? 'is a folder, and should be a file' : 'is not a regular file');
		if (stat.size > limit) throw fail(`is larger than ${limit} bytes`);
		if (leadsOut(dir, full)) throw fail('is a link to a file outside the project and its repository');
		return decode(readFileSync(fd));
	} finally {
		closeSync(fd);
	}
}

function open(full: string, unreadable: (cause: unknown) => TareError, dangling: () => TareError): number | undefined {
	try {
		return openSync(full, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (cause) {
		// A file stands where a folder was expected: what is below is not there.
		if (errno(cause) === 'ENOTDIR') return undefined;
		if (errno(cause) !== 'ENOENT') throw unreadable(cause);
		if (lstatSync(full, { throwIfNoEntry: false }) !== undefined) throw dangling();
		return undefined;
	}
}

/**
 * A file of another folder that this build only asks: not its to complain about.
 * @param full absolute @returns undefined for all that is not a regular file that can be read, of bounded size
 */
export function readIfFile(full: string, limit = LIMIT): string | undefined {
	const fd = openRegular(full);
	if (fd === undefined) return undefined;
	try {
		return fstatSync(fd).size > limit ? undefined : decode(readFileSync(fd));
	} catch {
		return undefined;
	} finally {
		closeSync(fd);
	}
}

/** @returns a descriptor to close, or undefined for what is not a regular file or cannot be opened; never waits for a writer */
export function openRegular(full: string): number | undefined {
	let fd: number;
	try {
		fd = openSync(full, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch {
		return undefined;
	}
	if (fstatSync(fd).isFile()) return fd;
	closeSync(fd);
	return undefined;
}

/** A stranger's project must not have Tare show or ship files of the machine that builds it. */
function leadsOut(dir: string, full: string): boolean {
	const real = realpathSync(full);
	const root = realpathSync(dir);
	if (real.startsWith(root + sep)) return false;
	const repository = repositoryOf(root);
	return repository === undefined || !real.startsWith(repository + sep);
}

/** The nearest folder with a `.git`, from `dir` on upwards. @param dir absolute */
export function repositoryOf(dir: string): string | undefined {
	for (let at = dir; ; at = dirname(at)) {
		if (existsSync(join(at, '.git'))) return at;
		if (dirname(at) === at) return undefined;
	}
}

/** UTF-8, or UTF-16 where its byte order mark says so: editors on Windows write it. */
export function decode(bytes: Buffer): string {
	const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
	const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : undefined;
	return encoding === undefined ? bytes.toString('utf8').replace(/^\uFEFF/, '') : new TextDecoder(encoding).decode(bytes);
}
