/** What Tare hands to a builder of the user's own, so that it needs no import of Tare and makes the same errors and entries. */
import { TareError } from '../errors.js';
import { directoryEntries } from '../layers/directory.js';
import { imagePath } from '../layers/entry.js';
import { sourceFileEntries } from '../source/entries.js';
import { parseCommandLine } from './command-line.js';
import { parseProcfile } from './procfile.js';
import { readStartCommand } from './start-command.js';

export const KIT = Object.freeze({
	/** `new TareError(code, message, { hint, at: { file, line } })`: an error as the user sees it; `BUILD_FAILED`, `NO_START`, ... */
	TareError,
	/** Entries of a folder on disk that a step has made. */
	directoryEntries,
	/** Entries of files of the source as they are. */
	sourceFileEntries,
	/** Normalises a path to its place in the image. */
	imagePath,
	/** Words of a command line that needs no shell, or what in it needs one. */
	parseCommandLine,
	parseProcfile,
	/** The start command the user asks for by --start or the Procfile, if any. */
	readStartCommand,
});

export type BuilderKit = typeof KIT;
