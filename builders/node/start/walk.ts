/** What is known of the project while its start command is read, what the reading has found so far, and how it fails. */
import { shortened } from '../../../src/builder/command-line.js';
import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Manifest } from '../manifest.js';
import type { Member } from '../workspaces.js';

/** The project, as far as its start command is concerned. */
export interface StartProject {
	readonly source: FileIndex;
	readonly manifest: Manifest | undefined;
	/** Installed binaries by command name, where the lock file says them. */
	readonly bins: Readonly<Record<string, string>>;
	/** Names of packages that the lock file says are installed in production. */
	readonly locked: ReadonlySet<string>;
	/** Names of production dependencies: the app's own and its workspace root's. */
	readonly production: readonly string[];
	/** Names of those that only development has. */
	readonly development: readonly string[];
	/** A build script runs, so that files may appear. */
	readonly builds: boolean;
	/** The range of Node versions. */
	readonly node: string;
	/** Id of the package manager. */
	readonly manager: string;
	/** The package manager runs `pre...` and `post...` of any script. */
	readonly hooks: boolean;
	/** Packages of the repository, where the app is its root. */
	readonly workspace: readonly Member[];
}

/** What commands before the app and around it have decided. */
export interface Found {
	/** Working folder below the app's, '' for the app's own. */
	folder: string;
	readonly env: Record<string, string>;
	/** Scripts that the command line runs before the app: they belong to the build. */
	readonly buildScripts: string[];
	/** Programs that the command line runs before the app and that belong to the build (`tsc`). */
	readonly buildCommands: (readonly string[])[];
	/** What was changed and why. */
	readonly notes: string[];
}

export interface Walk {
	readonly project: StartProject;
	readonly found: Found;
	/** Where the command was found. */
	readonly at: Reason;
	/** The command line that is read, for messages. */
	readonly line: string;
	readonly depth: number;
	/** A package manager runs the line, with its variables. */
	readonly scripted: boolean;
}

/** What the container runs in the end; words name variables as `$NAME`, a plain dollar is `$$`. */
export type Program =
	| { readonly kind: 'command'; readonly words: readonly string[] }
	| { readonly kind: 'site'; readonly roots: readonly string[]; readonly singlePage: boolean };

/** A program of development was asked for: what is known of what it would have run. */
export interface Development {
	readonly development: true;
	readonly tool: string;
	/** It serves code for browsers. */
	readonly browser: boolean;
	/** The production command of the same tool. */
	readonly instead?: string;
	/** Folders where its own build puts pages. */
	readonly site?: readonly string[];
	/** A file that it would run on the server, and how. */
	readonly run?: { readonly file: string; readonly line: (file: string) => string };
}

const HINT =
	'Write the production command as one program, for example "start": "node server.js", or give it with --start "node server.js" (or `start:` in tare.yaml).';

export function unsupported({ line, at }: Pick<Walk, 'line' | 'at'>, why: string, hint = HINT, data: object = {}): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${shortened(line)}": ${why}`, {
		hint,
		...(at.file !== undefined && { at: { file: at.file, ...(at.line !== undefined && { line: at.line }) } }),
		data: { development: false, ...data },
	});
}

export function isDevelopment(data: Readonly<Record<string, unknown>> | undefined): data is Readonly<Record<string, unknown>> & Development {
	return data?.development === true;
}

/** A word of a template as the text that a second shell would get. */
export function asText(word: string): string {
	return word.replaceAll('$$', '$');
}

const PARTS = /(?:[^$]|\$\$)+|\$\w+|\$\{\w+\}|\$\{\w+:?-[^}]*\}/g;

/** A word of a template, written so that a shell reads it back. */
export function quoted(word: string): string {
	if (/^[\w./@:=,+%-]+$/.test(word)) return word;
	const parts = word.match(PARTS) ?? [];
	return parts.length === 0 ? "''" : parts.map(quotedPart).join('');
}

/** Without quotes a bare variable stays as many words as its value has. */
function quotedPart(part: string): string {
	if (/^\$(?:\w+$|\{\w+\}$)/.test(part)) return part;
	if (/^\$\{/.test(part)) return `"${part}"`;
	return `'${asText(part).replaceAll("'", "'\\''")}'`;
}
