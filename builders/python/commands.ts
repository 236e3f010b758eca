/** A command line of a Procfile or of the user becomes words that run without a shell; variables are kept for the launcher. */
import { posix } from 'node:path';
import { parseCommandLine, type SimpleCommand, shortened } from '../../src/builder/command-line.js';
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { LAUNCH } from './launcher.js';
import type { Start } from './start.js';

const SHELLS = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|)sh$/;
/** Tools that run a command inside an environment which the image is itself. */
const RUNNERS: readonly (readonly string[])[] = [
	['uv', 'run'],
	['poetry', 'run'],
	['pipenv', 'run'],
	['pdm', 'run'],
	['hatch', 'run'],
	['rye', 'run'],
];

/** @throws TareError START_UNSUPPORTED */
export function readCommand(line: string, reason: Reason): Start {
	const parsed = parseCommandLine(line, { variables: true });
	if (parsed.kind === 'needs-shell') throw unsupported(line, `${parsed.construct} needs a shell, and the image has none`, reason);
	let folder = '';
	const commands: SimpleCommand[] = [];
	for (const { words, env } of parsed.commands) {
		if (words[0] === 'cd' && words.length === 2 && commands.length === 0) folder = posix.normalize(posix.join(folder, words[1] as string));
		else if (words.length > 0) commands.push({ words: programOf(words, line, reason), env });
	}
	if (folder.startsWith('..')) throw unsupported(line, `cd ${folder} leaves the app's folder`, reason);
	if (commands.length === 0) throw unsupported(line, 'it runs nothing', reason);
	const place = folder === '.' ? '' : folder.replace(/\/$/, '');
	return { commands, folder: place, roots: [place], reason };
}

function programOf(words: readonly string[], line: string, reason: Reason): readonly string[] {
	const runner = RUNNERS.find((one) => one.every((word, at) => words[at] === word));
	const rest =
		runner === undefined
			? words
			: words.slice(runner.length).filter((word, at, all) => !(word.startsWith('--') && all.slice(0, at).every((other) => other.startsWith('--'))));
	const [program = ''] = rest;
	if (SHELLS.test(program) || program.endsWith('.sh')) throw unsupported(line, `${program} needs a shell, and the image has none`, reason);
	if (/^(?:\/usr(?:\/local)?\/bin\/)?python(?:3(?:\.\d+)?)?$/.test(program)) return ['python', ...rest.slice(1)];
	return program.endsWith('.py') ? ['python', ...rest] : rest;
}

function unsupported(line: string, why: string, { file, line: at }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${shortened(line)}": ${why}`, {
		hint: 'Write one program with its arguments, for example "web: gunicorn app:app"; $PORT, NAME=value, cd and && are understood. Pipes and scripts can become a Python file of the project, or a process type of their own (--process NAME).',
		...(file !== undefined && { at: { file, ...(at !== undefined && { line: at }) } }),
	});
}

export interface Runnable {
	readonly command: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** The command names variables or other commands, and the launcher has to be in the image. */
	readonly launched: boolean;
}

/** One command without variables runs as it is. */
export function runnable(commands: readonly SimpleCommand[]): Runnable {
	const [only] = commands;
	const words = commands.flatMap(({ words: own, env }) => [...Object.values(env), ...own]);
	if (commands.length === 1 && only !== undefined && !words.some((word) => /\$(?!\$)/.test(word.replaceAll('$$', '')))) {
		return { command: only.words.map(plain), env: Object.fromEntries(Object.entries(only.env).map(([name, text]) => [name, plain(text)])), launched: false };
	}
	const joined = commands.flatMap(({ words: own, env }, at) => [
		...(at === 0 ? [] : ['&&']),
		...Object.entries(env).map(([name, text]) => `${name}=${text}`),
		...own,
	]);
	return { command: [...LAUNCH, ...joined], env: {}, launched: true };
}

function plain(word: string): string {
	return word.replaceAll('$$', '$');
}
