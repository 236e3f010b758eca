/** Scripts written for the command line of Windows, as a shell would have them. */

const SET = /(?<=(?:^|&)[^\S\n]{0,20})set\s+("?)([A-Za-z_]\w*)=([^"&|]*?)\s*\1\s*(?:&&|&)\s*/gi;
/** Text in quotes, or a backslash between parts of a path. */
const BACKSLASH = /"(?:[^"\\]|\\.)*"|'[^']*'|\\[^\w.]|(?<=[\w.])\\(?=[\w.])/g;

/** `set X=1&& node dist\index.js` → `export X='1' && node dist/index.js`; other lines as they are. */
export function fromWindows(line: string): string {
	return line
		.replace(SET, (_, _quote: string, name: string, value: string) => `export ${name}=${value.includes('%') ? `"${value}"` : `'${value}'`} && `)
		.replace(/%([A-Za-z_]\w*)%/g, '$$$1')
		.replace(BACKSLASH, (found) => (found === '\\' ? '/' : found));
}
