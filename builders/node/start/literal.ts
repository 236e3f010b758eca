/** Objects as JavaScript writes them, with literal values only: what a configuration says without being run. */

class NotLiteral extends Error {}

const TOKEN = /\s+|\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`\\$]*`|[\w$.+-]+|[{}[\]:,;=()]/gy;

/** The value of `module.exports =` or `export default`, or of the text itself; undefined where any part of it has to be computed. */
export function literalOf(text: string): unknown {
	const start = /(?:module\.exports\s*=|export\s+default)/.exec(text);
	try {
		const tokens = tokensOf(start === null ? text : text.slice(start.index + start[0].length));
		const value = read(tokens);
		return tokens.every((token) => token === ';') ? value : undefined;
	} catch (error) {
		if (error instanceof NotLiteral) return undefined;
		throw error;
	}
}

function tokensOf(text: string): string[] {
	const tokens: string[] = [];
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < text.length) {
		const token = TOKEN.exec(text)?.[0];
		if (token === undefined) throw new NotLiteral();
		if (!/^(?:\s|\/\/|\/\*)/.test(token)) tokens.push(token);
	}
	return tokens;
}

function read(tokens: string[]): unknown {
	const token = tokens.shift();
	if (token === '{') return readObject(tokens);
	if (token === '[') return readArray(tokens);
	if (token === undefined) throw new NotLiteral();
	if (/^["'`]/.test(token)) return textOf(token);
	if (/^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(token)) return JSON.parse(token) as unknown;
	throw new NotLiteral();
}

function textOf(token: string): string {
	const inner = token.slice(1, -1);
	if (/\\[^\\'"/]/.test(inner)) throw new NotLiteral();
	return inner.replace(/\\(.)/g, '$1');
}

function readObject(tokens: string[]): Readonly<Record<string, unknown>> {
	const pairs: [string, unknown][] = [];
	while (tokens[0] !== '}') {
		const key = tokens.shift() ?? '';
		if (tokens.shift() !== ':') throw new NotLiteral();
		pairs.push([/^["']/.test(key) ? textOf(key) : key, read(tokens)]);
		if (tokens[0] === ',') tokens.shift();
		else if (tokens[0] !== '}') throw new NotLiteral();
	}
	tokens.shift();
	return Object.fromEntries(pairs);
}

function readArray(tokens: string[]): readonly unknown[] {
	const values: unknown[] = [];
	while (tokens[0] !== ']') {
		values.push(read(tokens));
		if (tokens[0] === ',') tokens.shift();
		else if (tokens[0] !== ']') throw new NotLiteral();
	}
	tokens.shift();
	return values;
}
