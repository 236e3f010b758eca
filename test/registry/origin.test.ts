/** Where a registry is asked: as requests' URLs name it, or what it answers would be another host's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpClient } from '../../src/net/contract.js';
import { createOrigins } from '../../src/registry/origin.js';

const SILENT: HttpClient = { request: () => assert.fail('nobody need be asked'), close: () => undefined };

test('TLS but for loopback; the default port is none', async () => {
	const originOf = createOrigins({ http: SILENT, insecure: () => false, secured: (registry) => registry === 'localhost:5443' });
	const expected: Readonly<Record<string, string>> = {
		'registry.example': 'https://registry.example',
		'registry.example:443': 'https://registry.example',
		'registry.example:5000': 'https://registry.example:5000',
		'docker.io': 'https://registry-1.docker.io',
		'localhost:5000': 'http://localhost:5000',
		'[::1]:80': 'http://[::1]',
		'localhost:5443': 'https://localhost:5443',
	};
	for (const [registry, origin] of Object.entries(expected)) assert.equal(await originOf(registry), origin);
});
