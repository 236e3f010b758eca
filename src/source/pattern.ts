/** Regular expressions of a project's own words. */

/** Longer than any name, path or pattern of a project; the compiler of expressions would run out of memory for a few hundred thousand. */
const LONGEST = 2000;
const NEVER = /(?!)/;

/** @param source words in it are escaped; too long, and nothing matches */
export function boundedPattern(source: string, flags = ''): RegExp {
	return source.length > LONGEST ? NEVER : new RegExp(source, flags);
}

export function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
