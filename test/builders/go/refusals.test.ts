/** What a project's own files may not make `go build` run; the user's command line may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseFlags, refuseVariables } from '../../../builders/go/refusals.js';

const REFUSED = [
	...['-toolexec=./x', '--toolexec', '-toolexec ./x', '-o=/etc/x', '-extld=./cc', '-s -w -extld ./cc', '-ldflags=-extld=./cc'],
	...["-extldflags '-fplugin=./x.so'", '-extldflags=-Wl,-plugin,./x.so', '-extldflags=@file', '-extldflags "-B./bin"', '-gcflags=all=-toolexec=x'],
];
const ALLOWED = [
	...['-tags', 'netgo', '-race', '-s -w', '-X main.version=1 -X main.o=-o', '-linkmode external -extldflags "-static"', '-gcflags=-B', '-B gobuildid'],
	...['-X main.mail=@me', '-pgo=auto', '-overlay=o.json', '-mod=vendor'],
];

for (const flag of REFUSED)
	test(`refused: ${flag}`, () => assert.throws(() => refuseFlags([flag], '.ko.yaml'), { code: 'CONFIG_INVALID', at: { file: '.ko.yaml' } }));
for (const flag of ALLOWED) test(`allowed: ${flag}`, () => assert.doesNotThrow(() => refuseFlags([flag], '.ko.yaml')));

test('variables that name programs are refused, those that describe the result are not', () => {
	const refused = {
		CC: './cc',
		GOCACHEPROG: './x',
		GOAUTH: 'x',
		PATH: '.',
		GOFLAGS: '-mod=mod -toolexec=./x',
		CGO_CFLAGS: '-fplugin=./x.so',
		CGO_LDFLAGS: '@x',
	};
	for (const [name, value] of Object.entries(refused))
		assert.throws(() => refuseVariables({ [name]: value }, 'tare.yaml'), { code: 'CONFIG_INVALID', at: { file: 'tare.yaml' } }, name);
	assert.doesNotThrow(() => refuseVariables({ CGO_ENABLED: '1', GOEXPERIMENT: 'x', GOFLAGS: '-tags=a', CGO_CFLAGS: '-O2 -DX=1', VERSION: '1' }, 'tare.yaml'));
});
