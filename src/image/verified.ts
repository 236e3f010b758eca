/** Blobs of images that others wrote are checked while they are read. */
import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { TareError } from '../errors.js';
import { hexOf, sha256 } from '../oci/digest.js';
import { SMALL_BLOB } from '../oci/small-blob.js';
import type { Descriptor } from '../oci/types.js';
import type { FileSource } from './file-source.js';

/** A blob of a folder or an archive. @throws TareError IMAGE_INVALID, or the stream does, unless it carries exactly the descriptor's bytes */
export function verifiedFile(files: FileSource, name: string, descriptor: Descriptor): Readable {
	if (descriptor.size > SMALL_BLOB || files.size(name) !== descriptor.size) return verified(files.stream(name), descriptor, files.what);
	const bytes = files.read(name);
	if (sha256(bytes) !== descriptor.digest) throw mismatch(descriptor, files.what);
	return Readable.from([bytes], { objectMode: false });
}

/** A stream that errors unless it carries exactly the descriptor's bytes. */
export function verified(source: Readable, descriptor: Descriptor, what: string): Readable {
	const { digest, size } = descriptor;
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
			done(seen === size && hash.digest('hex') === hexOf(digest) ? null : mismatch(descriptor, what));
		},
	});
	return pipeline(source, check, () => undefined);
}

function mismatch({ digest }: Descriptor, what: string): TareError {
	return invalidImage(what, `the blob ${digest} does not match its digest`);
}

export function invalidImage(what: string, why: string): TareError {
	return new TareError('IMAGE_INVALID', `${what} is not a valid image: ${why}`, { hint: 'Make it again, or check that the copy is complete.' });
}
