/** Which file a planned command runs. */
import { readBun } from './bun-options.js';
import { readNode } from './node-options.js';

/** The file that node or bun is given, if the command names one. */
export function entryFile([program, ...words]: readonly string[]): string | undefined {
	if (program !== 'node' && program !== 'bun') return undefined;
	const file = program === 'node' ? readNode(words).file : readBun(words).name;
	return file === undefined ? undefined : tidyPath(file);
}

/** Where that file's word stands in the command. */
export function entryPlace(command: readonly string[]): number {
	const [program, ...words] = command;
	const { file, args } = program === 'node' ? readNode(words) : { file: readBun(words).name, args: readBun(words).args };
	return file === undefined ? -1 : command.length - args.length - 1;
}

/** `./a/` is `a`, `./` is `.`. */
export function tidyPath(path: string): string {
	const tidy = path.replace(/^(?:\.\/+)+/, '').replace(/(?<=.)\/+$/, '');
	return tidy === '' ? '.' : tidy;
}
