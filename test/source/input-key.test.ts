/** What a rebuild depends on beside the sources: the host's tools. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Prepared } from '../../src/builder/prepare.js';
import type { BuildRequest } from '../../src/config/request.js';
import { inputKeys } from '../../src/source/input-key.js';
import { folder } from '../support/files.js';

test('another compiler on PATH, another toolchain folder, or a new one in its place change the key', (t) => {
	const builder = { id: 'x', inputs: () => ({ hostTools: ['cc'], hostFolders: ['JAVA_HOME'] }) };
	const prepared = { plan: {}, builder } as unknown as Prepared;
	const request = { secrets: { env: {}, files: {} }, customBuilders: [], extensions: [], platforms: [], portable: false } as unknown as BuildRequest;
	const key = (env: Readonly<Record<string, string>>) =>
		inputKeys(prepared, { digest: 'd' } as Parameters<typeof inputKeys>[1], '', request, { env } as Parameters<typeof inputKeys>[4])[0];
	const [bin, jdk, other] = [folder(t, { cc: 'x' }), folder(t, { release: 'a' }), folder(t, { release: 'a' })];
	const first = key({ PATH: bin, JAVA_HOME: jdk });
	assert.equal(key({ PATH: bin, JAVA_HOME: jdk, UNRELATED: '1' }), first);
	assert.notEqual(key({ PATH: folder(t, { cc: 'xy' }), JAVA_HOME: jdk }), first);
	assert.notEqual(key({ PATH: bin, JAVA_HOME: other }), first);
	assert.notEqual(key({ PATH: bin }), first);
	utimesSync(join(jdk, 'release'), 1, 1);
	assert.notEqual(key({ PATH: bin, JAVA_HOME: jdk }), first);
});

test('the key that other machines share goes by what tools are, not by where or when they were installed', (t) => {
	const builder = { id: 'x', inputs: () => ({ hostTools: ['cc'], hostFolders: ['JAVA_HOME'] }) };
	const prepared = { plan: {}, builder } as unknown as Prepared;
	const request = { secrets: { env: {}, files: {} }, customBuilders: [], extensions: [], platforms: [], portable: true } as unknown as BuildRequest;
	const key = (env: Readonly<Record<string, string>>) =>
		inputKeys(prepared, { digest: 'd' } as Parameters<typeof inputKeys>[1], '', request, { env } as Parameters<typeof inputKeys>[4]).at(-1);
	const machine = (cc: string, release: string) => ({ PATH: folder(t, { cc }), JAVA_HOME: folder(t, { release }) });
	assert.equal(key(machine('x', 'a')), key(machine('x', 'a')));
	assert.notEqual(key(machine('x', 'a')), key(machine('y', 'a')));
	assert.notEqual(key(machine('x', 'a')), key(machine('x', 'b')));
});
