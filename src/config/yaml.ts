/** YAML with positions; a file of its own because the parser is loaded only where there is a tare.yaml. */

import { messageOf, TareError } from '../errors.js';
import { type Document, LineCounter, parseDocument } from '../source/yaml.js';

export interface LocatedYaml {
	readonly value: unknown;
	/** Line (from 1) of the value at the path. */
	lineOf(...path: readonly string[]): number | undefined;
}

/** Aliases that refer to each other could fill the memory: the parser counts them. */
function plain(document: Document, file: string): unknown {
	try {
		return document.toJS();
	} catch (cause) {
		throw new TareError('CONFIG_INVALID', `${file} cannot be read: ${messageOf(cause)}`, {
			at: { file },
			hint: `Write out in ${file} what its aliases stand for.`,
			cause,
		});
	}
}

/** @throws TareError CONFIG_INVALID with the line of the mistake */
export function parseYaml(text: string, file: string): LocatedYaml {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines });
	const [mistake] = document.errors;
	if (mistake !== undefined) {
		const { line } = lines.linePos(mistake.pos[0]);
		throw new TareError('CONFIG_INVALID', `${file} is not valid YAML: ${mistake.message.split('\n')[0]}`, {
			at: { file, line },
			hint: `Correct ${file} at line ${line}.`,
			cause: mistake,
		});
	}
	return {
		value: plain(document, file) ?? {},
		lineOf: (...path) => {
			const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
			return node?.range === undefined ? undefined : lines.linePos(node.range[0] ?? 0).line;
		},
	};
}
