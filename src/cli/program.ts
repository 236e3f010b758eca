/** The commands, parsed and run. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { addCommands } from './commands.js';
import { fail } from './output.js';

const program = new Command('tare')
	.description('Turns a source folder into the smallest container image its app can ship in: no Dockerfile, no Docker daemon.')
	.version(VERSION, '-V, --version')
	.showHelpAfterError('(tare --help shows what there is)')
	.showSuggestionAfterError()
	.exitOverride();
addCommands(program);

// A reader that has seen enough, as `| head`, does not undo the work.
for (const stream of [process.stdout, process.stderr])
	stream.on('error', (error: NodeJS.ErrnoException) => {
		// EIO: the terminal is gone.
		if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
	});

program.parseAsync().catch((error: unknown) => {
	// Commander has printed its own message; help and version are no failure.
	process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : fail(error, program.opts());
});
