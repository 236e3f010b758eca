/** One line an event: for logs, CI and screen readers. */
import type { TareEvent } from '../events.js';
import { describeExchange } from './exchange.js';
import { printable, printableLine, printableOutput, printableText } from './printable.js';
import type { Reporter, Sink } from './reporter.js';
import { formatBytes, formatDuration, type Style } from './style.js';

export interface PlainOptions {
	/** Also show the output of build steps and every request. */
	readonly verbose: boolean;
	/** Every request and answer with its headers, in `quiet`, too: it is asked for by name. */
	readonly trace: boolean;
	/** Warnings only. */
	readonly quiet: boolean;
	readonly style: Style;
}

export function plainReporter(sink: Sink, options: PlainOptions): Reporter {
	return {
		on(event) {
			const line = describe(event, options);
			if (line !== undefined) sink.write(`${line}\n`);
		},
		end() {},
	};
}

/** The line for an event, or undefined when it is not worth one. */
export function describe(event: TareEvent, options: PlainOptions): string | undefined {
	return event.type === 'request' || event.type === 'request-failed' ? describeRequest(event, options) : describeSafe(safeEvent(event), options);
}

type Safe = Exclude<TareEvent, AnyRequest>;
type AnyRequest = Extract<TareEvent, { readonly type: 'request' | 'request-failed' }>;

/** What events say comes from projects, registries and images. */
export function safeEvent(event: Safe): Safe {
	return event.type === 'step-output' || event.type === 'app-output' ? { ...event, line: printableOutput(event.line) } : printable(event);
}

/** Of most requests nobody looks at the texts: they are made when somebody does. */
function describeRequest(event: AnyRequest, { verbose, trace, quiet, style }: PlainOptions): string | undefined {
	if (trace) return style.dim(printableText(describeExchange(event)));
	if (quiet || !verbose) return undefined;
	const result = event.type === 'request' ? event.status : event.says;
	return style.dim(printableLine(`  ${event.method} ${event.url} ${result} ${formatDuration(event.ms)}`));
}

function describeSafe(event: Safe, { verbose, quiet, style }: PlainOptions): string | undefined {
	if (event.type === 'warning') return describeWarning(event, style);
	if (quiet) return undefined;
	switch (event.type) {
		case 'phase-end':
			return `${style.green('✓')} ${label(event.phase, style)} ${event.says} ${style.dim(formatDuration(event.ms))}`;
		case 'step-start':
			return `${style.cyan('›')} ${label('run', style)} ${of(event)}${event.command}`;
		case 'step-end':
			return verbose ? `${style.dim(`  ${of(event)}${event.step} ended with ${event.exitCode} after ${formatDuration(event.ms)}`)}` : undefined;
		case 'step-output':
			return verbose ? `  ${style.dim(`${of(event)}${event.step}|`)} ${event.line}` : undefined;
		case 'layer':
			return `  ${label('layer', style)} ${event.name.padEnd(12)} ${formatBytes(event.size).padStart(8)} ${style.dim(event.reused ? 'kept' : 'new')} ${event.platform ?? ''}`.trimEnd();
		case 'note':
			return `  ${style.dim(event.says)}`;
		case 'app-start':
			return `${style.cyan('›')} ${label('run', style)} ${event.says}`;
		case 'app-listens':
			return `${style.green('✓')} ${label('listens', style)} ${style.bold(event.url)}`;
		case 'app-output':
		case 'phase-start':
		case 'progress':
			return undefined;
	}
}

function describeWarning({ says, hint, at }: Extract<TareEvent, { readonly type: 'warning' }>, style: Style): string {
	const place = at === undefined ? '' : `${at.file}${at.line === undefined ? '' : `:${at.line}`}: `;
	return `${style.yellow('warning')} ${place}${says}${hint === undefined ? '' : `\n        ${style.dim(hint)}`}`;
}

function label(text: string, style: Style): string {
	return style.bold(text.padEnd(8));
}

/** Where several platforms are built at once, the line says whose it is. */
function of({ platform }: { readonly platform?: string }): string {
	return platform === undefined ? '' : `[${platform}] `;
}
