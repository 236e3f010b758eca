/** From a plan's base request to a lock, and from the lock to bases: the two halves between which the app is built. */

import type { BuildPlan } from '../builder/contract.js';
import { TareError } from '../errors.js';
import { phase } from '../events.js';
import type { Gate } from '../gate.js';
import type { Platform } from '../oci/types.js';
import type { RegistryClient } from '../registry/client.js';
import type { Base, BaseRequest, DebianSet, VersionChoice } from './contract.js';
import type { DebianContext, DebianRequest } from './debian/context.js';
import { debianLayers } from './debian/layers.js';
import { resolveDebian } from './debian/resolve.js';
import { debianRoot } from './debian/root.js';
import { initPath, JAVA_HOME, JAVA_PATH, javaLine, PYTHON_VERSIONS, pythonPath } from './debian/sets.js';
import { readLayoutBase } from './layout.js';
import type { LockedRuntime, LockFile } from './lock.js';
import { materialise } from './materialise.js';
import type { NpmContext } from './npm/registry.js';
import { pickVersion } from './npm/registry.js';
import { debianPackagesForNode, isNpmRuntime, resolveRuntime, runtimeLayer, runtimeNamed } from './npm/runtimes.js';
import { resolveTool } from './npm/tools.js';
import { openRegistryBase, pinRegistryBase } from './registry.js';
import { scratchBase } from './scratch.js';

export interface BaseContext extends DebianContext, NpmContext {
	readonly registry: RegistryClient;
	readonly packing: Gate;
	/** OCI architecture of the host where steps run on Linux; undefined elsewhere. */
	readonly hostArchitecture: string | undefined;
}

/** Adds to the lock what the plan needs and it lacks. @throws TareError BASE_* | VERSION_UNSATISFIABLE | OFFLINE | NETWORK */
export async function lockPlan(plan: BuildPlan, platforms: readonly Platform[], lock: LockFile, context: BaseContext): Promise<LockFile> {
	const architectures = [...new Set(platforms.map(({ architecture }) => architecture))];
	const runtime = plan.runtime === undefined ? undefined : await lockRuntime(plan.runtime, architectures, plan.base, lock, context);
	const tools = { ...lock.tools };
	const programs: Record<string, LockedRuntime> = {};
	for (const [name, range] of Object.entries(plan.tools)) {
		if (isNpmRuntime(name)) {
			// A runtime that only the build needs runs on the host.
			if (name !== plan.runtime?.name) programs[name] = await lockRuntime({ name, ranges: [range], because: 'the build' }, [], plan.base, lock, context);
			continue;
		}
		const known = tools[name];
		tools[name] = known !== undefined && pickVersion([known.version], [range]) !== undefined ? known : await resolveTool(name, range, context);
	}
	const debian =
		plan.base.kind === 'debian'
			? await resolveDebian(withToolSets(withRuntimePackages(plan.base, runtime), plan), withHost(architectures, plan, context), lock.debian, context)
			: lock.debian;
	const images =
		plan.base.kind === 'registry'
			? { ...lock.images, [plan.base.ref]: lock.images?.[plan.base.ref] ?? (await pinRegistryBase(plan.base.ref, context)) }
			: lock.images;
	return {
		lockVersion: 1,
		...(debian !== undefined && { debian }),
		...(images !== undefined && { images }),
		...((lock.runtimes !== undefined || runtime !== undefined || Object.keys(programs).length > 0) && {
			runtimes: { ...lock.runtimes, ...programs, ...(runtime !== undefined && plan.runtime !== undefined && { [plan.runtime.name]: runtime }) },
		}),
		...(Object.keys(tools).length > 0 && { tools }),
		...(lock.choices !== undefined && { choices: lock.choices }),
	};
}

async function lockRuntime(
	choice: VersionChoice,
	architectures: readonly string[],
	base: BaseRequest,
	lock: LockFile,
	context: BaseContext,
): Promise<LockedRuntime> {
	// Steps run with the locked runtime, so the host's architecture is needed too.
	const wanted = [
		...new Set([...(base.kind === 'debian' ? architectures : []), ...(context.hostArchitecture === undefined ? [] : [context.hostArchitecture])]),
	];
	const known = lock.runtimes?.[choice.name];
	const fits = known !== undefined && pickVersion([known.version], [choice.ranges.at(-1) ?? '*']) !== undefined;
	if (fits && wanted.every((architecture) => known.packages[architecture] !== undefined)) return known;
	// More platforms should not move the version where it exists for them.
	const exact = fits ? { ...choice, ranges: [known.version, ...choice.ranges] } : choice;
	return phase(context.emit, 'base', `choose ${choice.name}`, () => resolveRuntime(exact, wanted, context));
}

