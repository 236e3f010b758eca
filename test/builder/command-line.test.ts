/** Start commands as people write them, and what becomes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/builder/command-line.js';

const commands = (line: string): unknown => {
	const parsed = parseCommandLine(line);
	return parsed.kind === 'commands' ? parsed.commands.map(({ words, env }) => (Object.keys(env).length === 0 ? words : [env, ...words])) : parsed.construct;
};

const CASES: readonly (readonly [string, unknown])[] = [
	['node server.js', [['node', 'server.js']]],
	['  node   "a b.js" \'c d\' e\\ f', [['node', 'a b.js', 'c d', 'e f']]],
	[
		'echo "start" && node server.js',
		[
			['echo', 'start'],
			['node', 'server.js'],
		],
	],
	['A=1 B="two words" exec node x', [[{ A: '1', B: 'two words' }, 'node', 'x']]],
	['node x.js # comment', [['node', 'x.js']]],
	[
		'cd web; npm start',
		[
			['cd', 'web'],
			['npm', 'start'],
		],
	],
	['node a.js --title="x y"', [['node', 'a.js', '--title=x y']]],
	['node "\\$HOME"', [['node', '$HOME']]],
	['', []],
	['node server.js --port $PORT', 'the variable $PORT'],
	['node server.js --port ${PORT:-80}', 'the variable ${PORT:-80}'],
	['node a.js | tee log', '"|"'],
	['node a.js || true', '"||"'],
	['node a.js & node b.js', '"&"'],
	['node a.js > log', '">"'],
	['node $(cat x)', '"$(...)"'],
	['node `cat x`', '"`...`"'],
	['java -jar target/*.jar', 'the pattern target/*.jar'],
	['node "unclosed', 'an unclosed quote'],
];

for (const [line, expected] of CASES) {
	test(`command line: ${line || '(empty)'}`, () => assert.deepEqual(commands(line), expected));
}

test('variables are kept for a program that fills them in; a plain dollar is doubled', () => {
	const words = (line: string) => {
		const parsed = parseCommandLine(line, { variables: true });
		return parsed.kind === 'commands' ? parsed.commands.map(({ words: all, env }) => [...Object.values(env), ...all]) : parsed.construct;
	};
	assert.deepEqual(words('A=$B run 0.0.0.0:$PORT "${X:-1 2}" \'$HOME\' \\$Y "\\$Z"'), [['$B', 'run', '0.0.0.0:$PORT', '${X:-1 2}', '$$HOME', '$$Y', '$$Z']]);
	assert.equal(words('run ${X%.py}'), 'the variable ${X%.py}');
	assert.equal(words('run "$(date)"'), '"$(...)"');
});
