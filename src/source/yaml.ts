/** YAML of a project's files, by the package yaml, which recurses: text that nests too deep for any person is an error before it is read. */
import * as yaml from 'yaml';

export type { Document, Node, Scalar } from 'yaml';
export { isAlias, isMap, isScalar, isSeq, LineCounter } from 'yaml';

type Options = yaml.ParseOptions & yaml.DocumentOptions & yaml.SchemaOptions & yaml.ToJSOptions;

const DEEPEST = 100;
const SAYS = `collections nest deeper than ${DEEPEST}`;
/** Quoted text and comments, in which brackets mean nothing; then what opens and closes a collection within a line. */
const TOKENS = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'|(?<=^|\s)#[^\n]*|[[{]|[\]}]|^[^\S\n]*[-?](?:[^\S\n]+[-?])*(?=\s)/gm;

/** @throws Error where the text is not YAML, or nests too deep */
export function parse(text: string, options: Options = {}): unknown {
	const line = tooDeepAt(text);
	if (line !== undefined) throw new Error(`${SAYS} at line ${line}`);
	return yaml.parse(text, { maxAliasCount: 100, ...options }) as unknown;
}

/** Mistakes are in its `errors`. */
export function parseDocument(text: string, options: Options = {}): yaml.Document.Parsed {
	const line = tooDeepAt(text);
	return line === undefined ? yaml.parseDocument(text, options) : refused(text, line);
}

export function parseAllDocuments(text: string, options: Options = {}): readonly yaml.Document.Parsed[] {
	const line = tooDeepAt(text);
	if (line !== undefined) return [refused(text, line)];
	const documents = yaml.parseAllDocuments(text, options);
	return Array.isArray(documents) ? documents : [];
}

function refused(text: string, line: number): yaml.Document.Parsed {
	const document = yaml.parseDocument('');
	const start = text.split('\n', line - 1).join('\n').length;
	document.errors.push(new yaml.YAMLParseError([start, start + 1], 'RESOURCE_EXHAUSTION', `${SAYS} at line ${line}`));
	return document;
}

/** Line of the first collection that is too deep, from 1. */
function tooDeepAt(text: string): number | undefined {
	let depth = 0;
	for (const { 0: token, index } of text.matchAll(TOKENS)) {
		if (/^[[{]/.test(token)) depth++;
		else if (/^[\]}]/.test(token)) depth = Math.max(0, depth - 1);
		const inLine = /^\s*[-?]/.test(token) ? token.replace(/\s/g, '').length : 0;
		if (Math.max(depth, inLine) > DEEPEST) return text.slice(0, index).split('\n').length;
	}
	return undefined;
}