export function withRuntimePackages(request: DebianRequest, runtime: LockedRuntime | undefined): DebianRequest {
	const extra = runtime === undefined || request.runtime?.name !== 'node' ? [] : debianPackagesForNode(runtime.version);
	return { ...request, packages: [...new Set([...request.packages, ...extra])].sort() };
}

/** What steps use and no image gets is locked all the same. */
export function withToolSets(request: DebianRequest, { toolSets = [] }: BuildPlan): DebianRequest {
	return toolSets.length === 0 ? request : { ...request, sets: [...new Set([...request.sets, ...toolSets])] };
}

/** Steps that run programs of the base need it for the host, too. @param architectures OCI names */
export function withHost(architectures: readonly string[], { runsBase }: BuildPlan, { hostArchitecture }: BaseContext): readonly string[] {
	return [...new Set([...architectures, ...(runsBase === true && hostArchitecture !== undefined ? [hostArchitecture] : [])])];
}

/** Packages of the base unpacked on this machine. @param sets default: the base's own @param architecture default: the host's @throws TareError BASE_* | LOCK_INVALID | OFFLINE | TOOL_MISSING */
export async function openPackages(
	{ base }: BuildPlan,
	lock: LockFile,
	context: BaseContext,
	sets?: readonly DebianSet[],
	architecture?: string,
): Promise<string> {
	if (base.kind !== 'debian' || lock.debian === undefined) throw new TareError('INTERNAL', 'only a Debian base can be unpacked');
	if (context.hostArchitecture === undefined)
		throw new TareError('TOOL_MISSING', 'build steps run on Linux only so far', { hint: 'Build on Linux, in a Linux VM or in CI.' });
	const request = sets === undefined ? base : { ...base, sets, packages: [] };
	return debianRoot(request, lock.debian, architecture ?? context.hostArchitecture, context);
}

/** @throws TareError BASE_* | REGISTRY_* | IMAGE_INVALID | OFFLINE */
export async function openBase(request: BaseRequest, platform: Platform, lock: LockFile, context: BaseContext): Promise<Base> {
	switch (request.kind) {
		case 'debian':
			return openDebianBase(request, platform, lock, context);
		case 'scratch':
			return scratchBase(platform);
		case 'layout':
			return readLayoutBase(request.path, platform);
		case 'registry':
			return openRegistryBase(request.ref, lock.images?.[request.ref]?.digest, platform, context);
	}
}

async function openDebianBase(request: DebianRequest, platform: Platform, lock: LockFile, context: BaseContext): Promise<Base> {
	const runtime = request.runtime === undefined ? undefined : lock.runtimes?.[request.runtime.name];
	if (lock.debian === undefined) throw new TareError('LOCK_INVALID', 'tare.lock has no Debian packages', { hint: 'Run `tare update`.' });
	const { architecture } = platform;
	const debian = debianLayers(withRuntimePackages(request, runtime), lock.debian, architecture, context);
	const sources = [
		...debian.layers,
		...(runtime === undefined ? [] : [runtimeLayer(request.runtime?.name ?? '', runtime, architecture, request.strip, context)]),
	];
	const layers = [];
	for (const source of sources) layers.push(await materialise(source, context));
	const [java, init] = [javaLine(request.sets), initPath(request.sets)];
	const hasLibc = request.sets.includes('cc') || request.sets.includes('init');
	return {
		platform,
		layers,
		name: `debian:${request.release}`,
		config: {
			Env: [
				'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
				'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
				...(hasLibc ? ['LANG=C.UTF-8'] : []),
				...(java !== undefined ? [`JAVA_HOME=${JAVA_HOME}`] : []),
			],
			WorkingDir: '/',
		},
		packages: [
			...debian.packages,
			...(runtime === undefined
				? []
				: [
						{
							type: 'generic' as const,
							name: request.runtime?.name ?? '',
							version: runtime.version,
							architecture,
							purl: `pkg:generic/${request.runtime?.name}@${runtime.version}`,
						},
					]),
		],
		libraries: await debian.libraries(),
		...(java !== undefined && { runtime: { name: 'java', version: String(java), path: JAVA_PATH } }),
		...(request.sets.includes('python') && {
			runtime: { name: 'python', version: PYTHON_VERSIONS[request.release], path: pythonPath(request.release) },
		}),
		...(runtime !== undefined && {
			runtime: { name: request.runtime?.name ?? '', version: runtime.version, path: runtimeNamed(request.runtime?.name ?? '').path },
		}),
		...(init !== undefined && { init }),
	};
}
