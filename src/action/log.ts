/** Lines of the step's log; the runner reads standard output. */
import { printableText } from '../ui/printable.js';
import { command, inert, isCommand } from '../ui/workflow-commands.js';

export type Log = (level: 'info' | 'warning', says: string) => void;

export function print(text: string): void {
	process.stdout.write(text);
}

export const log: Log = (level, says) => print(render(level, printableText(says)));

function render(level: Parameters<Log>[0], says: string): string {
	if (level === 'warning') return command('warning', says, { title: 'Tare' });
	return isCommand(says) ? inert(says) : `${says}\n`;
}
