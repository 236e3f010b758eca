/** Matching of ignore patterns with many wildcards: in time that grows with pattern times path, where an expression would try every way. */
import { posix } from 'node:path';

type Token =
	| { readonly kind: 'one'; readonly matches: (char: string) => boolean }
	/** Any part of one name: `*`. */
	| { readonly kind: 'star' }
	/** Any rest: `**` at the end. */
	| { readonly kind: 'rest' }
	/** Any number of folders: `**` before something. */
	| { readonly kind: 'folders' };

/**
 * @param pattern in `.dockerignore` syntax, without `!` (https://docs.docker.com/build/concepts/context/#dockerignore-files)
 * @returns whether a path or one of its parents matches
 */
export function globMatcher(pattern: string): (path: string) => boolean {
	const clean = posix.normalize(pattern.trim()).replace(/(?<=.)\/$/, '');
	const tokens = tokensOf(clean.replace(/^\/(?=.)/, ''));
	return (path) => matches(tokens, path);
}

function tokensOf(pattern: string): readonly Token[] {
	const tokens: Token[] = [];
	const literal = (wanted: string): Token => ({ kind: 'one', matches: (char) => char.toLowerCase() === wanted.toLowerCase() });
	for (let at = 0; at < pattern.length; at++) {
		const [char = '', next] = [pattern[at], pattern[at + 1]];
		const set = char === '[' ? /^\[(?:\\.|[^\]\\])+\]/.exec(pattern.slice(at))?.[0] : undefined;
		if (char === '*' && next === '*') {
			at += pattern[at + 2] === '/' ? 2 : 1;
			tokens.push({ kind: at + 1 < pattern.length ? 'folders' : 'rest' });
		} else if (char === '*') tokens.push({ kind: 'star' });
		else if (char === '?') tokens.push({ kind: 'one', matches: (one) => one !== '/' });
		else if (set !== undefined) {
			const expression = new RegExp(`^${set}$`, 'i');
			tokens.push({ kind: 'one', matches: (one) => expression.test(one) });
			at += set.length - 1;
		} else if (char === '\\' && next !== undefined) tokens.push(literal(pattern[++at] ?? ''));
		else tokens.push(literal(char));
	}
	return tokens;
}

/** All places in the pattern at once, one character of the path after the other. A parent ends at a slash. */
function matches(tokens: readonly Token[], path: string): boolean {
	let places = new Set<number>();
	/** Places within `folders`, which end at a slash only. */
	let inside = new Set<number>();
	const enter = (at: number, reached: Set<number>, within: Set<number>): void => {
		for (let place = at; !reached.has(place); place++) {
			reached.add(place);
			const kind = tokens[place]?.kind;
			if (kind === 'folders') within.add(place);
			if (kind === undefined || kind === 'one') return;
		}
	};
	enter(0, places, inside);
	for (const char of path) {
		if (char === '/' && places.has(tokens.length)) return true;
		const [reached, within] = [new Set<number>(), new Set<number>()];
		for (const place of places) {
			const token = tokens[place];
			if (token?.kind === 'one' && token.matches(char)) enter(place + 1, reached, within);
			else if (token?.kind === 'rest' || (token?.kind === 'star' && char !== '/')) enter(place, reached, within);
		}
		for (const place of inside) {
			within.add(place);
			if (char === '/') enter(place + 1, reached, within);
		}
		[places, inside] = [reached, within];
	}
	return places.has(tokens.length);
}
