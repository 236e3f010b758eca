/** Does a Go file count when building for Linux? https://pkg.go.dev/cmd/go#hdr-Build_constraints */

const SYSTEMS = 'aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos';
const PROCESSORS = '386|amd64|arm|arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|riscv64|s390x|sparc64|wasm';
const FOREIGN = new RegExp(`^(?:${SYSTEMS}|${PROCESSORS}|ignore|tools)$`);
/** A processor is left open: the file counts on one that has it. */
const ALWAYS = /^(?:linux|unix|gc|cgo|amd64|arm64|go1\.\d+)$/;
const NO_TAGS: ReadonlySet<string> = new Set();
const SUFFIX = new RegExp(`_(?:(${SYSTEMS})_(?:${PROCESSORS})|(${SYSTEMS}))$`);

/** @param name of the file @param head text before the package clause @param tags that the build is given */
export function buildsOnLinux(name: string, head: string, tags: ReadonlySet<string> = NO_TAGS): boolean {
	const holds = (tag: string): boolean => tags.has(tag) || ALWAYS.test(tag);
	const stem = name.replace(/\.go$/, '');
	const suffix = SUFFIX.exec(stem);
	const system = suffix?.[1] ?? suffix?.[2];
	if (stem.endsWith('_test') || /^[._]/.test(name) || (system !== undefined && system !== 'linux')) return false;
	const constraint = /^\/\/go:build (.+)$/m.exec(head)?.[1];
	if (constraint !== undefined) return evaluate(constraint, holds);
	// The form before Go 1.17: lines are joined by "and", words by "or", commas by "and".
	const old = [...head.matchAll(/^\/\/ \+build (.+)$/gm)].map((match) => match[1] as string);
	return old.every((line) =>
		line
			.trim()
			.split(/\s+/)
			.some((option) => option.split(',').every((tag) => (tag.startsWith('!') ? !holds(tag.slice(1)) : holds(tag)))),
	);
}

/** Tags of the project's own that a file asks for: `heroku` in `//go:build heroku && !debug`. */
export function tagsAskedFor(head: string): readonly string[] {
	const lines = [...head.matchAll(/^\/\/(?:go:build| \+build) (.+)$/gm)].map((match) => match[1] as string);
	const words = lines.flatMap((line) => line.match(/!?[\w.]+/g) ?? []);
	return [...new Set(words.filter((word) => !word.startsWith('!') && !ALWAYS.test(word) && !FOREIGN.test(word)))];
}

function evaluate(text: string, holds: (tag: string) => boolean): boolean {
	const tokens = text.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
	let at = 0;
	const or = (): boolean => {
		let value = and();
		while (tokens[at] === '||') {
			at++;
			value = and() || value;
		}
		return value;
	};
	const and = (): boolean => {
		let value = not();
		while (tokens[at] === '&&') {
			at++;
			value = not() && value;
		}
		return value;
	};
	const not = (): boolean => {
		const token = tokens[at++];
		if (token === '!') return !not();
		if (token !== '(') return holds(token ?? '');
		const value = or();
		at++;
		return value;
	};
	return or();
}
