/** Events in a GitHub workflow's log: a group for each build step, annotations for warnings, requests for who asked to debug. */
import { randomUUID } from 'node:crypto';
import type { SourceLocation } from '../errors.js';
import type { TareEvent } from '../events.js';
import { describe, safeEvent } from './plain.js';
import type { Reporter, Sink } from './reporter.js';
import { createStyle, formatDuration } from './style.js';
import { command, inert, isCommand, type Properties } from './workflow-commands.js';

export interface GithubOptions {
	/** Also every request and its answer. */
	readonly debug: boolean;
	/** Where a place in the project lies in the repository. */
	readonly annotate: (at: SourceLocation) => Properties;
}

type Warning = Extract<TareEvent, { readonly type: 'warning' }>;

const PLAIN = { verbose: false, trace: false, quiet: false, style: createStyle(false) };

/** A step whose output waits until the group before it is closed: groups do not nest. */
interface Waiting {
	readonly title: string;
	readonly lines: string[];
	ended: boolean;
}

export function githubReporter(sink: Sink, options: GithubOptions): Reporter {
	const steps = new Map<string, Waiting>();
	const held: string[] = [];
	let open: { readonly step: string; readonly token: string } | undefined;
	const write = (text: string): void => {
		if (open === undefined) sink.write(text);
		else held.push(text);
	};
	const openGroup = (step: string, { title, lines }: Waiting): void => {
		const token = randomUUID();
		// What a build prints must not command the runner.
		sink.write(`${command('group', title)}${command('stop-commands', token)}${lines.join('')}`);
		open = { step, token };
	};
	const closeGroup = (): void => {
		if (open === undefined) return;
		sink.write(`${command(open.token)}${command('endgroup')}`);
		steps.delete(open.step);
		open = undefined;
		for (const text of held.splice(0)) sink.write(text);
		const [next] = steps;
		if (next === undefined) return;
		openGroup(...next);
		if (next[1].ended) closeGroup();
	};
	const begin = (step: string, title: string): void => {
		const waiting: Waiting = { title, lines: [], ended: false };
		steps.set(step, waiting);
		if (open === undefined) openGroup(step, waiting);
	};
	const print = (step: string, line: string): void => {
		if (open?.step === step) sink.write(`${line}\n`);
		else steps.get(step)?.lines.push(`${line}\n`);
	};
	const finish = (step: string, says: string): void => {
		print(step, says);
		const waiting = steps.get(step);
		if (waiting !== undefined) waiting.ended = true;
		if (open?.step === step) closeGroup();
	};
	return {
		on(given) {
			const event = given.type === 'request' || given.type === 'request-failed' ? given : safeEvent(given);
			if (event.type === 'step-start') begin(keyOf(event), `run ${event.command}${event.platform === undefined ? '' : ` for ${event.platform}`}`);
			else if (event.type === 'step-output') print(keyOf(event), event.line);
			else if (event.type === 'step-end') finish(keyOf(event), `${event.step} ended with ${event.exitCode} after ${formatDuration(event.ms)}`);
			else {
				const text = render(event, options);
				if (text !== undefined) write(text);
			}
		},
		end() {
			for (const waiting of steps.values()) waiting.ended = true;
			closeGroup();
		},
	};
}

/** Platforms that are built side by side have steps of one name. */
function keyOf({ step, platform = '' }: { readonly step: string; readonly platform?: string }): string {
	return `${platform} ${step}`;
}

function render(event: TareEvent, { debug, annotate }: GithubOptions): string | undefined {
	if (event.type === 'warning') return warning(event, annotate);
	if (event.type === 'request' || event.type === 'request-failed') {
		const line = debug ? describe(event, { ...PLAIN, verbose: true }) : undefined;
		return line === undefined ? undefined : command('debug', line.trim());
	}
	const line = describe(event, PLAIN);
	return line === undefined ? undefined : isCommand(line) ? inert(line) : `${line}\n`;
}

function warning({ says, hint, at }: Warning, annotate: GithubOptions['annotate']): string {
	return command('warning', hint === undefined ? says : `${says}\n${hint}`, { ...(at !== undefined && annotate(at)), title: 'Tare' });
}
