/** Blobs of images that others wrote are checked while they are read. */
import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { TareError } from '../errors.js';
import { hexOf } from '../oci/digest.js';
import type { Descriptor } from '../oci/types.js';

/** A stream that errors unless it carries exactly the descriptor's bytes. */
export function verified(source: Readable, { digest, size }: Descriptor, what: string): Readable {
	const hash = createHash('sha256');
	let seen = 0;
	const check = new Transform({
		highWaterMark: 1 << 20,
		transform(chunk: Buffer, _encoding, done) {
			seen += chunk.length;
			hash.update(chunk);
			done(seen > size ? invalidImage(what, `the blob ${digest} is longer than ${size} bytes`) : null, chunk);
		},
		flush(done) {
			done(seen === size && hash.digest('hex') === hexOf(digest) ? null : invalidImage(what, `the blob ${digest} does not match its digest`));
		},
	});
	return pipeline(source, check, () => undefined);
}

export function invalidImage(what: string, why: string): TareError {
	return new TareError('IMAGE_INVALID', `${what} is not a valid image: ${why}`, { hint: 'Make it again, or check that the copy is complete.' });
}
