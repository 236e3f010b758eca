/** Content digests: https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests */
import { createHash } from 'node:crypto';
import { TareError } from '../errors.js';

/** `sha256:` and 64 lower-case hex digits; made only by `parseDigest`, `sha256` and `digestOfHex`. */
export type Digest = `sha256:${string}` & { readonly __digest: never };

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
	return PATTERN.test(text);
}

/** @throws TareError REFERENCE_INVALID */
export function parseDigest(text: string): Digest {
	if (isDigest(text)) return text;
	throw new TareError('REFERENCE_INVALID', `not a sha256 digest: ${JSON.stringify(text)}`, {
		hint: 'A digest is "sha256:" followed by 64 lower-case hexadecimal digits.',
	});
}

export function digestOfHex(hex: string): Digest {
	return parseDigest(`sha256:${hex}`);
}

export function sha256(bytes: Uint8Array | string): Digest {
	return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

/** The 64 hex digits. */
export function hexOf(digest: Digest): string {
	return digest.slice('sha256:'.length);
}
