/** The input `context`: a folder of the checkout. */
import { type Environment, invalidInput, text } from './inputs.js';

/** Docker's actions also take repositories, and know their own by a placeholder. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i;

/** @returns a path, relative to the working folder @throws TareError USAGE */
export function readContext(env: Environment): string {
	const value = text(env, 'context') || '.';
	const placeholder = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/.exec(value);
	if (placeholder === null && !REMOTE.test(value)) return value;
	throw invalidInput(
		'context',
		`"${value}" is a repository, and Tare builds a folder`,
		`Check it out with actions/checkout, and write context: ${placeholder?.[1] || '.'}.`,
	);
}
