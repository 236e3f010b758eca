/** The imports of a Python file: where each stands, and whether the file can do without it. */
import { type Statement, statements } from '../python-source.js';

/** `always`: the file fails without it. `perhaps`: it depends. `optional`: the file says what to do without it. */
export type When = 'always' | 'perhaps' | 'optional';

export interface Import {
	/** Dotted name without the dots of a relative import. */
	readonly module: string;
	/** Number of those dots. */
	readonly level: number;
	/** Names after `import`, of a `from`. */
	readonly names: readonly string[];
	readonly line: number;
	readonly when: When;
}

export interface Reading {
	/** The file is started, and not imported. */
	readonly main: boolean;
	/** Functions that the start calls. */
	readonly calls: readonly string[];
}

type Block = When | 'never';
interface Open {
	readonly indent: number;
	readonly block: Block;
	/** For the clauses that follow: what `else` and `except` are. */
	readonly otherwise: Block;
	readonly function?: { returned: boolean };
}

export function readImports(text: string, reading: Reading): readonly Import[] {
	const all = statements(text).flatMap(parts);
	const called = new Set([...reading.calls, ...calledFunctions(all)]);
	const open: Open[] = [];
	let closed: Open | undefined;
	const found: Import[] = [];
	all.forEach((statement, at) => {
		while ((open.at(-1)?.indent ?? -1) >= statement.indent) closed = open.pop();
		const before = closed?.indent === statement.indent ? closed : undefined;
		const block = opened(statement, all, at, before, reading, called);
		const inside = open.findLast((one) => one.function !== undefined)?.function;
		const when = [...open.map((one) => one.block), ...(inside?.returned === true ? (['perhaps'] as const) : [])].reduce(weaker, 'always');
		if (block !== undefined) open.push({ indent: statement.indent, ...block });
		else if (when !== 'never') found.push(...importsIn(statement, when));
		if (inside !== undefined && /^(?:return|raise|yield)\b/.test(statement.text)) inside.returned = true;
	});
	return found;
}

const ORDER: readonly Block[] = ['always', 'perhaps', 'optional', 'never'];

function weaker(a: Block, b: Block): Block {
	return ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))] as Block;
}

