/** JSON with comments and trailing commas, as configuration files of many tools have it. */

/** Strings are left alone, comments and trailing commas go. */
export function withoutComments(text: string): string {
	return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*(?:\/\/[^\n]*\s*)*[}\]])/g, (_, string: string | undefined) => string ?? '');
}
