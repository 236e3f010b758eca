/** `java ...` command lines of a Procfile or of the user: flags of java, what is started, its arguments. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { chooseProcess } from '../../src/builder/process-choice.js';
import { parseStart, unsupportedStart } from '../../src/builder/start-command.js';

export interface JavaStart {
	readonly flags: readonly string[];
	/** A class; undefined for the jar's own. */
	readonly main?: string;
	/** A jar, perhaps with a pattern, as it is written. */
	readonly jar?: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Words name variables, which a program has to fill in; a plain $ is then $$. */
	readonly variables: boolean;
	readonly reason: Reason;
}

/** @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function findStart(request: PlanRequest): JavaStart | undefined {
	const { start } = request;
	if (start !== undefined) return readStart(start, { says: `asked to start with: ${start}` });
	const choice = chooseProcess(request);
	return choice.kind === 'entry' ? readStart(choice.entry.command, choice.reason) : undefined;
}

/** The image has JAVA_TOOL_OPTIONS, which java reads itself. */
const READ_BY_JAVA = /^\$\{?JAVA_TOOL_OPTIONS(?::-[^}]*)?\}?$/;
const OF_JAVA_HOME = /^(\s*(?:\w+=\S*\s+)*)"?\$\{?JAVA_HOME\}?"?\/bin\/java(?=\s)/;
/** Ports that the image's variables set where a framework reads them. */
const PORT_FLAG = /^(?:-D|--)(?:server\.port|quarkus\.http\.port|micronaut\.server\.port|http\.port)=\$\{?PORT(?::?-\d+)?\}?$/;
const WITH_VALUE = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path', '--add-modules', '--add-opens', '--add-exports', '--add-reads']);

function readStart(line: string, reason: Reason): JavaStart {
	// A pattern of jars is no shell's: the build says which jar it is.
	const written = line.replace(/(^|\s)(target|build)(\/[^\s"']*)?\*[^\s"']*/g, (pattern) => pattern.replaceAll('*', '%2A'));
	const { words, env, variables } = parseStart(written.replace(OF_JAVA_HOME, '$1java'), reason, { variables: true });
	const own = words.map((word) => word.replaceAll('%2A', '*')).filter((word) => !READ_BY_JAVA.test(word));
	return filled({ ...readWords(own, line, reason), env, variables, reason });
}

/** Where the framework's own variable names PORT, a flag that does is left out: an image without it needs no launcher. */
export function withoutPortFlags(start: JavaStart | undefined, port: { readonly env: Readonly<Record<string, string>> } | undefined): JavaStart | undefined {
	if (start === undefined || !Object.values(port?.env ?? {}).some((value) => value.includes('PORT'))) return start;
	const other = (words: readonly string[]): readonly string[] => words.filter((word) => !PORT_FLAG.test(word));
	return filled({ ...start, flags: other(start.flags), args: other(start.args) });
}

/** Without a variable that is left, a dollar stands for itself. */
function filled(start: JavaStart): JavaStart {
	const { flags, args, env, variables } = start;
	if (!variables || [...flags, ...args, ...Object.values(env)].some((text) => text.replaceAll('$$', '').includes('$'))) return start;
	const plain = (word: string): string => word.replaceAll('$$', '$');
	const values = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, plain(value)]));
	return { ...start, flags: flags.map(plain), args: args.map(plain), env: values, variables: false };
}

function readWords([program = '', ...words]: readonly string[], line: string, reason: Reason): Pick<JavaStart, 'flags' | 'main' | 'jar' | 'args'> {
	if (/^[\w$]+(?:\.[\w$]+)+$/.test(program) && !program.endsWith('.sh') && !program.endsWith('.jar')) return { flags: [], main: program, args: words };
	if (!/(?:^|\/)java$/.test(program)) throw unsupportedStart(line, `${program} is not in the image: only java is`, reason);
	const flags: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		if (word === '-jar') return { flags, jar: words[at + 1] ?? '', args: words.slice(at + 2) };
		if (!/^[-$]/.test(word)) return { flags, main: word, args: words.slice(at + 1) };
		// The image has a class path of its own.
		if (/^(?:-cp|-classpath|--class-path)$/.test(word)) at++;
		else if (WITH_VALUE.has(word)) flags.push(word, words[++at] ?? '');
		else flags.push(word);
	}
	throw unsupportedStart(line, 'it names neither a class nor a jar', reason);
}
