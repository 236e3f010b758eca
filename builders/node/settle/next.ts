/** Next.js: the build id, the ids of the requests that made static pages, and keys where nothing uses them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { filesBelow, replaceId, rewrite, textFilesBelow } from './files.js';
import { codeThat, settledKey, sourceDigest } from './identity.js';

const ACTIONS_KEY = 'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY';
const ID_LENGTH = 21;

/** Next encrypts what server actions close over; where there is no action nothing is encrypted. */
export function nextVariables(tools: Toolchain): Readonly<Record<string, string>> {
	const actions = codeThat(/^[^\S\n]*['"]use server['"]/m, tools);
	if (actions === undefined) return { [ACTIONS_KEY]: settledKey(sourceDigest(tools), 'server actions').toString('base64') };
	tools.emit({
		type: 'note',
		says: `${actions.path} has server actions: give a key with --secret id=${ACTIONS_KEY}, or the digest differs from build to build`,
	});
	return {};
}

export function settleNext(app: string, tools: Toolchain): void {
	const built = join(app, '.next/BUILD_ID');
	if (!existsSync(built)) return;
	const digest = sourceDigest(tools);
	const id = digest.slice(0, ID_LENGTH);
	const random = readFileSync(built, 'utf8').trim();
	for (const folder of ['.next', 'out'].map((name) => join(app, name)).filter((path) => existsSync(path))) {
		// An id that the project chose itself is no nanoid.
		if (/^[\w-]{21}$/.test(random)) replaceId(folder, random, id);
		// In a comment of each page the id has no dashes.
		if (/^[\w-]{21}$/.test(random) && random.includes('-')) replaceId(folder, random.replaceAll('-', '_'), id);
		for (const path of textFilesBelow(folder)) rewrite(path, (text) => withRequestId(text, id));
	}
	settlePreviews(app, digest, tools);
}

/** Pages made while building carry the id of the request that made them, as a key of their tree; plain in data, escaped in HTML. */
function withRequestId(text: string, id: string): string {
	return text.replace(/(\[\\?"\$\\?",\\?"\$1\\?",\\?")[\w-]{21}(v?\\?",\{)/g, `$1${id}$2`);
}

/** Keys of preview mode: in prerender-manifest.json, and from 16.1 in preview-props.json. */
function settlePreviews(app: string, digest: string, tools: Toolchain): void {
	const previews = codeThat(/\b(?:draftMode|setPreviewData|setDraftMode)\b/, tools);
	if (previews !== undefined) {
		tools.emit({
			type: 'warning',
			says: `${previews.path} uses draft mode, whose keys Next makes at random: the digest differs from build to build`,
			hint: 'Keys that could be told from the source would let anybody see drafts.',
		});
		return;
	}
	for (const path of filesBelow(join(app, '.next')).filter((each) => each.endsWith('.json')))
		rewrite(path, (text) =>
			text.replace(/("(previewMode(?:Id|SigningKey|EncryptionKey))"\s*:\s*")([0-9a-f]+)(")/g, (_, before, name, value, after) => {
				return before + settledKey(digest, name).toString('hex').slice(0, value.length) + after;
			}),
		);
}
