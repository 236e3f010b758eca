/** What a runner makes of the log: groups, annotations, and nothing that a build step says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TareEvent } from '../../src/events.js';
import { githubReporter } from '../../src/ui/github.js';
import { command } from '../../src/ui/workflow-commands.js';

function render(events: readonly TareEvent[], debug = false): string {
	let text = '';
	const write = (part: string): void => {
		text += part;
	};
	const reporter = githubReporter({ write, columns: 80 }, { debug, annotate: ({ file, line }) => ({ file: `app/${file}`, line }) });
	for (const event of events) reporter.on(event);
	reporter.end();
	return text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'TOKEN');
}

const start = (step: string): TareEvent => ({ type: 'step-start', step, command: `do ${step}` });
const says = (step: string, line: string): TareEvent => ({ type: 'step-output', step, stream: 'stdout', line });
const end = (step: string): TareEvent => ({ type: 'step-end', step, ms: 1200, exitCode: 0 });

test('commands are escaped: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts', () => {
	assert.equal(command('error', 'a%b\r\nc:d,e', { file: 'x,y:z%', line: 3, title: '' }), '::error file=x%2Cy%3Az%25,line=3::a%25b%0D%0Ac:d,e\n');
	assert.equal(command('endgroup'), '::endgroup::\n');
});

test('a step is a group whose lines are no commands; what happens meanwhile comes after it', () => {
	const text = render([
		start('npm'),
		says('npm', '::error::x'),
		{ type: 'note', says: 'meanwhile' },
		{ type: 'warning', says: 'w', hint: 'h', at: { file: 'a', line: 2 } },
		end('npm'),
	]);
	assert.equal(
		text,
		'::group::run do npm\n::stop-commands::TOKEN\n::error::x\nnpm ended with 0 after 1.2 s\n::TOKEN::\n::endgroup::\n  meanwhile\n::warning file=app/a,line=2,title=Tare::w%0Ah\n',
	);
});

test('steps side by side are groups in turn, each whole', () => {
	const text = render([start('a'), start('b'), start('c'), says('b', 'b1'), says('a', 'a1'), end('b'), says('c', 'c1'), end('a'), says('c', 'c2')]);
	assert.deepEqual(
		text.split('\n').filter((line) => /^(?:::(?:group|endgroup)|[abc]\d)/.test(line)),
		['::group::run do a', 'a1', '::endgroup::', '::group::run do b', 'b1', '::endgroup::', '::group::run do c', 'c1', 'c2', '::endgroup::'],
	);
});

test('a step of two platforms is two groups', () => {
	const of = (event: TareEvent, platform: string): TareEvent => ({ ...event, platform }) as TareEvent;
	const text = render([of(start('a'), 'linux/amd64'), of(start('a'), 'linux/arm64'), of(says('a', 'b1'), 'linux/arm64'), of(end('a'), 'linux/amd64')]);
	assert.match(
		text,
		/::group::run do a for linux\/amd64\n::stop-commands::TOKEN\na ended[\s\S]*::group::run do a for linux\/arm64\n::stop-commands::TOKEN\nb1\n/,
	);
});

test('requests are for who debugs', () => {
	const request: TareEvent = { type: 'request', method: 'GET', url: 'https://x', status: 200, ms: 5, sent: {}, received: {} };
	assert.equal(render([request]), '');
	assert.equal(render([request], true), '::debug::GET https://x 200 5 ms\n');
});
