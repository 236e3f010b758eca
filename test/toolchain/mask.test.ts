/** Secrets of any shape are masked in what build steps print, wherever a line is cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TareEvent } from '../../src/events.js';
import { masker, runCommand } from '../../src/toolchain/run.js';

const KEY = '-----BEGIN KEY-----\r\nc2VjcmV0LW9uZQ==\nc2VjcmV0LXR3bw==\n-----END KEY-----\n';

test('every line of a secret is masked, and its spellings in JSON and URLs', () => {
	const mask = masker([KEY, 'to"ken/1 2', 'abc']);
	for (const line of ['c2VjcmV0LW9uZQ==', 'c2VjcmV0LXR3bw==']) assert.equal(mask(`x ${line} y`), 'x *** y');
	assert.equal(mask(JSON.stringify({ token: 'to"ken/1 2' })), '{"token":"***"}');
	assert.equal(mask('?t=to%22ken%2F1%202&x'), '?t=***&x');
	assert.doesNotMatch(mask(JSON.stringify(KEY)), /c2VjcmV0/);
	assert.equal(mask('abc'), 'abc', 'too short to be told from other text');
});

test('a secret that a cut goes through is masked first', async () => {
	const secret = 'S3CRET-VALUE-0123456789';
	const events: TareEvent[] = [];
	const script = `console.log('x'.repeat(4090) + process.env.TOKEN); console.error('at ' + process.env.TOKEN)`;
	const { tail } = await runCommand(
		{ step: 'build', argv: [process.execPath, '-e', script, secret], cwd: '/' },
		{ env: { TOKEN: secret, PATH: '/usr/bin' }, secrets: [secret], emit: (event) => events.push(event), signal: undefined, timeoutMs: 20_000 },
	);
	assert.match(tail, /^at \*\*\*$/m);
	assert.match(tail, /x\*\*\*$/m);
	assert.doesNotMatch(JSON.stringify([events, tail]), /S3C/);
});
