/** What must never be printed, in every form in which tools print it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../../src/errors.js';

test('credentials in addresses and headers', () => {
	assert.equal(redact('from https://me:pw@host/simple'), 'from https://***@host/simple');
	assert.equal(redact('from https://ghp_token@host/simple'), 'from https://***@host/simple');
	assert.equal(redact('git+https://token@host/x.git@v1'), 'git+https://***@host/x.git@v1');
	for (const url of ['https://me:p@ss@host/x', 'https://me:p/w@host/x', 'https://token:@host/x', 'https://me:p:w@host/x'])
		assert.equal(redact(`get ${url} failed`), 'get https://***@host/x failed', url);
	for (const url of ['https://host:8080/pkg@1.0', 'https://host/pkg:1@2', 'http://[::1]:80/a@b']) assert.equal(redact(url), url);
	assert.equal(redact('Authorization: Basic dXNlcjpwdw=='), 'Authorization: Basic ***');
});

test('what only looks like it stays', () => {
	for (const text of ['ssh://git@host/x', 'https://host/@scope/name', 'see https://host and a@b.c']) assert.equal(redact(text), text);
});
