/** `--http-trace`: what is shown of requests and answers, and that no secret is. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TareEvent } from '../../src/events.js';
import { createHttpClient } from '../../src/net/client.js';
import { shownReceived, shownSent, shownUrl } from '../../src/net/shown.js';
import { jsonReporter } from '../../src/ui/json.js';
import { plainReporter } from '../../src/ui/plain.js';
import { createStyle } from '../../src/ui/style.js';

const style = createStyle(false);

/** One request to a server that answers with these headers, then one that is not answered: all events. */
async function eventsOf(t: TestContext, sent: Readonly<Record<string, string>>, received: Readonly<Record<string, string>>): Promise<readonly TareEvent[]> {
	const events: TareEvent[] = [];
	const server = createServer((request, response) =>
		request.url?.startsWith('/drop') ? request.socket.destroy() : response.writeHead(202, received).end('S3CRET'),
	);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const http = createHttpClient({ offline: false, userAgent: 'tare/1', emit: (event) => events.push(event), signal: undefined, proxies: {} });
	t.after(() => {
		http.close();
		server.close();
	});
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const body = Buffer.from('grant_type=refresh_token&refresh_token=S3CRET');
	const answer = await http.request({ method: 'POST', url: `${origin}/v2/app/blobs/uploads/?digest=sha256:ab&_state=S3CRET`, headers: sent, body });
	assert.equal(Buffer.from(await answer.bytes(100)).toString(), 'S3CRET');
	await assert.rejects(http.request({ method: 'POST', url: `${origin}/drop?token=S3CRET`, headers: sent }));
	return events;
}

function printed(events: readonly TareEvent[], options: { readonly trace: boolean; readonly verbose?: boolean; readonly quiet?: boolean }): string {
	let text = '';
	const sink = { columns: 80, write: (part: string) => (text += part) };
	const reporter = plainReporter(sink, { verbose: false, quiet: false, ...options, style });
	for (const event of events) reporter.on(event);
	return text;
}

test('requests and answers are shown with their headers, secrets cut out', async (t) => {
	const events = await eventsOf(
		t,
		{ Authorization: 'Bearer S3CRET.token', 'content-type': 'application/json', 'X-Company': 'S3CRET' },
		{ Location: '/v2/app/blobs/uploads/1?_state=S3CRET', 'Docker-Upload-UUID': '1', 'Set-Cookie': 'a=S3CRET', Warning: '299 - "old"' },
	);
	const text = printed(events, { trace: true });
	const lines = text.replace(/127\.0\.0\.1:\d+/g, 'HOST').split('\n');
	for (const line of [
		'> POST http://HOST/v2/app/blobs/uploads/?digest=sha256:ab&_state=***',
		'>   user-agent: tare/1',
		'>   content-length: 45',
		'>   authorization: Bearer ***',
		'>   content-type: application/json',
		'>   x-company: ***',
		'<   location: /v2/app/blobs/uploads/1?_state=***',
		'<   docker-upload-uuid: 1',
		'<   set-cookie: ***',
		'<   warning: 299 - "old"',
		'> POST http://HOST/drop?token=***',
	])
		assert.ok(lines.includes(line), `${line}\nis not in\n${text}`);
	assert.match(text, /^< 202 after /m);
	assert.match(text, /^< ECONNRESET after /m);
	assert.equal(printed(events, { trace: true, quiet: true }), text, 'asked for by name, it is shown with --quiet, too');
	assert.equal(printed(events, { trace: false }), '');
	const json: string[] = [];
	const reporter = jsonReporter({ columns: 80, write: (part) => void json.push(part) });
	for (const event of events) reporter.on(event);
	for (const shown of [text, printed(events, { trace: false, verbose: true }), json.join(''), JSON.stringify(events)])
		assert.ok(shown.includes('/v2/app/') && !shown.includes('S3CRET'), shown);
});

test('of a URL the path and what the specification defines', () => {
	for (const [url, expected] of [
		['https://r.example/v2/a/blobs/uploads/?mount=sha256:ab&from=b', 'https://r.example/v2/a/blobs/uploads/?mount=sha256:ab&from=b'],
		['https://me:S3CRET@r.example/x', 'https://***@r.example/x'],
		['https://s3.example/b?X-Amz-Signature=S3CRET&X-Amz-Date=1', 'https://s3.example/b?X-Amz-Signature=***&X-Amz-Date=***'],
		['https://s3.example/b?S3CRET', 'https://s3.example/b?***'],
		['https://x.example/#access_token=S3CRET', 'https://x.example/'],
		['/relative?sig=S3CRET=', '/relative?sig=***'],
	] as const)
		assert.equal(shownUrl(url), expected);
});

test('of headers nothing that lets somebody in', () => {
	const secrets = [
		'Authorization',
		'Proxy-Authorization',
		'Cookie',
		'X-Aws-Ec2-Metadata-Token',
		'X-Amz-Security-Token',
		'X-Identity-Header',
		'X-JFrog-Art-Api',
	];
	for (const name of [...secrets, 'npm-otp', 'Private-Token', 'X-Anything'])
		for (const value of ['S3CRET', 'Basic S3CRET', 'bearer S3CRET']) assert.ok(!JSON.stringify(shownSent({ [name]: value })).includes('S3CRET'), name);
	const received: Readonly<Record<string, string>> = {
		'Set-Cookie': 'S3CRET',
		'X-Auth-Token': 'S3CRET',
		'Authentication-Info': 'nextnonce="S3CRET"',
		'X-Ms-Password': 'S3CRET',
		Location: 'https://u:S3CRET@x.example/a#S3CRET',
		Link: '</v2/_catalog?last=b&n=5&sig=S3CRET>; rel="next"',
		'X-Where': 'see https://x.example/a?sig=S3CRET',
		'WWW-Authenticate': 'Bearer realm="https://a.example/token?key=S3CRET",service="r.example",scope="repository:app:pull", Negotiate S3CRET',
	};
	const shown = shownReceived(Object.entries(received));
	assert.ok(!JSON.stringify(shown).includes('S3CRET'), JSON.stringify(shown));
	assert.equal(shown.link, '</v2/_catalog?last=b&n=5&sig=***>; rel="next"');
	assert.equal(shown['www-authenticate'], 'Bearer realm="https://a.example/token?key=***",service="r.example",scope="repository:app:pull", Negotiate ***');
	const harmless = { 'content-type': 'application/json', etag: '"sha256:ab"', 'docker-content-digest': 'sha256:ab', ratelimit: 'limit=100' };
	assert.deepEqual(shownReceived(Object.entries(harmless)), harmless);
});
