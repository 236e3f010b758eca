/** `node ...` of a start command: what Node would run, without watching files, with what the image has. */
import { refuseDevelopment } from './development.js';
import { tidyPath } from './entry.js';
import { envFileWords } from './env-files.js';
import { type NodeCommand, readNode } from './node-options.js';
import { named, type Option } from './options.js';
import { isLoader, packageOf, refuseSource } from './source-runners.js';
import { type Program, unsupported, type Walk } from './walk.js';

const WATCHES = named('--watch --watch-path --watch-preserve-output --watch-kill-signal');
const PRELOADS = named('-r --require --import --loader --experimental-loader');

/** @param words behind `node` @throws TareError START_UNSUPPORTED */
export function runNode(words: readonly string[], walk: Walk): Program {
	const command = readNode(words);
	const { file, args } = command;
	if (words.length === 0 || file === '-') throw unsupported(walk, 'Node would read its program from the terminal');
	if (file === 'inspect' || file === 'debug') throw unsupported(walk, `"node ${file}" is a debugger`);
	if (file !== undefined) refuseByFile(tidyPath(file), args, walk);
	const options = command.options.filter(({ name }) => !WATCHES(name));
	if (options.length < command.options.length) walk.found.notes.push('node runs without watching files');
	for (const option of options) checkPreload(option, { ...command, options }, walk);
	const flags = options.flatMap((option) => (option.name === '--env-file' ? envFileWords(option, walk) : option.words));
	const rest =
		file === undefined ? [...(command.ended ? ['--'] : []), ...args] : [...(command.ended && file.startsWith('-') ? ['--'] : []), programFile(file), ...args];
	return { kind: 'command', words: ['node', ...flags, ...rest] };
}

/** Programs of packages have one spelling, so that the build finds their file. */
function programFile(file: string): string {
	return /^(?:\.\/)+node_modules\/\.bin\//.test(file) ? tidyPath(file) : file;
}

/** `node node_modules/vite/bin/vite.js`, `node ace serve` */
function refuseByFile(file: string, args: readonly string[], walk: Walk): void {
	const program = /(?:^|\/)node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
	if (program !== undefined) refuseDevelopment(program, args, walk);
	if (/^ace(?:\.js)?$/.test(file) && args[0] === 'serve')
		throw unsupported(walk, '"ace serve" is a development server', undefined, { development: true, tool: 'ace', browser: false });
}

/** A module that Node loads first has to be in the image. */
function checkPreload({ name, value = '' }: Option, command: NodeCommand, walk: Walk): void {
	const { production, development } = walk.project;
	const owner = PRELOADS(name) ? packageOf(value) : '';
	if (owner === '' || production.includes(owner) || !development.includes(owner)) return;
	const says = `${owner} is a development dependency: the image does not have it`;
	if (isLoader(value)) throw refuseSource(says, owner, command.options, command.file, command.args, walk);
	throw unsupported(walk, says, `Move ${owner} to "dependencies".`);
}
