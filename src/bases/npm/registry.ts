/** Packages of the user's npm registry: versions and tarballs, with their integrity. */
import { createHash } from 'node:crypto';
import { maxSatisfying, rcompare } from 'semver';
import { TareError } from '../../errors.js';
import type { Listener } from '../../events.js';
import type { HttpClient, HttpResponse } from '../../net/contract.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { Store, StoredBlob } from '../../store/contract.js';
import type { LockedNpmPackage } from '../lock.js';
import type { NpmConfig } from './config.js';

export interface NpmContext {
	readonly store: Store;
	/** Trusts and goes the ways that the npm configuration names. */
	npmHttp(): Promise<HttpClient>;
	readonly emit: Listener;
	/** Read when the first request is made. */
	config(): Promise<NpmConfig>;
}

interface Packument {
	readonly versions: Readonly<Record<string, { readonly deprecated?: string; readonly dist: { readonly tarball: string; readonly integrity?: string } }>>;
}

const ABBREVIATED = 'application/vnd.npm.install-v1+json';
const PACKUMENT_LIMIT = 64 * 2 ** 20;
const TARBALL_LIMIT = 512 * 2 ** 20;

/** @throws TareError NETWORK | REGISTRY_NOT_FOUND | OFFLINE | VERSION_UNSATISFIABLE */
export async function fetchPackument(name: string, context: NpmContext): Promise<Packument> {
	const { registry } = await context.config();
	const response = await get(`${registry}${name.replace('/', '%2f')}`, name, context, ABBREVIATED);
	return JSON.parse(Buffer.from(await response.bytes(PACKUMENT_LIMIT)).toString()) as Packument;
}

/** Versions that all packages have, without prereleases and deprecated ones; newest first. */
export function commonVersions(packuments: readonly Packument[]): readonly string[] {
	const [first, ...others] = packuments;
	return Object.entries(first?.versions ?? {})
		.filter(
			([version, { deprecated, dist }]) =>
				!version.includes('-') &&
				deprecated === undefined &&
				dist.integrity !== undefined &&
				others.every(({ versions }) => versions[version]?.dist.integrity !== undefined),
		)
		.map(([version]) => version)
		.sort(rcompare);
}

/** The newest version for the first range that has one. */
export function pickVersion(versions: readonly string[], ranges: readonly string[]): string | undefined {
	for (const range of ranges) {
		const found = maxSatisfying([...versions], range);
		if (found !== null) return found;
	}
	return undefined;
}

export function lockPackage(name: string, version: string, packument: Packument): LockedNpmPackage {
	return { name, version, integrity: packument.versions[version]?.dist.integrity ?? '' };
}

/** Verified against the lock's sha512, from the store when it is there. @throws TareError BASE_UNTRUSTED | NETWORK | OFFLINE */
export async function fetchTarball(locked: LockedNpmPackage, context: NpmContext): Promise<StoredBlob> {
	const known = await context.store.record<{ readonly digest: string }>('npm', locked.integrity);
	const blob = known !== undefined && isDigest(known.digest) ? await context.store.blob(known.digest as Digest) : undefined;
	if (blob !== undefined) return blob;
	const { registry } = await context.config();
	const base = locked.name.slice(locked.name.lastIndexOf('/') + 1);
	const response = await get(`${registry}${locked.name}/-/${base}-${locked.version}.tgz`, locked.name, context);
	const fetched = await context.store.putStream(verified(response, locked, context));
	await context.store.setRecord('npm', locked.integrity, { digest: fetched.digest });
	return fetched;
}

async function* verified(response: HttpResponse, { name, version, integrity }: LockedNpmPackage, { emit }: NpmContext): AsyncGenerator<Uint8Array> {
	const hash = createHash('sha512');
	const total = Number(response.header('content-length')) || undefined;
	let done = 0;
	for await (const chunk of response.body) {
		hash.update(chunk);
		done += chunk.length;
		if (done > TARBALL_LIMIT) throw new TareError('BASE_INVALID', `${name} ${version} is larger than ${TARBALL_LIMIT} bytes`);
		emit({ type: 'progress', task: `${name} ${version}`, done, ...(total !== undefined && { total }) });
		yield chunk;
	}
	if (!integrity.split(' ').includes(`sha512-${hash.digest('base64')}`)) {
		throw new TareError('BASE_UNTRUSTED', `${name} ${version} is not the file that its integrity names`, {
			hint: 'The npm registry or a proxy may be damaged or tampered with: try again, or another registry.',
		});
	}
}

async function get(url: string, name: string, context: NpmContext, accept?: string): Promise<HttpResponse> {
	const config = await context.config();
	const authorization = config.authorization(url);
	const response = await (await context.npmHttp()).request({
		url,
		headers: { ...(accept !== undefined && { accept }), ...(authorization !== undefined && { authorization }) },
	});
	if (response.status === 200) return response;
	response.discard();
	const { host } = new URL(url);
	if (response.status === 401 || response.status === 403) {
		throw new TareError(
			'REGISTRY_AUTH',
			`the npm registry ${host} refuses ${name} (HTTP ${response.status}${authorization === undefined ? ', no credentials in .npmrc' : ''})`,
			{ hint: `Add a token for the registry to .npmrc: //${host}/:_authToken=\${NPM_TOKEN}` },
		);
	}
	throw new TareError(response.status === 404 ? 'REGISTRY_NOT_FOUND' : 'NETWORK', `the npm registry ${host} has no ${name} (HTTP ${response.status})`, {
		hint: 'Check the registry in .npmrc; a mirror may lack the package.',
	});
}
