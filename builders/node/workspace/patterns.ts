/** Which folders the patterns of a workspace name, as the tool that installs it reads them. */
import { posix } from 'node:path';
import picomatch from 'picomatch';

/** The tools that read a declaration, each with rules of its own. */
export type PatternReader = 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun';

/** Longer or more entangled patterns are no workspace's, and a regular expression could take hours over them. */
const LIMITS = { patterns: 1000, length: 512, wildcards: 3, globstars: 4, depth: 64 };

type Match = (folder: string) => boolean;
/** What the patterns that start with `!` mean: each tool's own order. */
type Order = (patterns: readonly string[]) => Match;

const EXCLUSIONS: Readonly<Record<PatternReader, Order>> = {
	npm: npmOrder,
	pnpm: excludedAnywhere,
	// Yarn 1 hands the pattern to glob, which gives "!" no meaning.
	yarn: (patterns) => anyOf(patterns.filter((each) => !each.startsWith('!'))),
	'yarn-berry': (patterns) => {
		const match = excludedAnywhere(patterns);
		// `packages/a/**` is what is in the folder, not the folder itself.
		const alone = new Set(patterns.filter((each) => /^[^*?[{(!]+\/\*\*$/.test(each)).map((each) => each.slice(0, -3)));
		return (folder) => match(folder) && !(alone.has(folder) && !matchesWithout(patterns, `${folder}/**`)(folder));
	},
	bun: bunOrder,
};

/** @param patterns none of which `tooComplex` names */
export function folderMatcher(patterns: readonly string[], reader: PatternReader): Match {
	const match = EXCLUSIONS[reader](patterns.map((each) => normal(each, reader)));
	return (folder) => folder !== '' && !/(?:^|\/)node_modules(?:\/|$)/.test(folder) && folder.split('/').length <= LIMITS.depth && match(folder);
}

/** The first pattern that nobody would write by hand. */
export function tooComplex(patterns: readonly string[]): string | undefined {
	if (patterns.length > LIMITS.patterns) return patterns[LIMITS.patterns];
	return patterns.find(
		(each) => each.length > LIMITS.length || (each.match(/\*\*/g)?.length ?? 0) > LIMITS.globstars || mostWildcards(each) > LIMITS.wildcards,
	);
}

/** `!` apart, `./a/`, `a//b` and `a/../b` are written as folders of the index are. */
function normal(pattern: string, reader: PatternReader): string {
	const [marks = ''] = /^!*/.exec(pattern) ?? [];
	const body = reader === 'npm' ? pattern.slice(marks.length).replaceAll('\\', '/').replace(/^\/+/, '') : pattern.slice(marks.length);
	const negated = reader === 'npm' ? marks.length % 2 === 1 : marks !== '';
	// Bun compares an exclusion as it is written.
	const path = reader === 'bun' && negated ? body : posix.normalize(body === '' ? '.' : body).replace(/(?<=.)\/$/, '');
	return `${negated ? '!'.repeat(reader === 'npm' ? 1 : marks.length) : ''}${path}`;
}

function compile(pattern: string, noextglob = false): Match {
	// The tools read `[!a]` and `[^a]` alike.
	return picomatch(pattern.replace(/(?<!\\)\[!/g, '[^'), { nonegate: true, noextglob });
}

function anyOf(patterns: readonly string[]): Match {
	const all = patterns.map((each) => compile(each));
	return (folder) => all.some((match) => match(folder));
}

function matchesWithout(patterns: readonly string[], left: string): Match {
	return excludedAnywhere(patterns.filter((each) => each !== left));
}

function excludedAnywhere(patterns: readonly string[]): Match {
	const included = anyOf(patterns.filter((each) => !each.startsWith('!')));
	const excluded = anyOf(patterns.filter((each) => each.startsWith('!')).map((each) => each.slice(1)));
	return (folder) => included(folder) && !excluded(folder);
}

/** A pattern takes back the exclusions before it that would exclude the pattern itself: https://github.com/npm/map-workspaces */
function npmOrder(patterns: readonly string[]): Match {
	const included: string[] = [];
	let excluded: string[] = [];
	for (const each of patterns) {
		if (each.startsWith('!')) excluded.push(each.slice(1));
		else {
			included.push(each);
			excluded = excluded.filter((exclusion) => !compile(exclusion)(each));
		}
	}
	return excludedAnywhere([...included, ...excluded.map((each) => `!${each}`)]);
}

/** Patterns speak in turn; extended globs have no meaning. */
function bunOrder(patterns: readonly string[]): Match {
	const steps = patterns.map((each) => ({ adds: !each.startsWith('!'), match: compile(each.replace(/^!/, ''), true) }));
	return (folder) => steps.reduce((named, { adds, match }) => (match(folder) ? adds : named), false);
}

/** Wildcards that one part of a path has to share its characters among; of alternatives the worst counts. */
function mostWildcards(pattern: string): number {
	let most = 0;
	let count = 0;
	const open: Group[] = [];
	for (const [at, character] of [...pattern].entries()) {
		const group = open.at(-1);
		const before = pattern[at - 1] ?? '';
		if (character === '{' || character === '(') {
			open.push({ before: count, worst: 0, repeats: character === '(' && /[*+]/.test(before), starts: [pattern[at + 1] ?? ''] });
			count = 0;
		} else if (group !== undefined && /[,|]/.test(character)) {
			group.worst = Math.max(group.worst, count);
			group.starts.push(pattern[at + 1] ?? '');
			count = 0;
		} else if (group !== undefined && /[})]/.test(character)) {
			open.pop();
			const worst = Math.max(group.worst, count);
			count = group.before + (group.repeats && (worst > 0 || isAmbiguous(group)) ? LIMITS.wildcards + 1 : worst);
		} else if (character === '/') count = 0;
		else if ((character === '*' && before !== '*') || (character === '+' && pattern[at + 1] === '(')) count += 1;
		most = Math.max(most, count);
	}
	return most;
}

interface Group {
	/** Wildcards in front of it. */
	readonly before: number;
	/** Wildcards of its worst alternative so far. */
	worst: number;
	readonly repeats: boolean;
	/** The first character of each alternative. */
	readonly starts: string[];
}

/** What is repeated must not be readable in two ways: the number of readings grows with every repetition. */
function isAmbiguous({ starts }: Group): boolean {
	return new Set(starts).size < starts.length || starts.some((start) => /[*+@!?({[\\]/.test(start));
}
