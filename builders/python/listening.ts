/** A program that listens where only its own machine reaches it: in a container that is nobody. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { statements } from './python-source.js';
import type { Start } from './start.js';

const LOOPBACK = /\b(?:run|run_app|serve|serve_forever|launch|listen|bind|TCPSite|HTTPServer|make_server)\(.*['"](?:localhost|127\.0\.0\.1)['"]/;

/** Of programs that are run as they are; servers are told where to listen. */
export function loopbackWarning(source: FileIndex, { commands, reason: { file } }: Start): Reason | undefined {
	if (file === undefined || !file.endsWith('.py') || commands.at(-1)?.words[0] !== 'python') return undefined;
	const found = statements(source.text(file) ?? '').find(({ text }) => LOOPBACK.test(text));
	return found === undefined
		? undefined
		: { file, line: found.line, says: `line ${found.line} listens on the container's own loopback, which nobody outside reaches: let it listen on 0.0.0.0` };
}
