/** Frameworks put a random id or the time into their output: the same source shall give the same bytes. */
import { createHash, createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { NodeFacts } from './plan.js';

/** Files in which an id can stand as text. */
const TEXT_LIMIT = 64 * 2 ** 20;
const TEXT = /\.(?:[cm]?js|json|html|rsc|txt|map|css|body|meta|nft\.json)$|(?:^|\/)BUILD_ID$/;

export async function settleOutput(workspace: string, facts: NodeFacts, tools: Toolchain): Promise<void> {
	const app = join(workspace, facts.app);
	if (existsSync(join(app, '.next/BUILD_ID'))) settleNext(app, tools);
	if (existsSync(join(app, '.output/nitro.json'))) settleNitro(app, tools);
	for (const path of filesBelow(workspace)) {
		if (tools.source.has(path.slice(workspace.length + 1)) || !isText(path)) continue;
		replaceText(path, workspace, '/app');
	}
}

function isText(path: string): boolean {
	return TEXT.test(path) && statSync(path).size <= TEXT_LIMIT;
}

function replaceText(path: string, from: string, to: string): void {
	const text = readFileSync(path, 'latin1');
	if (text.includes(from)) writeFileSync(path, text.replaceAll(from, to), 'latin1');
}

/** What the output is made of, in hex: all the source and the lock file. */
function sourceDigest(tools: Toolchain): string {
	const hash = createHash('sha256');
	for (const { path } of tools.source.files) hash.update(`${path}\0${tools.contentHash(path) ?? ''}\0`);
	return hash.digest('hex');
}

const USES_ACTIONS = /^\s*['"]use server['"]/m;

/**
 * Variables for a build whose framework would choose a secret at random. Next encrypts what server actions close over; where there is no
 * action nothing is encrypted, and a key that can be told from the source harms nobody.
 */
export function settledVariables(facts: NodeFacts, tools: Toolchain): Readonly<Record<string, string>> {
	const { source } = tools;
	const usesNext = facts.framework === 'Next.js' || /"next"\s*:/.test(source.text(facts.app === '' ? 'package.json' : `${facts.app}/package.json`) ?? '');
	if (!usesNext) return {};
	const actions = source.files.find(({ path, size }) => /\.[cm]?[jt]sx?$/.test(path) && size < 2 ** 18 && USES_ACTIONS.test(source.text(path) ?? ''));
	if (actions === undefined) return { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: createHmac('sha256', sourceDigest(tools)).update('server actions').digest('base64') };
	tools.emit({
		type: 'note',
		says: `${actions.path} has server actions: give a key with --secret id=NEXT_SERVER_ACTIONS_ENCRYPTION_KEY, or the digest differs from build to build`,
	});
	return {};
}

/** Next: the build id in names and texts, and the keys of preview mode where nothing uses it. */
function settleNext(app: string, tools: Toolchain): void {
	const random = readFileSync(join(app, '.next/BUILD_ID'), 'utf8').trim();
	const digest = sourceDigest(tools);
	const settings = ['.next', 'out'].map((folder) => join(app, folder)).filter((folder) => existsSync(folder));
	// An id that the project chose itself is no nanoid.
	if (/^[\w-]{21}$/.test(random)) {
		for (const folder of settings) {
			replaceId(folder, random, digest.slice(0, 21));
			// In a comment of each page the id has no dashes.
			if (random.includes('-')) replaceId(folder, random.replaceAll('-', '_'), digest.slice(0, 21));
		}
	}
	for (const path of settings.flatMap(filesBelow)) if (isText(path)) settleRequestId(path, digest.slice(0, 21));
	const manifest = join(app, '.next/prerender-manifest.json');
	if (!existsSync(manifest)) return;
	const previews = tools.source.files.find(
		({ path }) => /\.[cm]?[jt]sx?$/.test(path) && /\b(?:draftMode|setPreviewData|setDraftMode)\b/.test(tools.source.text(path) ?? ''),
	);
	if (previews !== undefined) {
		tools.emit({
			type: 'warning',
			says: `${previews.path} uses draft mode, whose keys Next makes at random: the digest differs from build to build`,
			hint: 'Keys that could be told from the source would let anybody see drafts.',
		});
		return;
	}
	const settled = (name: string, size: number): string => createHmac('sha256', digest).update(name).digest('hex').slice(0, size);
	const standalone = join(app, '.next/standalone/.next/prerender-manifest.json');
	for (const file of [manifest, standalone].filter((path) => existsSync(path))) {
		const text = readFileSync(file, 'utf8');
		const keys = ['previewModeId', 'previewModeSigningKey', 'previewModeEncryptionKey'];
		writeFileSync(
			file,
			keys.reduce(
				(done, key) =>
					done.replace(new RegExp(`("${key}"\\s*:\\s*")([0-9a-f]+)(")`), (_, before, value, after) => `${before}${settled(key, value.length)}${after}`),
				text,
			),
		);
	}
}

/** Pages made while building carry the id of the request that made them, as a key of their tree; plain in data, escaped in HTML. */
function settleRequestId(path: string, id: string): void {
	const text = readFileSync(path, 'latin1');
	const settled = text.replace(/(\[\\?"\$\\?",\\?"\$1\\?",\\?")[\w-]{21}(v?\\?",\{)/g, `$1${id}$2`);
	if (settled !== text) writeFileSync(path, settled, 'latin1');
}

/** Nitro: the build's time; Nuxt: a random id and a time in its list of builds. */
function settleNitro(app: string, tools: Toolchain): void {
	const output = join(app, '.output');
	const file = join(output, 'nitro.json');
	writeFileSync(file, readFileSync(file, 'utf8').replace(/("date"\s*:\s*")[^"]*(")/, '$11970-01-01T00:00:00.000Z$2'));
	// Its list of files has their times, for Last-Modified; the ETag beside each tells versions apart.
	for (const path of filesBelow(join(output, 'server')).filter((each) => /\.m?js$/.test(each))) {
		const text = readFileSync(path, 'latin1');
		const settled = text.replace(/(["']?mtime["']?\s*:\s*["'])\d{4}-\d\d-\d\dT[\d:.]+Z(["'])/g, '$11970-01-01T00:00:00.000Z$2');
		if (settled !== text) writeFileSync(path, settled, 'latin1');
	}
	const builds = join(output, 'public/_nuxt/builds');
	const latest = join(builds, 'latest.json');
	if (!existsSync(latest)) return;
	const { id } = JSON.parse(readFileSync(latest, 'utf8')) as { id?: unknown };
	if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id)) return;
	const digest = sourceDigest(tools);
	const settledId = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
	replaceId(output, id, settledId);
	const randomised = (text: string): string => text.replaceAll(settledId, id);
	for (const path of filesBelow(builds)) {
		const before = readFileSync(path, 'utf8');
		// As many digits as before: the server's list of files has sizes, too.
		const after = before.replace(/("timestamp"\s*:\s*)(\d+)/g, (_, key: string, digits: string) => key + '1'.padEnd(digits.length, '0'));
		writeFileSync(path, after);
		for (const file of filesBelow(join(output, 'server'))) if (/\.m?js$/.test(file)) replaceText(file, entityTag(randomised(before)), entityTag(after));
	}
}

/** As Nitro writes it for each public file. */
function entityTag(text: string): string {
	const hash = createHash('sha1').update(text).digest('base64').slice(0, 27);
	return `${Buffer.byteLength(text).toString(16)}-${hash}`;
}

/** Same length, so that nothing moves. */
function replaceId(folder: string, from: string, to: string): void {
	for (const path of filesBelow(folder)) {
		if (isText(path)) replaceText(path, from, to);
	}
	for (const path of namesBelow(folder))
		if (path.endsWith(from) || path.slice(path.lastIndexOf('/')).includes(from))
			renameSync(path, join(dirname(path), path.slice(path.lastIndexOf('/') + 1).replaceAll(from, to)));
}

function filesBelow(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'cache' ? [] : filesBelow(path);
		return entry.isFile() ? [path] : [];
	});
}

/** Deepest first, so that a folder is renamed after what is in it. */
function namesBelow(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() && entry.name !== 'node_modules' ? [...namesBelow(path), path] : [path];
	});
}
