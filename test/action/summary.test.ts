/** The job summary's Markdown is made of other people's texts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settleCreated } from '../../src/action/created.js';
import { withInputs } from '../../src/action/failure.js';
import { code, cut, plain, table } from '../../src/action/markdown.js';
import { places } from '../../src/action/places.js';
import { toyCheckout } from '../support/toy-app.js';

test('no text becomes markup, a mention, a link or another cell', () => {
	for (const text of ['<img src=x>', '[a](b)', '`x`', '*a* _b_ ~c~', 'a|b', '@me', '$x$', 'https://x.example', '&lt;', '\\|'])
		assert.match(plain(text), /^(?:[^<>|`*_[\]~@$\\&]|&#\d+;)*$/, text);
	assert.equal(plain('two\nlines'), 'two lines');
	assert.equal(plain('node server.js 1.2.3-4+5'), 'node server.js 1.2.3-4+5');
	assert.equal(table(['A'], [[code('a|b')]]), '| A |\n| --- |\n| <code>a&#124;b</code> |');
});

test('a summary stays below its limit, and its last line is whole', () => {
	const long = Array.from({ length: 1000 }, (_, at) => `| ${at} | ü |`).join('\n');
	const short = cut(long, 2000);
	assert.ok(Buffer.byteLength(short) <= 2000);
	assert.match(short, /\| ü \|\n\n<\/details>\n\nThe rest is left out/);
	assert.equal(cut('short', 2000), 'short');
});

test('files are named from the root of the checkout, and linked', () => {
	const env = { GITHUB_WORKSPACE: '/home/runner/my app', GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'me/app', GITHUB_SHA: 'abc' };
	const { annotate, link } = places(env, 'apps/a b', '/home/runner/my app');
	assert.deepEqual(annotate({ file: 'x#y.json', line: 3, column: 4 }), { file: 'apps/a b/x#y.json', line: 3, col: 4 });
	assert.equal(link({ file: 'x#y.json', line: 3 }), 'https://github.com/me/app/blob/abc/apps/a%20b/x%23y.json#L3');
	assert.deepEqual(annotate({ file: '../../../etc/passwd' }), {});
	assert.equal(link({ file: '/etc/passwd' }), undefined);
});

test('a time of creation later than the commit is the commit’s; another stays', async (t) => {
	const KEY = 'org.opencontainers.image.created';
	const dir = toyCheckout(t);
	const { options, note } = await settleCreated(
		{ dir, labels: { [KEY]: '2026-05-05T00:00:00.000Z', a: 'b' }, annotations: { [KEY]: '2020-01-01T00:00:00Z' } },
		{},
	);
	assert.deepEqual(options.labels, { [KEY]: '2024-01-02T03:04:05Z', a: 'b' });
	assert.deepEqual(options.annotations, { [KEY]: '2020-01-01T00:00:00Z' });
	assert.match(note ?? '', /the commit's time/);
	const pinned = await settleCreated({ dir, labels: { [KEY]: '2026-05-05T00:00:00Z' } }, { SOURCE_DATE_EPOCH: '86400' });
	assert.deepEqual(pinned.options.labels, { [KEY]: '1970-01-02T00:00:00Z' });
	const elsewhere = { dir: '/', labels: { [KEY]: '2026-05-05T00:00:00Z' } };
	assert.equal((await settleCreated(elsewhere, {})).options, elsewhere);
});

test('hints speak of inputs', () => {
	assert.equal(withInputs('Use --start "node server.js" or --platform linux/amd64.'), 'Use start: "node server.js" or platforms: linux/amd64.');
	assert.equal(withInputs('npm ci --omit=dev'), 'npm ci --omit=dev');
});
