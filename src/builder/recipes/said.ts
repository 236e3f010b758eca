/** What the plan has of a project's own build commands: the words are the same for every language. */
import type { Reason } from '../contract.js';
import type { Recipe } from './words.js';

/** @param hint what to do instead, after a semicolon */
export function leftOut({ file, line }: Pick<Recipe, 'file' | 'line'>, what: string, hint?: string): Reason {
	return { file, line, says: `left out: ${what}${hint === undefined ? '' : `; ${hint}`}` };
}

/** Of a value that the file does not have. */
export function leftOpen(recipe: Pick<Recipe, 'file' | 'line'>, what: string, hint?: string): Reason {
	return leftOut(recipe, `${what}, whose value is only known when the command runs`, hint);
}

/** Several commands say the same. */
export function distinct(reasons: readonly Reason[]): Reason[] {
	return [...new Map(reasons.map((reason) => [reason.says, reason])).values()];
}
