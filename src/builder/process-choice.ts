/** Which process an image starts: one meaning of --process for every language. */
import { TareError } from '../errors.js';
import type { PlanRequest, Reason } from './contract.js';
import { type ProcfileEntry, parseProcfile, processOf } from './procfile.js';

/** The process of an image that nobody asks another of. */
export const WEB = 'web';
/** Runs before a new version, and ends. */
const RELEASE = 'release';

/** What the user may name in --process where the Procfile has no such type: programs, scripts, tasks. */
export interface OwnProcesses {
	/** What they are called, for messages: program, script. */
	readonly kind: string;
	readonly names: readonly string[];
}

type Entry = ProcfileEntry & { readonly file: string };

export type ProcessChoice =
	| { readonly kind: 'entry'; readonly entry: Entry; readonly reason: Reason }
	/** One of the project's own. */
	| { readonly kind: 'own'; readonly name: string }
	/** The builder's rules say how the app starts. */
	| { readonly kind: 'rules' };

const NONE: OwnProcesses = { kind: 'program', names: [] };

/**
 * Without --process: the Procfile's `web`, else its only process, else the builder's own rules. With it: that process type, or what the
 * project itself calls so; `web` is always there.
 * @throws TareError NO_START for another name | MANIFEST_INVALID for a Procfile that cannot be read
 */
export function chooseProcess(
	{ source, app, process }: Pick<PlanRequest, 'source' | 'process'> & Partial<Pick<PlanRequest, 'app'>>,
	own: OwnProcesses = NONE,
): ProcessChoice {
	const entries = procfileEntries(source, app);
	const others = entries.filter(({ type }) => type !== RELEASE);
	const named = processOf(entries, process ?? WEB);
	const entry = entries.find((one) => one === named) ?? (process === undefined && others.length === 1 ? others[0] : undefined);
	if (entry !== undefined) return { kind: 'entry', entry, reason: entryReason(entry) };
	if (process === undefined || process === WEB) return { kind: 'rules' };
	if (own.names.includes(process)) return { kind: 'own', name: process };
	const types = [...new Set([...entries.map(({ type }) => type), ...own.names])];
	throw new TareError('NO_START', `there is no process type${own.names.length > 0 ? ` or ${own.kind}` : ''} "${process}"`, {
		hint: types.length === 0 ? 'Leave --process out, or add a Procfile with a line "NAME: COMMAND".' : `There are: ${types.join(', ')}.`,
		...(entries[0] !== undefined && { at: { file: entries[0].file } }),
		data: { types },
	});
}

/** @throws TareError MANIFEST_INVALID */
export function procfileEntries(source: PlanRequest['source'], app = ''): readonly Entry[] {
	const file = procfileOf(source, app);
	return file === undefined ? [] : parseProcfile(source.text(file) ?? '', file).map((entry) => ({ ...entry, file }));
}

/** That of the app's folder, else of the source's root. */
export function procfileOf(source: PlanRequest['source'], app = ''): string | undefined {
	return source.first(...(app === '' ? [] : [`${app}/Procfile`]), 'Procfile');
}

export function entryReason({ type, command, line, file }: Entry): Reason {
	return { file, line, says: `process "${type}": ${command}` };
}
