/** Every request of a push and of a pull, one at a time, meets each fault: it ends right, or clearly and with nothing half-published. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { TareError } from '../../src/errors.js';
import { assembleIndex } from '../../src/image/assemble.js';
import { imagesOf } from '../../src/image/blobs.js';
import type { ImageResult } from '../../src/image/types.js';
import { createHttpClient } from '../../src/net/client.js';
import { parseReference } from '../../src/oci/reference.js';
import { registryOutput } from '../../src/outputs/registry.js';
import type { Keychain } from '../../src/registry/auth/keychain.js';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.js';
import { pullImage } from '../../src/registry/pull.js';
import { createBlobSites } from '../../src/registry/sites.js';
import { openStore } from '../../src/store/open.js';
import { type Fault, type FaultRegistry, startFaultRegistry } from '../support/fault-registry.js';
import { folder } from '../support/files.js';
import { testImage } from '../support/images.js';

const FAULTS: readonly Fault[] = [
	{ kind: 'reset-before' },
	{ kind: 'reset-midway' },
	{ kind: 'reset-after' },
	{ kind: 'silence' },
	{ kind: 'status', status: 429, retryAfter: '0' },
	{ kind: 'status', status: 429, retryAfter: '0.01' },
	{ kind: 'status', status: 405 },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 502 },
	{ kind: 'status', status: 503, done: true },
	{ kind: 'status', status: 404 },
	{ kind: 'blob-unknown' },
	{ kind: 'unauthorized' },
	{ kind: 'truncate' },
	{ kind: 'corrupt' },
	{ kind: 'oversize' },
	{ kind: 'drip' },
	{ kind: 'redirect' },
	{ kind: 'location-elsewhere' },
	{ kind: 'location-relative' },
	{ kind: 'location-missing' },
	{ kind: 'no-digest' },
	{ kind: 'other-success' },
	{ kind: 'range-stuck' },
	{ kind: 'redirect-here' },
];
/** After these the work must succeed: they pass, or are allowed by the specification. */
const HARMLESS = new Set([
	'reset-before',
	'reset-after',
	'silence',
	'unauthorized',
	'truncate',
	'drip',
	'location-elsewhere',
	'location-relative',
	'no-digest',
	'blob-unknown',
	'other-success',
	'range-stuck',
	'redirect-here',
]);
const bob: Keychain = { resolve: async () => ({ kind: 'basic', username: 'bob', password: 's3cret', from: 'the test' }) };
const nameOf = (fault: Fault): string => (fault.kind === 'status' ? `HTTP ${fault.status}` : fault.kind);

function open(): { readonly client: RegistryClient; close(): void } {
	const http = createHttpClient({ offline: false, userAgent: 'test', emit: () => undefined, signal: undefined, proxies: {}, timeouts: { idleMs: 150 } });
	const client = createRegistryClient({ http, keychain: bob, emit: () => undefined, signal: undefined, patience: { attempts: 3, baseMs: 2 } });
	return { client, close: () => http.close() };
}

/** @returns what went wrong, if it did @throws what is no clear error */
async function attempt(work: (client: RegistryClient) => Promise<unknown>): Promise<TareError | undefined> {
	const { client, close } = open();
	try {
		await work(client);
		return undefined;
	} catch (error) {
		if (error instanceof TareError && error.code !== 'INTERNAL') return error;
		throw error;
	} finally {
		close();
	}
}

/** Every document and layer of the image is there, whole. */
function isWhole(registry: FaultRegistry, image: ImageResult, repository: string): boolean {
	const blobs = imagesOf(image).flatMap(({ layers, config }) => [...layers.map(({ descriptor }) => descriptor), config.descriptor]);
	const manifests = imagesOf(image).map(({ manifest }) => manifest.descriptor);
	return (
		blobs.every(({ digest, size }) => registry.blobs.get(`${repository}@${digest}`)?.length === size) &&
		manifests.every(({ digest, size }) => registry.manifests.get(`${repository}@${digest}`)?.bytes.length === size)
	);
}

async function imageOf(t: Parameters<typeof folder>[0], big: boolean): Promise<{ image: ImageResult; store: Awaited<ReturnType<typeof openStore>> }> {
	const store = await openStore(folder(t));
	const contents = big ? ['a', 'b'.repeat(1 << 16)] : ['a', 'b'];
	return { image: assembleIndex([await testImage(store, contents), await testImage(store, ['a', 'c'], { os: 'linux', architecture: 'arm64' })]), store };
}

