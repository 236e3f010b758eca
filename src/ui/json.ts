/** Events as JSON lines on standard error, for programs. */
import type { Reporter, Sink } from './reporter.js';

export function jsonReporter(sink: Sink): Reporter {
	return {
		on: (event) => sink.write(`${JSON.stringify(event)}\n`),
		end() {},
	};
}
