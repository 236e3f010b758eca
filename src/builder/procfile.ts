/** Procfile: `type: command` lines (https://devcenter.heroku.com/articles/procfile). */
import { TareError } from '../errors.js';

export interface ProcfileEntry {
	readonly type: string;
	readonly command: string;
	readonly line: number;
}

/** @throws TareError MANIFEST_INVALID for a line that is no entry, and for a type that stands twice */
export function parseProcfile(text: string, file = 'Procfile'): readonly ProcfileEntry[] {
	const entries = new Map<string, ProcfileEntry>();
	for (const [at, raw] of text.split(/\r?\n/).entries()) {
		const line = raw.trim();
		if (line === '' || line.startsWith('#')) continue;
		const match = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(line);
		const fail = (why: string): TareError =>
			new TareError('MANIFEST_INVALID', `${file} line ${at + 1} ${why}: ${line}`, {
				hint: 'Write one "type: command" a line, for example "web: node server.js".',
				at: { file, line: at + 1 },
			});
		if (match === null) throw fail('is not "type: command"');
		const type = (match[1] as string).toLowerCase();
		if (entries.has(type)) throw fail(`names the process type "${type}" again`);
		entries.set(type, { type, command: match[2] as string, line: at + 1 });
	}
	return [...entries.values()];
}
