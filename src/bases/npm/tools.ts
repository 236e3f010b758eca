/** The locked node and npm as programs on this host: unpacked once into the store, whatever the host itself has. */
import { dirname, join } from 'node:path';
import { TareError } from '../../errors.js';
import type { InstalledRuntime } from '../../toolchain/contract.js';
import type { LockedNpmPackage, LockedRuntime } from '../lock.js';
import { commonVersions, fetchPackument, fetchTarball, lockPackage, type NpmContext, pickVersion } from './registry.js';
import { packageOf, runtimeNamed } from './runtimes.js';
import { unpackTarball } from './unpack.js';

const KIND = 'tool';

/** @throws TareError VERSION_UNSATISFIABLE | NETWORK | OFFLINE */
export async function resolveTool(name: string, range: string, context: NpmContext): Promise<LockedNpmPackage> {
	const packument = await fetchPackument(name, context);
	const version = pickVersion(commonVersions([packument]), [range]);
	if (version === undefined)
		throw new TareError('VERSION_UNSATISFIABLE', `no version of ${name} satisfies "${range}"`, { hint: `Correct "packageManager" in package.json.` });
	return lockPackage(name, version, packument);
}

/** The folder of the unpacked package. @throws TareError BASE_UNTRUSTED | NETWORK | OFFLINE */
export async function installTool(locked: LockedNpmPackage, context: NpmContext): Promise<string> {
	return context.store.tree(KIND, `${locked.name} ${locked.integrity}`, async (dir) => unpackTarball(await fetchTarball(locked, context), locked.name, dir));
}

/** @param architecture OCI name of the host */
export async function installRuntime(runtime: string, locked: LockedRuntime, architecture: string, context: NpmContext): Promise<InstalledRuntime> {
	const tarball = packageOf(locked, architecture);
	const { binary } = runtimeNamed(runtime);
	const part = (label: string, wants: (path: string) => boolean): Promise<string> =>
		context.store.tree(KIND, `${tarball.name} ${tarball.integrity} ${label}`, async (dir) =>
			unpackTarball(await fetchTarball(tarball, context), tarball.name, dir, wants),
		);
	return {
		version: locked.version,
		bin: dirname(join(await part('bin', (path) => path === binary), binary)),
		headers: () => part('headers', (path) => path.startsWith('include/')),
	};
}
