/** Words in front of a program that only find and run it: npx, pnpm exec, yarn run, cross-env and the like. */

/** Each with the words after its name that it takes for itself. */
const RUNNERS: readonly RegExp[] = [
	/^(?:npx|bunx|pnpx)(?: (?:-y|--yes|--no|--no-install|--bun|--quiet|-q|--))* /,
	/^npm (?:exec|x)(?: (?:-y|--yes|--no|--))* /,
	/^(?:pnpm|yarn|bun) (?:exec|dlx|x|run)(?: (?:-s|--silent|-T|--))* /,
	/^(?:pnpm|yarn) (?=(?:husky|simple-git-hooks|lefthook|patch-package|prisma)(?: |$))/,
	/^(?:cross-env|cross-env-shell|env)(?: [A-Za-z_]\w*=\S*)* /,
];

export function withoutRunner(words: readonly string[]): readonly string[] {
	let rest = words;
	for (let before = -1; before !== rest.length; ) {
		before = rest.length;
		const line = `${rest.join(' ')} `;
		for (const runner of RUNNERS) {
			const taken = runner.exec(line)?.[0].trim();
			if (taken !== undefined) rest = rest.slice(taken.split(' ').length);
			if (taken !== undefined) break;
		}
	}
	return rest;
}

/** Commands of the package managers themselves; a script of that name needs `run`. */
const OWN_COMMANDS = /^(?:install|i|ci|add|remove|exec|x|dlx|publish|pack|update|up|link|init|create|config|cache|dedupe|outdated|rebuild)$/;

/** @returns the script of the package that the words run */
export function calledScript(words: readonly string[], scripts: Readonly<Record<string, string>>): string | undefined {
	const [program = '', ...args] = words;
	if (!/^(?:npm|pnpm|yarn|bun)$/.test(program)) return undefined;
	const named = args.filter((word) => !/^-(?!-?(?:prefix|C|w|workspace|filter|F)\b)/.test(word));
	// With a folder or a package named, the script is another package's.
	if (named.some((word) => word.startsWith('-'))) return undefined;
	const runs = /^(?:run|run-script|rum|urn)$/.test(named[0] ?? '');
	const name = runs ? named[1] : named[0];
	if (name === undefined || !Object.hasOwn(scripts, name)) return undefined;
	if (runs) return name;
	if (program === 'npm') return /^(?:start|test|stop|restart|t|tst)$/.test(name) ? name : undefined;
	return OWN_COMMANDS.test(name) ? undefined : name;
}