/** `if x: import y` and `import a; import b` are several statements. */
function parts(statement: Statement): readonly Statement[] {
	const { text, indent, line } = statement;
	if (/^(?:import|from)\b/.test(text) && text.includes(';')) return text.split(';').map((part) => ({ text: part.trim(), indent, line }));
	const head = /^(try|else|finally|(?:if|elif|except|with|for|while)\b[^'"]*?)\s*:\s*((?:import|from)\s[^'"]*)$/.exec(text);
	if (head === null) return [statement];
	const inner = (head[2] ?? '').split(';').map((part) => ({ text: part.trim(), indent: indent + 1, line }));
	return [{ text: `${head[1]}:`, indent, line }, ...inner];
}

/** Of functions of the file that its top level calls, the body is run. */
function calledFunctions(all: readonly Statement[]): readonly string[] {
	const main = all.findIndex(({ text, indent }) => indent === 0 && MAIN.test(text));
	return all
		.filter(({ text, indent }, at) => (indent === 0 || (main !== -1 && at > main)) && !/^(?:async\s+)?def\b|^class\b|^@/.test(text))
		.map(({ text }) => /^(?:\w+\s*(?::[^=]+)?=\s*)?(?:await\s+|asyncio\.run\()?(\w+)\(/.exec(text)?.[1])
		.filter((name) => name !== undefined);
}

const MAIN = /^if\s*\(?\s*__name__\s*==\s*['"]__main__['"]/;
/** Nothing that is run looks at these. */
const TYPING = /^if\s*\(?\s*(?:\w+\.)?TYPE_CHECKING\b|^if\s+(?:False|0)\s*:/;
/** What differs from one machine to another: the author has thought of both. */
const PLATFORM = /sys\.platform|os\.name|sys\.version_info|\bplatform\.|\bPY[23]\b|find_spec|sys\.modules|hasattr\(|implementation|\bexists\(|\bis_?file\(/;
const CAUGHT = /^except\s*(?::|\(?[^:]*\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b)/;

/** What a statement that opens a block makes of the statements in it. */
function opened(
	statement: Statement,
	all: readonly Statement[],
	at: number,
	before: Open | undefined,
	{ main }: Reading,
	called: ReadonlySet<string>,
): Omit<Open, 'indent'> | undefined {
	const { text } = statement;
	const name = /^(?:async\s+)?def\s+(\w+)/.exec(text)?.[1];
	if (name !== undefined) return { block: called.has(name) ? 'always' : 'perhaps', otherwise: 'always', function: { returned: false } };
	if (/^try\b/.test(text)) {
		const block = tryBlock(all, at);
		return { block, otherwise: block === 'optional' ? 'optional' : 'perhaps' };
	}
	if (/^(?:else|elif|except)\b/.test(text)) {
		const block = before?.otherwise ?? 'perhaps';
		return { block, otherwise: block };
	}
	if (MAIN.test(text)) return { block: main ? 'always' : 'never', otherwise: main ? 'never' : 'always' };
	if (TYPING.test(text)) return { block: 'never', otherwise: 'always' };
	if (/^if\s+not\s+(?:\w+\.)?TYPE_CHECKING\b/.test(text)) return { block: 'always', otherwise: 'never' };
	if (/^(?:if|match|case)\b/.test(text)) return PLATFORM.test(text) ? SILENT : DEPENDS;
	if (/^with\b.*\bsuppress\(.*(?:ImportError|ModuleNotFoundError|Exception)/.test(text)) return SILENT;
	// A class, a loop, `with`: their bodies are run.
	return /:$/.test(text) && /^(?:class|with|async with|for|while|finally)\b/.test(text) ? { block: 'always', otherwise: 'always' } : undefined;
}

const SILENT = { block: 'optional', otherwise: 'optional' } as const;
const DEPENDS = { block: 'perhaps', otherwise: 'perhaps' } as const;

/** `except ImportError` that ends the program makes no import optional. */
function tryBlock(all: readonly Statement[], at: number): Block {
	const { indent } = all[at] as Statement;
	for (let next = at + 1; next < all.length; next++) {
		const { text, indent: own } = all[next] as Statement;
		if (own > indent) continue;
		if (own < indent || !/^(?:except|else|finally)\b/.test(text)) break;
		if (CAUGHT.test(text)) return ends(all, next) ? 'always' : 'optional';
	}
	return 'always';
}

function ends(all: readonly Statement[], handler: number): boolean {
	const { text, indent } = all[handler] as Statement;
	if (/:\s*(?:raise\b|(?:sys\.)?exit\()/.test(text)) return true;
	const inner = all[handler + 1]?.indent ?? 0;
	for (let at = handler + 1; at < all.length && (all[at] as Statement).indent > indent; at++) {
		const one = all[at] as Statement;
		if (one.indent === inner && /^(?:raise\b|(?:sys\.)?exit\(|quit\()/.test(one.text)) return true;
	}
	return false;
}

function importsIn({ text, line }: Statement, when: When): readonly Import[] {
	const from = /^from\s+(\.*)\s*([\w.]*)\s+import\s+\(?\s*([^)]*)\)?/.exec(text);
	if (from !== null) {
		const [, dots = '', module = '', list = ''] = from;
		return [{ module, level: dots.length, names: namesOf(list), line, when }];
	}
	if (/^import\s/.test(text)) return namesOf(text.slice('import '.length)).map((module) => ({ module, level: 0, names: [], line, when }));
	// Its author may have a reason to import it by name.
	const named = [...text.matchAll(/\b(?:import_module|__import__)\(\s*['"]([A-Za-z_][\w.]*)['"]\s*[,)]/g)];
	return named.map((match) => ({ module: match[1] as string, level: 0, names: [], line, when: when === 'optional' ? when : 'perhaps' }));
}

function namesOf(list: string): readonly string[] {
	return list
		.split(',')
		.map((part) => /^\s*([\w.]+)/.exec(part)?.[1])
		.filter((name) => name !== undefined);
}
