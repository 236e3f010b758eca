/** What Maven says while it packs: the goals it runs, and the options that javac gets. */
import { stripVTControlCharacters } from 'node:util';

export interface MavenLog {
	hear(line: string): void;
	/** `compiler:compile`, without prefixes of plugins' names and without versions; undefined where a line could not be read. */
	goals(): readonly string[] | undefined;
	/** Lines of options, one for each time that javac ran. */
	options(): readonly string[];
}

/** Maven 3.8 writes `--- maven-compiler-plugin:3.14.1:compile (default-compile) @ app ---`, later ones `--- compiler:3.14.1:compile ...`. */
const GOAL = /^\[INFO\] --- (?:[\w.-]+:)?([\w.-]+):[\w.-]+:([\w-]+) \([^)]*\) @ \S+ ---$/;
const OPTIONS = '[DEBUG] Command line options:';

export function listen(): MavenLog {
	const goals: (string | undefined)[] = [];
	const options: string[] = [];
	let next = false;
	return {
		hear(raw) {
			// Maven colours what it writes, where it is told to.
			const line = stripVTControlCharacters(raw);
			if (next) options.push(line.replace(/^\[DEBUG\] /, ''));
			next = line === OPTIONS;
			if (!line.startsWith('[INFO] --- ')) return;
			const [, plugin, goal] = GOAL.exec(line) ?? [];
			goals.push(plugin === undefined ? undefined : `${plugin.replace(/^maven-|-maven-plugin$|-plugin$/g, '')}:${goal}`);
		},
		goals: () => (goals.every((goal) => goal !== undefined) ? goals : undefined),
		options: () => options,
	};
}

/** Options that are followed by a value. */
const VALUED = new Set([
	...['-d', '-s', '-h', '-classpath', '-cp', '--class-path', '-sourcepath', '--source-path', '-encoding', '-source', '-target', '--source', '--target'],
	...['--release', '-processorpath', '--processor-path', '-processor', '-p', '--module-path', '--add-modules', '--module-version'],
]);

/** Options with their values; undefined where a word is neither, as in a path with a space. */
export function splitOptions(line: string): readonly (readonly string[])[] | undefined {
	const words = line.split(' ').filter((word) => word !== '');
	const found: (readonly string[])[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		if (!word.startsWith('-')) return undefined;
		const value = VALUED.has(word) ? words[++at] : undefined;
		if (VALUED.has(word) && (value === undefined || value.startsWith('-'))) return undefined;
		found.push(value === undefined ? [word] : [word, value]);
	}
	return found;
}
