/** JSON with comments and trailing commas, as tsconfig.json, angular.json and deno.json have them. */
import { type LocatedJson, parseJson } from './json.js';

/** Lines stay where they are. @throws TareError MANIFEST_INVALID */
export function parseJsonc(text: string, file: string): LocatedJson {
	return parseJson(withoutComments(text), file);
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,|[^",/]+|[\s\S]/g;

/** In linear time: one pass over tokens, in which a comma waits for what follows it. */
function withoutComments(text: string): string {
	let out = '';
	let comma = '';
	for (const [token] of text.matchAll(TOKEN)) {
		const blank = /^\/[/*]/.test(token) ? token.replace(/[^\n]/g, ' ') : /^\s+$/.test(token) ? token : undefined;
		if (blank !== undefined && comma === '') out += blank;
		else if (blank !== undefined) comma += blank;
		else if (token === ',') {
			out += comma;
			comma = token;
		} else {
			out += /^\s*[}\]]/.test(token) ? comma.replace(',', ' ') : comma;
			comma = '';
			out += token;
		}
	}
	return out + comma;
}
