/** Packages that their authors publish twice, as source and compiled, under two names: an image gets the compiled one. */

/** Same versions, same module; on the machine that builds, the source would need the database's header files. */
const TWINS: readonly (readonly [RegExp, string])[] = [[/^psycopg2(?=\s*(?:[=<>!~;,#(]|$))/gim, 'psycopg2-binary']];

/** @param text requirement lines; the hash of a source archive says nothing of its twin */
export function withTwins(text: string): string {
	return text
		.split('\n')
		.map((line) => {
			const renamed = TWINS.reduce((all, [pattern, twin]) => all.replace(pattern, twin), line);
			return renamed === line ? line : renamed.replace(/\s*--hash=\S+/g, '').replace(/\s*\\$/, '');
		})
		.join('\n');
}
