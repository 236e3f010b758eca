/** The program that fills variables into a start command when the container starts: an image without a shell needs none for `$PORT`. */
import { TareError } from '../../errors.js';
import { type Entry, imagePath } from '../../layers/entry.js';
import { formatPlatform } from '../../oci/platform.js';
import type { Platform } from '../../oci/types.js';
import { LAUNCHER } from './command.js';
import { PROGRAMS } from './programs.js';

/** @throws TareError START_UNSUPPORTED for a processor that has none */
export function launcherEntry(platform: Platform): Entry {
	const program = PROGRAMS[platform.architecture];
	if (program === undefined)
		throw new TareError('START_UNSUPPORTED', `the start command names a variable, which cannot be filled in on ${formatPlatform(platform)}`, {
			hint: 'Write its value into the command, or read the variable in the program.',
		});
	const bytes = Buffer.from(program, 'base64');
	return { type: 'file', path: imagePath(LAUNCHER), mode: 0o755, size: bytes.length, content: { kind: 'bytes', bytes } };
}
