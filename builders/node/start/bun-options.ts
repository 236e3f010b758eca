/** How Bun reads its command line: its options, the file, and the app's own arguments (https://bun.sh/docs/runtime). */
import { named, type Option, readOptions } from './options.js';

const takesValue = named(
	'-r --preload --require --import --env-file --cwd --port --conditions -d --define -l --loader --tsconfig-override --main-fields --extension-order -F --filter -e --eval -p --print --install --elide-lines --title --inspect-port --dns-result-order --max-http-header-size --console-depth --shell --user-agent --sql-preconnect --fetch-preconnect',
);
const FILE = /(?:\.[cm]?[jt]sx?$|^\.{0,2}\/)/;
const WATCHES = /^--(?:watch|hot|no-clear-screen)$/;

export interface BunCommand {
	readonly options: readonly Option[];
	/** `run` stands before the name. */
	readonly runs: boolean;
	/** A file, a script of package.json or a program. */
	readonly name?: string;
	readonly args: readonly string[];
}

/** @param words behind `bun` */
export function readBun(words: readonly string[]): BunCommand {
	const before = readOptions(words, takesValue);
	if (before.rest[0] !== 'run') return { options: before.options, runs: false, name: before.rest[0], args: before.rest.slice(1) };
	const behind = readOptions(before.rest.slice(1), takesValue);
	return { options: [...before.options, ...behind.options], runs: true, name: behind.rest[0], args: behind.rest.slice(1) };
}

/** Bun takes a name with an ending or a slash for a file. */
export function isBunFile(name: string | undefined): name is string {
	return name !== undefined && FILE.test(name);
}

/** The command without what watches files. */
export function withoutWatch({ options, runs, name = '', args }: BunCommand): readonly string[] {
	return ['bun', ...(runs ? ['run'] : []), ...options.filter((option) => !WATCHES.test(option.name)).flatMap(({ words }) => words), name, ...args];
}
