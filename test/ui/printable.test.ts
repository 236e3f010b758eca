/** What a terminal or a runner would obey never reaches it: in events, errors and plain data, of any reporter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TareError } from '../../src/errors.js';
import type { TareEvent } from '../../src/events.js';
import { digestOfHex } from '../../src/oci/digest.js';
import { formatFailure } from '../../src/ui/failure.js';
import { githubReporter } from '../../src/ui/github.js';
import { plainReporter } from '../../src/ui/plain.js';
import { printable, printableLine, printableOutput, printableText } from '../../src/ui/printable.js';
import type { Reporter, Sink } from '../../src/ui/reporter.js';
import { createStyle } from '../../src/ui/style.js';
import { terminalReporter } from '../../src/ui/terminal.js';

const STYLE = createStyle(false);
/** Clears the screen, sets the title, moves up, C1, right-to-left, a forged line, a runner's command. */
const HOSTILE = 'a\u001b[2J\u001b]0;t\u0007\u009b1A\u202eb\u2066\rc\u2028d\n::error::forged\n##[error]x https://me:pw@host';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Tare's own.
const OWN = ['\u001b[?25l', '\u001b[?25h', '\u001b[0J', '\r', /\u001b\[\d+A/g];

const EVENTS: readonly TareEvent[] = [
	{ type: 'phase-start', phase: 'build', says: HOSTILE },
	{ type: 'step-start', step: HOSTILE, command: HOSTILE, platform: HOSTILE },
	{ type: 'step-output', step: 's', stream: 'stdout', line: HOSTILE },
	{ type: 'step-end', step: HOSTILE, ms: 1, exitCode: 0, platform: HOSTILE },
	{ type: 'progress', task: HOSTILE, done: 1, total: 3 },
	{ type: 'layer', name: HOSTILE, digest: digestOfHex('0'.repeat(64)), size: 1, reused: false, platform: HOSTILE },
	{ type: 'request', method: 'GET', url: HOSTILE, status: 200, ms: 1, sent: {}, received: { [HOSTILE]: HOSTILE } },
	{ type: 'request-failed', method: 'GET', url: HOSTILE, sent: {}, says: HOSTILE, ms: 1 },
	{ type: 'app-start', runner: 'r', says: HOSTILE },
	{ type: 'app-listens', url: HOSTILE },
	{ type: 'note', says: HOSTILE },
	{ type: 'warning', says: HOSTILE, hint: HOSTILE, at: { file: HOSTILE, line: 1 } },
	{ type: 'phase-end', phase: 'build', says: HOSTILE, ms: 1 },
];

function rendered(make: (sink: Sink) => Reporter, events = EVENTS): string {
	const parts: string[] = [];
	const reporter = make({ write: (part) => parts.push(part), columns: 400 });
	for (const event of events) reporter.on(event);
	reporter.end();
	return parts.join('');
}

for (const trace of [false, true])
	test(`plain and terminal show what is hostile, obey none of it, and no password${trace ? ', traced' : ''}`, () => {
		const options = { verbose: true, trace, quiet: false, style: STYLE };
		for (const make of [(sink: Sink) => plainReporter(sink, options), (sink: Sink) => terminalReporter(sink, options)]) {
			const text = OWN.reduce<string>((rest, one) => rest.replaceAll(one, ''), rendered(make));
			assert.doesNotMatch(text, RAW);
			assert.doesNotMatch(text, /me:pw/);
			assert.match(text, /\\x1b\[2J/);
		}
	});

test('a runner obeys nothing of it', () => {
	const text = rendered((sink) => githubReporter(sink, { debug: true, annotate: ({ file, line }) => ({ file, line }) }));
	assert.doesNotMatch(text, RAW);
	const stopped = text.replace(/^::stop-commands::(\S+)\n[\s\S]*?^::\1::\n/gm, '');
	for (const line of stopped.split('\n').filter((one) => /^\s*::|##\[/.test(one))) assert.match(line, /^::(?:group|endgroup|warning|debug)\b/);
	const spoken = (says: string): string => rendered((sink) => githubReporter(sink, { debug: false, annotate: () => ({}) }), [{ type: 'note', says }]);
	for (const says of ['::error::x', '  ::set-env name=A::b', 'x ##[command]y']) assert.match(spoken(says), /^::stop-commands::/);
	assert.equal(spoken('a::b'), '  a::b\n');
});

test('errors and plain data', () => {
	const error = new TareError('BUILD_FAILED', HOSTILE, { hint: HOSTILE, at: { file: HOSTILE }, cause: new Error(HOSTILE), data: { output: HOSTILE } });
	for (const one of [error, new Error(HOSTILE)]) {
		const text = formatFailure(one, STYLE, { verbose: true });
		assert.doesNotMatch(text, RAW);
		assert.doesNotMatch(text, /me:pw/);
	}
	assert.deepEqual(printable({ 'k\u001b': ['v\n', 1, undefined, { n: null }] }), { 'k\\x1b': ['v\\n', 1, undefined, { n: null }] });
	assert.equal(printableText('tab\tline\r\nü 日本 👍'), 'tab\tline\nü 日本 👍');
	assert.equal(printableOutput('\u001b[1;32mok\u001b[0m'), 'ok');
	assert.equal(printableLine('\u202e'), '\\u202e');
});
