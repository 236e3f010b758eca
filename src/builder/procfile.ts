/** Procfile: `type: command` lines (https://devcenter.heroku.com/articles/procfile). Slips that have one meaning are read, and said. */
import { TareError } from '../errors.js';
import type { Reason } from './contract.js';

export interface ProcfileEntry {
	readonly type: string;
	readonly command: string;
	readonly line: number;
}

/** @throws TareError MANIFEST_INVALID for a line that is no entry */
export function parseProcfile(text: string, file = 'Procfile'): readonly ProcfileEntry[] {
	return read(text, file).entries;
}

/** @param type as the user writes it */
export function processOf(entries: readonly ProcfileEntry[], type: string): ProcfileEntry | undefined {
	return entries.find((entry) => entry.type === normalType(type));
}

/** What was read in another way than it is written. @throws TareError MANIFEST_INVALID */
export function procfileWarnings(text: string, file = 'Procfile'): readonly Reason[] {
	return read(text, file).warnings;
}

/** Other tools take lower case and dashes alone. */
function normalType(type: string): string {
	return type.toLowerCase().replaceAll('_', '-');
}

function read(text: string, file: string): { readonly entries: readonly ProcfileEntry[]; readonly warnings: readonly Reason[] } {
	const entries = new Map<string, ProcfileEntry>();
	const warnings: Reason[] = [];
	for (const [at, raw] of text
		.replace(/^\uFEFF/, '')
		.split(/\r\n|\n|\r/)
		.entries()) {
		const line = at + 1;
		const content = raw.trim();
		if (content === '' || content.startsWith('#')) continue;
		const warn = (says: string): number => warnings.push({ file, line, says });
		const [, written = '', command = ''] = /^([A-Za-z0-9_-]+)\s*:\s*(\S.*)$/.exec(content) ?? [];
		if (written === '')
			throw new TareError('MANIFEST_INVALID', `${file} line ${line} is not "type: command": ${content}`, {
				hint: 'Write one "type: command" a line, for example "web: node server.js".',
				at: { file, line },
			});
		const type = normalType(written);
		if (/^\s/.test(raw)) warn(`line ${line} is indented: read as "${content}"`);
		if (type !== written) warn(`the process type "${written}" is read as "${type}": other tools take lower case and dashes alone`);
		const before = entries.get(type);
		if (before !== undefined) warn(`the process type "${type}" stands on lines ${before.line} and ${line}: the last counts`);
		entries.delete(type);
		entries.set(type, { type, command, line });
	}
	return { entries: [...entries.values()], warnings };
}
