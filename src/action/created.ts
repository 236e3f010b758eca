/** A time of creation that was read from the clock becomes the commit's: else no two builds of a commit would have one digest. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BuildOptions } from '../index.js';
import type { Environment } from './inputs.js';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
const KEY = 'org.opencontainers.image.created';
const FIELDS = ['labels', 'annotations', 'indexAnnotations'] as const;

/** @returns the options, and a note where something was replaced */
export async function settleCreated(options: BuildOptions, env: Environment): Promise<{ readonly options: BuildOptions; readonly note?: string }> {
	if (!FIELDS.some((field) => options[field]?.[KEY] !== undefined)) return { options };
	const seconds = Number(env.SOURCE_DATE_EPOCH || (await commitTime(options.dir ?? '.')));
	if (!Number.isFinite(seconds) || seconds <= 0) return { options };
	const time = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
	const late = FIELDS.filter((field) => Date.parse(options[field]?.[KEY] ?? '') > seconds * 1000);
	if (late.length === 0) return { options };
	const settled = Object.fromEntries(late.map((field) => [field, { ...options[field], [KEY]: time }]));
	return { options: { ...options, ...settled }, note: `${KEY} is ${time}, the commit's time: the time of the run would change the digest with every run` };
}

/** Seconds since the epoch, as text; '' outside of a repository. */
async function commitTime(dir: string): Promise<string> {
	try {
		const { stdout } = await promisify(execFile)('git', ['-C', dir, 'log', '-1', '--format=%ct'], { timeout: 10_000 });
		return stdout.trim();
	} catch {
		return '';
	}
}
