/** The program that fills variables into a start command when the container starts: an image without a shell needs none for `$PORT`. */
import { TareError } from '../../errors.js';
import { type Entry, imagePath } from '../../layers/entry.js';
import { formatPlatform } from '../../oci/platform.js';
import type { Platform } from '../../oci/types.js';
import { PROGRAMS } from './programs.js';

const PATH = 'usr/local/lib/tare/launch';

/** @param words with variables, as `parseCommandLine` keeps them; the first names a program by its whole path */
export function launched({ words, env }: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> }): readonly string[] {
	return [`/${PATH}`, ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...words];
}

/** Where the program stands in a command, behind the launcher and what that sets. */
export function programIndex(command: readonly string[]): number {
	return command[0] === `/${PATH}` ? command.findIndex((word, at) => at > 0 && !/^[A-Za-z_]\w*=/.test(word)) : 0;
}

/** @throws TareError START_UNSUPPORTED for a processor that has none */
export function launcherEntry(platform: Platform): Entry {
	const program = PROGRAMS[platform.architecture];
	if (program === undefined)
		throw new TareError('START_UNSUPPORTED', `the start command names a variable, which cannot be filled in on ${formatPlatform(platform)}`, {
			hint: 'Write its value into the command, or read the variable in the program.',
		});
	const bytes = Buffer.from(program, 'base64');
	return { type: 'file', path: imagePath(PATH), mode: 0o755, size: bytes.length, content: { kind: 'bytes', bytes } };
}
