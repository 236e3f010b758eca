/** `serve DIR` and `http-server DIR`: our own file server does what they do. */

import { tidyPath } from './entry.js';
import { named, readOptions } from './options.js';
import type { Program, Walk } from './walk.js';

const takesValue = named(
	'-l --listen -p --port -c --config -a -d -i -e --ext -P --proxy -t --cors-origin -C --cert -K --key --username --password -b --base-dir --ssl-cert --ssl-key',
);

/** @param words behind the program's name */
export function serveFolder(program: string, words: readonly string[], { found }: Walk): Program {
	// Options may stand behind the folder.
	const options = [];
	const folders = [];
	for (let rest = words; rest.length > 0; ) {
		const read = readOptions(rest, takesValue);
		options.push(...read.options);
		folders.push(...read.rest.slice(0, 1));
		rest = read.rest.slice(1);
	}
	// http-server looks for `public` first.
	const folder = tidyPath(folders[0] ?? '.');
	const roots = [...(folders.length === 0 && program === 'http-server' ? ['public'] : []), folder === '.' ? '' : folder].map((root) =>
		[found.folder, root].filter((part) => part !== '').join('/'),
	);
	found.notes.push(`${program} is not in the image: our file server serves ${roots[0] === '' ? "the app's folder" : roots[0]}`);
	return { kind: 'site', roots, singlePage: options.some(({ name }) => name === '-s' || name === '--single') };
}
