/** Everything that happens during a build is one of these values; only `ui/` renders them. */
import type { SourceLocation } from './errors.js';
import type { Digest } from './oci/digest.js';

export type Phase = 'source' | 'detect' | 'plan' | 'base' | 'build' | 'check' | 'assemble' | 'output' | 'run';

/** By name in lower case. Whatever could let somebody in is replaced by `***` already, here and in the URL. */
export type Headers = Readonly<Record<string, string>>;

export interface RequestEvent {
	readonly type: 'request';
	readonly method: string;
	readonly url: string;
	readonly status: number;
	readonly ms: number;
	readonly sent: Headers;
	readonly received: Headers;
}

export type TareEvent =
	/** A stage of the pipeline begins or ends; `ms` is wall time. */
	| { readonly type: 'phase-start'; readonly phase: Phase; readonly says: string; readonly platform?: string }
	| { readonly type: 'phase-end'; readonly phase: Phase; readonly says: string; readonly ms: number; readonly platform?: string }
	/**
	 * A child process of the build; `group` is the number of its process group. `platform` is there where several are built: the one that it runs for, of work that they share the first to need it.
	 */
	| { readonly type: 'step-start'; readonly step: string; readonly command: string; readonly group?: number; readonly platform?: string }
	| { readonly type: 'step-output'; readonly step: string; readonly stream: 'stdout' | 'stderr'; readonly line: string; readonly platform?: string }
	| { readonly type: 'step-end'; readonly step: string; readonly ms: number; readonly exitCode: number; readonly platform?: string }
	/** Bytes moved so far for one named piece of work; `total` is absent when unknown. */
	| { readonly type: 'progress'; readonly task: string; readonly done: number; readonly total?: number }
	| { readonly type: 'layer'; readonly name: string; readonly digest: Digest; readonly size: number; readonly reused: boolean; readonly platform?: string }
	| RequestEvent
	/** No answer came. */
	| { readonly type: 'request-failed'; readonly method: string; readonly url: string; readonly sent: Headers; readonly says: string; readonly ms: number }
	/** The app of an image is started; `says` names the runner, and why it is that. */
	| { readonly type: 'app-start'; readonly runner: string; readonly says: string }
	/** Somebody listens where the app's port is published. */
	| { readonly type: 'app-listens'; readonly url: string }
	/** Of the app, where it does not write to Tare's own output. */
	| { readonly type: 'app-output'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
	| { readonly type: 'note'; readonly says: string }
	/** `at` is a place in the user's files. */
	| { readonly type: 'warning'; readonly says: string; readonly hint?: string; readonly at?: SourceLocation };

/** Receives events; must not throw. */
export type Listener = (event: TareEvent) => void;

/** Runs `work` between a `phase-start` and a `phase-end`. A failed phase has no end. */
export async function phase<T>(emit: Listener, name: Phase, says: string, work: () => Promise<T>, platform?: string): Promise<T> {
	const began = performance.now();
	emit({ type: 'phase-start', phase: name, says, platform });
	const result = await work();
	emit({ type: 'phase-end', phase: name, says, ms: performance.now() - began, platform });
	return result;
}

/** A listener for the events of one platform of several. */
export function labelled(emit: Listener, platform: string): Listener {
	return (event) => {
		const { type } = event;
		const isItsOwn = type === 'step-start' || type === 'step-output' || type === 'step-end' || type === 'layer';
		emit(isItsOwn ? { ...event, platform } : event);
	};
}
