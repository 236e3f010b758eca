/** `java ...` command lines of a Procfile or of the user: flags of java, what is started, its arguments. */
import { parseCommandLine } from '../../src/builder/command-line.js';
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { parseProcfile, processOf } from '../../src/builder/procfile.js';
import { unsupportedStart } from '../../src/builder/start-command.js';
import { TareError } from '../../src/errors.js';

export interface JavaStart {
	readonly flags: readonly string[];
	/** A class; undefined for the jar's own. */
	readonly main?: string;
	/** A jar, perhaps with a pattern, as it is written. */
	readonly jar?: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly reason: Reason;
}

/** @throws TareError START_UNSUPPORTED | NO_START | MANIFEST_INVALID */
export function findStart({ source, start, process }: PlanRequest): JavaStart | undefined {
	if (start !== undefined) return readStart(start, { says: `asked to start with: ${start}` });
	const text = source.text('Procfile');
	const entries = text === undefined ? [] : parseProcfile(text);
	const entry = processOf(entries, process ?? 'web');
	if (entry !== undefined) return readStart(entry.command, { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` });
	if (process === undefined || process === 'web') return undefined;
	throw new TareError('NO_START', `there is no process type "${process}"`, {
		hint: entries.length === 0 ? 'Add a Procfile that has it.' : `The Procfile has ${entries.map(({ type }) => type).join(', ')}.`,
	});
}

/** Options for java by variable: the image has JAVA_TOOL_OPTIONS, which java reads itself. */
const OPTIONS = /^\$\{?(?:JAVA_OPTS|JAVA_TOOL_OPTIONS|JVM_OPTS|JAVA_OPTIONS|JAVA_ARGS)(?::-[^}]*)?\}?$/;
/** Ports that the image's variables set. */
const PORT_FLAG = /^(?:-D|--)(?:server\.port|quarkus\.http\.port|micronaut\.server\.port|http\.port)=\$\{?PORT(?::-?\d+)?\}?$/;
const WITH_VALUE = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path', '--add-modules', '--add-opens', '--add-exports', '--add-reads']);

function readStart(line: string, reason: Reason): JavaStart {
	const parsed = parseCommandLine(
		line.replace(/(^|\s)(target|build)(\/[^\s"']*)?\*[^\s"']*/g, (pattern) => pattern.replaceAll('*', '%2A')),
		{ variables: true },
	);
	if (parsed.kind === 'needs-shell') throw unsupportedStart(line, `${parsed.construct} needs a shell, and the image has none`, reason);
	const [only, ...others] = parsed.commands.filter(({ words }) => words.length > 0);
	if (only === undefined || others.length > 0) throw unsupportedStart(line, only === undefined ? 'it names no program' : 'it is several commands', reason);
	const words = only.words.map((word) => word.replaceAll('%2A', '*')).filter((word) => !OPTIONS.test(word) && !PORT_FLAG.test(word));
	const variable = words.find((word) => /(?<!\$)\$(?!\$)/.test(word));
	if (variable !== undefined) throw unsupportedStart(line, `${variable} needs a shell, and the image has none`, reason);
	return {
		...readWords(
			words.map((word) => word.replaceAll('$$', '$')),
			line,
			reason,
		),
		env: only.env,
		reason,
	};
}

function readWords([program = '', ...words]: readonly string[], line: string, reason: Reason): Pick<JavaStart, 'flags' | 'main' | 'jar' | 'args'> {
	if (/^[\w$]+(?:\.[\w$]+)+$/.test(program) && !program.endsWith('.sh') && !program.endsWith('.jar')) return { flags: [], main: program, args: words };
	if (!/(?:^|\/)java$/.test(program)) throw unsupportedStart(line, `${program} is not in the image: only java is`, reason);
	const flags: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		if (word === '-jar') return { flags, jar: words[at + 1] ?? '', args: words.slice(at + 2) };
		if (!word.startsWith('-')) return { flags, main: word, args: words.slice(at + 1) };
		// The image has a class path of its own.
		if (/^(?:-cp|-classpath|--class-path)$/.test(word)) at++;
		else if (WITH_VALUE.has(word)) flags.push(word, words[++at] ?? '');
		else flags.push(word);
	}
	throw unsupportedStart(line, 'it names neither a class nor a jar', reason);
}
