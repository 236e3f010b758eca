/** Live progress on a terminal: finished lines scroll, what is under way is redrawn below them. */
import type { TareEvent } from '../events.js';
import { describe, type PlainOptions, safeEvent } from './plain.js';
import { printableOutput } from './printable.js';
import type { Reporter, Sink } from './reporter.js';
import { formatBytes } from './style.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

interface Progress {
	readonly done: number;
	readonly total: number | undefined;
}

export function terminalReporter(sink: Sink, options: PlainOptions): Reporter {
	const active = new Map<string, string>();
	const tasks = new Map<string, Progress>();
	let lastOutput = '';
	let drawn = 0;
	let frame = 0;
	const erase = (): void => {
		if (drawn > 0) sink.write(`\u001b[${drawn}A\r${CLEAR_BELOW}`);
		drawn = 0;
	};
	const draw = (): void => {
		const lines = [...active.values()].map((says) => `${options.style.cyan(FRAMES[frame % FRAMES.length] ?? '')} ${says}`);
		for (const [name, progress] of tasks) lines.push(`  ${options.style.dim(bar(name, progress))}`);
		if (lastOutput !== '') lines.push(`  ${options.style.dim(lastOutput.slice(0, sink.columns - 4))}`);
		erase();
		if (lines.length > 0) sink.write(`${lines.join('\n')}\n`);
		drawn = lines.length;
	};
	sink.write(HIDE_CURSOR);
	const timer = setInterval(() => {
		frame++;
		draw();
	}, FRAME_MS);
	timer.unref();
	const end = (): void => {
		clearInterval(timer);
		erase();
		sink.write(SHOW_CURSOR);
	};
	return {
		on(event) {
			// From now on the terminal is the app's.
			if (event.type === 'app-start') end();
			if (event.type !== 'request' && event.type !== 'request-failed') track(safeEvent(event), active, tasks);
			if (event.type === 'step-output') lastOutput = printableOutput(event.line);
			if (event.type === 'step-end') lastOutput = '';
			const line = describe(event, options);
			if (line === undefined) return;
			erase();
			sink.write(`${line}\n`);
			draw();
		},
		end,
	};
}

function track(event: TareEvent, active: Map<string, string>, tasks: Map<string, Progress>): void {
	if (event.type === 'phase-start') active.set(`${event.phase}:${event.platform ?? ''}`, `${event.phase.padEnd(8)} ${event.says}`);
	else if (event.type === 'phase-end') active.delete(`${event.phase}:${event.platform ?? ''}`);
	else if (event.type === 'progress') {
		if (event.total !== undefined && event.done >= event.total) tasks.delete(event.task);
		else tasks.set(event.task, { done: event.done, total: event.total });
	}
}

function bar(name: string, { done, total }: Progress): string {
	if (total === undefined) return `${name} ${formatBytes(done)}`;
	const width = 20;
	const filled = Math.round((done / total) * width);
	return `${name} ${'━'.repeat(filled)}${'─'.repeat(width - filled)} ${formatBytes(done)} of ${formatBytes(total)}`;
}
