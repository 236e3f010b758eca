/** Which scripts of a package run when some are asked for: those with pre and post before their names, and those that they call. */
import { parseCommandLine } from '../../../src/builder/command-line.js';
import { listCommands } from '../../../src/builder/command-list.js';
import { calledScript } from './runners.js';

type Scripts = Readonly<Record<string, string>>;

/** @param runsPrePost whether the package manager runs `prebuild` before `build`: Yarn 2 and later do not */
export function reachableScripts(scripts: Scripts, asked: readonly string[], runsPrePost: boolean): ReadonlySet<string> {
	const found = new Set<string>();
	const open = asked.filter((name) => Object.hasOwn(scripts, name));
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (found.has(name)) continue;
		found.add(name);
		const around = runsPrePost ? [`pre${name}`, `post${name}`] : [];
		open.push(...[...around, ...calledBy(scripts[name] ?? '', scripts)].filter((other) => Object.hasOwn(scripts, other)));
	}
	return found;
}

/** Tools that take names of scripts, or patterns of them, as arguments. */
const MANY = /(?:^|[\s;&|])(?:run-s|run-p|npm-run-all2?|concurrently|turbo|wireit|lage)\s([^;&|]*)/g;

function calledBy(line: string, scripts: Scripts): readonly string[] {
	const commands = (listCommands(line) ?? line.split(/&&|\|\||[;|&()]/).map((text) => ({ text }))).map(({ text }) => text);
	const called = commands.map((text) => {
		const parsed = parseCommandLine(text, { variables: true });
		return calledScript(parsed.kind === 'commands' ? (parsed.commands[0]?.words ?? []) : text.trim().split(/\s+/), scripts);
	});
	const listed = [...line.matchAll(MANY)].flatMap(([, args = '']) => args.split(/[\s"']+/).map((word) => word.replace(/^npm:/, '')));
	const fits = (word: string): readonly string[] =>
		word.endsWith('*') ? Object.keys(scripts).filter((name) => name.startsWith(word.replace(/\*+$/, ''))) : [word];
	return [...called.filter((name) => name !== undefined), ...listed.flatMap(fits)];
}
