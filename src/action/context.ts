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
		`Check it out with actions/checkout, and leave the input out or name a folder of the checkout: context: ${folderOf(placeholder?.[1] ?? subfolder(value))}`,
	);
}

/** As in `https://github.com/me/app.git#main:folder`. */
function subfolder(url: string): string {
	return /#[^:]*:(.+)$/.exec(url)?.[1] ?? '';
}

/** A folder above the checkout would be built without a word. */
function folderOf(path: string): string {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	return parts.length === 0 || parts.includes('..') ? '.' : parts.join('/');
}
