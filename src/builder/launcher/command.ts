/** The words of a command whose variables are filled in when the container starts. */

/** Place of the program that does it, below the image's root. */
export const LAUNCHER = 'usr/local/lib/tare/launch';

/** @param words with variables, as `parseCommandLine` keeps them; the first names a program by its whole path */
export function launched({ words, env }: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> }): readonly string[] {
	return [`/${LAUNCHER}`, ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...words];
}

/** Where the program stands in a command, behind the launcher and what that sets. */
export function programIndex(command: readonly string[]): number {
	return command[0] === `/${LAUNCHER}` ? command.findIndex((word, at) => at > 0 && !/^[A-Za-z_]\w*=/.test(word)) : 0;
}
