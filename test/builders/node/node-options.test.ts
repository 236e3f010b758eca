/** The table of Node's options that take a value is that of the running Node. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { nodeTakesValue, readNode } from '../../../builders/node/start/node-options.js';

/** `-r, --require=...` in Node's help; `--inspect[=...]` takes a value behind `=` only. */
function withValues(): readonly string[] {
	const help = execFileSync(process.execPath, ['--help'], { encoding: 'utf8' });
	return [...help.matchAll(/^ {2}(-[^\n=[]*)=(?:\.\.\.|\[host:\]port)/gm)].flatMap(([, names = '']) => names.split(/,\s*/)).map((name) => name.trim());
}

test('every option of the running Node that takes a value is in the table', () => {
	const names = withValues();
	assert.ok(names.length > 40, names.join(' '));
	assert.deepEqual(
		names.filter((name) => !nodeTakesValue(name)),
		[],
	);
});

test('flags of Node and of V8 take none from the next word', () => {
	const flags = [...process.allowedNodeEnvironmentFlags].filter((name) =>
		/^--(?:no-|max-old|stack-trace|enable-|trace-(?:warnings|deprecation)|abort|inspect$)/.test(name),
	);
	assert.ok(flags.length > 10);
	assert.deepEqual(flags.filter(nodeTakesValue), []);
});

test('the file and the arguments of the app', () => {
	const read = (line: string): unknown => {
		const { file, args } = readNode(line.split(' '));
		return [file, ...args];
	};
	assert.deepEqual(read('--max_http-header-size 9 a.js --b'), ['a.js', '--b']);
	assert.deepEqual(read('--inspect a.js'), ['a.js']);
	assert.deepEqual(read('--import=./x.js -r y -- a.js -- b'), ['a.js', '--', 'b']);
	assert.deepEqual(read('-e 1 a.js'), [undefined, 'a.js']);
});
