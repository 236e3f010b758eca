#!/usr/bin/env node
/** The command line: flags become options, the API does the work, the result is printed. No logic of its own. */
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { addCommands } from './commands.js';
import { fail } from './output.js';

// V8 would rather grow than collect: a project of 100,000 files took twice the memory, for no speed.
setFlagsFromString('--optimize-for-size');
// From Node 22.8 on, compiled code is kept between runs.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const program = new Command('tare')
	.description('Turns a source folder into the smallest container image its app can ship in: no Dockerfile, no Docker daemon.')
	.version(VERSION, '-V, --version')
	.showHelpAfterError('(tare --help shows what there is)')
	.showSuggestionAfterError()
	.exitOverride();
addCommands(program);

try {
	await program.parseAsync();
} catch (error) {
	// Commander has printed its own message; help and version are no failure.
	process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : fail(error, program.opts());
}
