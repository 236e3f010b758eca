/** The seam of reporters: they render events to standard error and nothing else. */
import type { TareEvent } from '../events.js';

export interface Reporter {
	on(event: TareEvent): void;
	/** Clears what is on the screen; called before results or an error are printed. */
	end(): void;
}

/** Where a reporter writes: standard error, or a test's buffer. */
export interface Sink {
	write(text: string): void;
	/** Width in columns; 80 where unknown. */
	readonly columns: number;
}
