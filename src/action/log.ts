/** Lines of the step's log; the runner reads standard output. */
import { command } from '../ui/workflow-commands.js';

export type Log = (level: 'info' | 'warning', says: string) => void;

export function print(text: string): void {
	process.stdout.write(text);
}

export const log: Log = (level, says) => print(level === 'warning' ? command('warning', says, { title: 'Tare' }) : `${says}\n`);
