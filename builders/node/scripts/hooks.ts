/** Commands that set up a developer's checkout (git hooks, checks of the package manager): a build has no .git, and an image no use for them. */
import { parseCommandLine } from '../../../src/builder/command-line.js';
import { joinCommands, listCommands } from '../../../src/builder/command-list.js';
import { calledScript, withoutRunner } from './runners.js';

/** Programs by name, with what their arguments have to look like. */
const HOOK_PROGRAMS: Readonly<Record<string, RegExp>> = {
	husky: /^/,
	'husky-init': /^/,
	'husky-run': /^/,
	'simple-git-hooks': /^/,
	'simple-pre-commit': /^/,
	lefthook: /^/,
	'@evilmartians/lefthook': /^/,
	'@arkweid/lefthook': /^/,
	'pre-commit': /^(?:install|autoupdate|init-templatedir)/,
	prek: /^install/,
	hk: /^install/,
	ghooks: /^/,
	yorkie: /^/,
	'git-hooks': /^/,
	'lint-staged': /^/,
	'nano-staged': /^/,
	'only-allow': /^/,
	'check-package-manager': /^/,
	opencommit: /^hook/,
	// Of a checkout's own settings an image has nothing.
	git: /^(?:config|init|hook)\b|^submodule\s+(?:update|init|sync)\b/,
};
/** Files of packages or of the project that do the same when node or a shell runs them. */
const HOOK_FILES = /(?:^|\/)(?:\.husky|\.githooks|\.git-hooks|\.lefthook|node_modules\/(?:husky|yorkie|ghooks|pre-commit|simple-git-hooks|lefthook))\//;
const HOOK_CODE = /\b(?:require|import)\s*\(\s*\\?["'](?:husky|yorkie|simple-git-hooks|lefthook)\b/;
/** Copies to where git looks for hooks; patterns among the arguments are no matter then. */
const HOOK_COPY = /^(?:cp|ln|mv|mkdir|chmod|install|rsync)\b.*(?:\.git\/hooks|\.githooks|\.husky)\b/;
/** Questions and words that change nothing. */
const NO_EFFECT = /^(?:true|:|echo\b.*|exit\s+0|(?:npx\s+)?is-(?:in-)?ci|(?:command\s+-v|which|type)\s+\S+(?:\s*>\s*\S+)?|\[\s.*\]|test\s.*)$/;

export interface WithoutHooks {
	/** The commands that set up a checkout, as written. */
	readonly hooks: readonly string[];
	/** What is left to run; undefined where nothing is. */
	readonly rest: string | undefined;
}

/** @param scripts those of the package, which a script may call */
export function withoutHooks(line: string, scripts: Readonly<Record<string, string>> = {}): WithoutHooks {
	const hooks: string[] = [];
	const commands = listCommands(line);
	if (commands === undefined) return { hooks, rest: line };
	const left = commands.map(({ joined, text }) => {
		if (!isHook(text, scripts)) return { joined, text };
		hooks.push(text);
		return { joined, text: 'true' };
	});
	const works = left.some(({ text }) => !NO_EFFECT.test(text));
	if (hooks.length === 0) return { hooks, rest: line };
	return { hooks, rest: works ? joinCommands(left) : undefined };
}

function isHook(text: string, scripts: Readonly<Record<string, string>>, depth = 0): boolean {
	if (HOOK_COPY.test(text)) return true;
	const parsed = parseCommandLine(text);
	if (parsed.kind !== 'commands') return false;
	const [program = '', ...args] = withoutRunner(parsed.commands[0]?.words ?? []);
	if (HOOK_PROGRAMS[program.replace(/^(?:\.\/)?node_modules\/\.bin\//, '')]?.test(args.join(' ')) === true) return true;
	if (/^(?:node|sh|bash)$/.test(program)) return args.some((word) => HOOK_FILES.test(word)) || HOOK_CODE.test(args.join(' '));
	if (HOOK_FILES.test(program)) return true;
	const called = calledScript(parsed.commands[0]?.words ?? [], scripts);
	return called !== undefined && depth < 4 && isOnlyHooks(scripts[called] ?? '', scripts, depth + 1);
}

function isOnlyHooks(line: string, scripts: Readonly<Record<string, string>>, depth: number): boolean {
	const commands = listCommands(line) ?? [];
	return commands.some(({ text }) => isHook(text, scripts, depth)) && commands.every(({ text }) => isHook(text, scripts, depth) || NO_EFFECT.test(text));
}