test('a push meets every fault at every request', async (t) => {
	const registry = await startFaultRegistry(t);
	const { image, store } = await imageOf(t, false);
	const push = (client: RegistryClient) =>
		registryOutput({ names: [parseReference(`${registry.host}/team/app:1`)], client, emit: () => undefined, sites: createBlobSites(store) }).write(image);
	registry.arm();
	assert.equal(await attempt(push), undefined);
	const count = registry.requests.length;
	let survived = 0;
	for (const fault of FAULTS) {
		for (let at = 0; at < count; at++) {
			registry.clear();
			registry.arm(at, fault);
			const error = await attempt(push);
			const request = registry.requests[at];
			const says = `${nameOf(fault)} at ${request?.method} ${request?.url}: ${error?.message ?? 'no error'}`;
			const published = registry.manifests.get('team/app@1');
			if (error === undefined) assert.ok(published !== undefined && isWhole(registry, image, 'team/app'), says);
			else {
				assert.ok(!HARMLESS.has(fault.kind), says);
				assert.ok(error.message.length > 20 && error.hint !== undefined, says);
			}
			assert.ok(published === undefined || isWhole(registry, image, 'team/app'), `half-published: ${says}`);
			if (error === undefined) survived++;
		}
	}
	assert.deepEqual(registry.leaks, [], 'no credential reaches another host');
	t.diagnostic(
		`${FAULTS.length * count} faults in a push of ${count} requests: ${survived} survived, the others ended with a clear error and nothing half-published`,
	);
});

test('a pull meets every fault at every request', async (t) => {
	const registry = await startFaultRegistry(t);
	const { image, store } = await imageOf(t, true);
	const names = [parseReference(`${registry.host}/team/app:1`)];
	const pull = async (client: RegistryClient): Promise<void> => {
		const pulled = await pullImage(parseReference(`${registry.host}/team/app:1`), client);
		assert.equal(pulled.manifest.descriptor.digest, image.manifest.descriptor.digest);
		for (const layer of imagesOf(pulled).flatMap(({ layers }) => layers)) {
			let length = 0;
			for await (const chunk of await layer.open()) length += (chunk as Buffer).length;
			assert.equal(length, layer.descriptor.size);
		}
	};
	assert.equal(await attempt((client) => registryOutput({ names, client, emit: () => undefined, sites: createBlobSites(store) }).write(image)), undefined);
	registry.arm();
	assert.equal(await attempt(pull), undefined);
	const count = registry.requests.length;
	let survived = 0;
	for (const fault of FAULTS.filter(({ kind }) => !kind.startsWith('location'))) {
		for (let at = 0; at < count; at++) {
			registry.arm(at, fault);
			const error = await attempt(pull);
			const request = registry.requests[at];
			const says = `${nameOf(fault)} at ${request?.method} ${request?.url}: ${error?.message ?? 'no error'}`;
			if (error === undefined) survived++;
			else assert.ok(!HARMLESS.has(fault.kind) && error.hint !== undefined, says);
		}
	}
	assert.deepEqual(registry.leaks, []);
	t.diagnostic(`${(FAULTS.length - 3) * count} faults in a pull of ${count} requests: ${survived} survived, the others ended with a clear error`);
});

test('a large layer goes on where a broken connection left it', async (t) => {
	const registry = await startFaultRegistry(t);
	const store = await openStore(folder(t));
	const image = await testImage(store, [randomBytes(9 << 20)]);
	const size = image.layers[0]?.descriptor.size ?? 0;
	const push = (client: RegistryClient) =>
		registryOutput({ names: [parseReference(`${registry.host}/team/app:1`)], client, emit: () => undefined, sites: createBlobSites(store) }).write(image);
	registry.arm();
	assert.equal(await attempt(push), undefined);
	const count = registry.requests.length;
	const patch = registry.requests.findIndex(({ method }) => method === 'PATCH');
	for (const fault of FAULTS.filter(({ kind }) =>
		['reset-midway', 'reset-before', 'reset-after', 'unauthorized', 'location-elsewhere', 'status', 'other-success', 'range-stuck', 'redirect-here'].includes(
			kind,
		),
	)) {
		for (let at = 0; at < count; at++) {
			registry.clear();
			registry.arm(at, fault);
			const error = await attempt(push);
			const says = `${nameOf(fault)} at ${registry.requests[at]?.method}: ${error?.message ?? 'no error'}`;
			assert.ok(error !== undefined || isWhole(registry, image, 'team/app'), says);
			assert.ok(error === undefined || !HARMLESS.has(fault.kind), says);
			if (at === patch && fault.kind === 'reset-midway')
				assert.ok(registry.received < size * 1.1, `${registry.received} bytes sent for ${size}: the first half is not sent again`);
		}
	}
	assert.deepEqual(registry.leaks, []);
});
