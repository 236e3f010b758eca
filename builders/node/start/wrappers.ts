/** Programs that only set something up for the command behind them: what they set up becomes the image's, and they are left out. */
import { hasOptionalFiles, isShipped } from './env-files.js';
import { lastValue, named, readOptions } from './options.js';
import { asText, unsupported, type Walk } from './walk.js';

/** What is started in the end: words as they are, or a line that the wrapper gives to a shell. */
export type Wrapped = { readonly words: readonly string[] } | { readonly line: string };
export type Wrapper = (words: readonly string[], walk: Walk) => Wrapped;

/** By program; each gets the words behind its name. */
export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
	'cross-env': (words, walk) => ({ words: takeAssignments(words, walk) }),
	'cross-env-shell': (words, walk) => ({ line: takeAssignments(words, walk).map(asText).join(' ') }),
	env: plainEnv,
	exec: (words) => ({ words }),
	dotenv,
	'dotenv-cli': dotenv,
	'env-cmd': envCmd,
	npx,
	pnpx: npx,
	bunx: npx,
};

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/;

function takeAssignments(words: readonly string[], { found }: Walk): readonly string[] {
	const at = words.findIndex((word) => !ASSIGNMENT.test(word));
	for (const word of words.slice(0, at < 0 ? undefined : at)) {
		const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
		found.env[name] = value;
	}
	return at < 0 ? [] : words.slice(at);
}

function plainEnv(words: readonly string[], walk: Walk): Wrapped {
	if (words[0]?.startsWith('-') === true) throw unsupported(walk, `"env ${words[0]}" takes variables away, and the image cannot`);
	return { words: takeAssignments(words, walk) };
}

const NPX_FLAGS = named('-y --yes --no --no-install -q --quiet -s --silent --prefer-offline --offline --ignore-existing --bun');

function npx(words: readonly string[], walk: Walk): Wrapped {
	const { options, rest } = readOptions(words, named('-p --package -c --call'));
	const call = lastValue(options, '-c', '--call');
	if (call !== undefined) return { line: asText(call) };
	const odd = options.find(({ name }) => !NPX_FLAGS(name) && name !== '-p' && name !== '--package');
	if (odd !== undefined) throw unsupported(walk, `npx reads ${odd.name} itself`);
	const [program = '', ...args] = rest;
	return { words: rest.length === 0 ? [] : [program.replace(/(?<=.)@[^/]*$/, ''), ...args] };
}

/** https://github.com/entropitor/dotenv-cli: without a file it goes on, and what is set stays. */
function dotenv(words: readonly string[], walk: Walk): Wrapped {
	const { options, rest } = readOptions(words, named('-e --env -v --variable -p'));
	const odd = options.find(({ name }) => !/^(?:-e|--env|-v|--variable|-o|--override|--no-expand|--quiet)$/.test(name));
	if (odd !== undefined) throw unsupported(walk, `dotenv ${odd.name} starts nothing`);
	for (const { name, value } of options) if (/^(?:-v|--variable)$/.test(name) && value !== undefined) takeAssignments([value], walk);
	const given = options.flatMap(({ name, value }) => (/^(?:-e|--env)$/.test(name) && value !== undefined ? [value] : []));
	const files = [...(given.length === 0 ? ['.env'] : given)];
	return withFiles('dotenv', files, rest, walk);
}

/** https://github.com/toddbluhm/env-cmd: the first word was the file before version 9. */
function envCmd(words: readonly string[], walk: Walk): Wrapped {
	const { options, rest } = readOptions(words, named('-f --file -e --environments -r --rc-file'));
	const [first = ''] = rest;
	const old = options.length === 0 && /(?:^|\/)\.env[\w.-]*$|^\.\//.test(first);
	if (options.some(({ name }) => /^(?:-e|--environments|-r|--rc-file)$/.test(name)))
		throw unsupported(walk, 'env-cmd takes its variables from .env-cmdrc', 'Give the variables to the container, and start the command behind env-cmd.');
	if (options.some(({ name }) => /^(?:-x|--expand-envs|--use-shell)$/.test(name))) throw unsupported(walk, 'env-cmd fills in the words of the command');
	return withFiles('env-cmd', [old ? first : (lastValue(options, '-f', '--file') ?? '.env')], old ? rest.slice(1) : rest, walk);
}

/** Files that the image has are read by Node; the others are the container's to give. */
function withFiles(program: string, files: readonly string[], words: readonly string[], walk: Walk): Wrapped {
	const shipped = files.filter((file) => isShipped(file, walk));
	for (const file of files.filter((each) => !shipped.includes(each)))
		walk.found.notes.push(`left out "${program}": ${file} is not in the image; give its variables to the container`);
	if (shipped.length === 0) return { words };
	const [command = '', ...args] = words;
	const literal = shipped.every((file) => !/[$`]/.test(walk.project.source.text(file) ?? '$'));
	if (!/^node(?:js)?$/.test(command) || !literal || !hasOptionalFiles(walk.project.node))
		throw unsupported(walk, `${program} reads ${shipped.join(', ')}`, `Read the file in the app, or write "node --env-file=${shipped[0]} FILE".`);
	walk.found.notes.push(`Node reads ${shipped.join(', ')} in place of ${program}`);
	return { words: [command, ...shipped.map((file) => `--env-file-if-exists=${file}`), ...args] };
}
