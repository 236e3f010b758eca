/** Which platforms a package is for: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#os and the fields after it. */
import { nodeArchitecture } from './target.js';

export interface PlatformLimits {
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
}

/** Of an entry of a lock file; a single word stands for a list of one. */
export function limitsOf(entry: Readonly<Record<string, unknown>>): PlatformLimits {
	const read = (key: string): readonly string[] => [entry[key] ?? []].flat().filter((one) => typeof one === 'string');
	return Object.fromEntries(['os', 'cpu', 'libc'].map((key) => [key, read(key)] as const).filter(([, words]) => words.length > 0));
}

/** @param architecture OCI name */
export function isInstalledOn({ os, cpu, libc }: PlatformLimits, architecture: string): boolean {
	return allows(os, 'linux') && allows(cpu, nodeArchitecture(architecture)) && allows(libc, 'glibc');
}

/** Words after `!` are excluded; where there are only such, all others are allowed. */
function allows(words: readonly string[] = [], word: string): boolean {
	if (words.includes(`!${word}`)) return false;
	const named = words.filter((one) => !one.startsWith('!') && one !== 'any' && one !== 'none');
	return named.length === 0 || named.includes(word);
}
