/** What turns the output of a framework into a server on Node where the project has no adapter for it: put in by the build, pinned in tare.lock. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { minVersion } from 'semver';
import type { LayerSpec } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { allDependencies, isRecord, type PackageJson } from './manifest.js';

/** `server`: serves a handler of requests, `(Request) => Response`. `sveltekit`: adapter-auto finds the adapter for Node. */
export type AdapterKind = 'server' | 'sveltekit';

const SERVER_FOLDER = '/tare/server';
/** https://srvx.h3.dev: no dependencies of its own. */
export const SERVER_ADAPTER = { name: 'srvx', range: '^1.0.0', program: `${SERVER_FOLDER}/bin/srvx.mjs` };
const SVELTEKIT = '@sveltejs/adapter-node';
/** The adapter of each SvelteKit: its peer dependency says so. */
const SVELTEKIT_VERSIONS: readonly (readonly [kit: number, adapter: string])[] = [
	[3, '6'],
	[2, '5'],
	[1, '1'],
];
/** What adapter-auto asks to choose the adapter for Node: https://github.com/sveltejs/kit/blob/main/packages/adapter-auto/adapters.js */
const SVELTEKIT_ENV = { GCP_BUILDPACKS: '1' };
const INSTALLER = { npm: '10' };

/** npm packages that the build runs or ships. */
export function adapterTools(kind: AdapterKind | undefined): Readonly<Record<string, string>> {
	return kind === undefined ? {} : kind === 'server' ? { [SERVER_ADAPTER.name]: SERVER_ADAPTER.range } : INSTALLER;
}

/** For the plan. */
export function adapterReason(kind: AdapterKind): string {
	return kind === 'server'
		? `the build makes a handler of requests and no server: ${SERVER_ADAPTER.name} serves it, in a layer of its own (pinned in tare.lock)`
		: `adapter-auto makes nothing that runs in a container: ${SVELTEKIT} is put in for the build (pinned in tare.lock)`;
}

export function serverLayer(tools: Toolchain): LayerSpec {
	return {
		name: 'server',
		purpose: 'runtime',
		key: `${SERVER_ADAPTER.name} ${tools.toolVersion(SERVER_ADAPTER.name)}`,
		entries: async () =>
			directoryEntries({ from: await tools.tool(SERVER_ADAPTER.name), into: SERVER_FOLDER.slice(1), skip: (path) => /\.d\.[cm]?ts$|\.map$/.test(path) }),
	};
}

/** @returns the version range for a SvelteKit, by the project's dependency on it */
export function sveltekitAdapter(json: PackageJson): string {
	const kit = minVersionOf(allDependencies(json)['@sveltejs/kit']) ?? 2;
	return SVELTEKIT_VERSIONS.find(([from]) => kit >= from)?.[1] ?? '5';
}

function minVersionOf(range: string | undefined): number | undefined {
	try {
		return range === undefined ? undefined : minVersion(range)?.major;
	} catch {
		// A tag or a catalog.
		return undefined;
	}
}

export interface PutIn {
	readonly env: Readonly<Record<string, string>>;
	/** What is kept of the installed packages must not have it. */
	remove(): void;
}

/** Puts the adapter where adapter-auto looks for it. @throws TareError INSTALL_FAILED | LOCK_FROZEN */
export async function putInSvelteKit(app: string, json: PackageJson, tools: Toolchain, path: readonly string[]): Promise<PutIn> {
	const lines = await chooseSvelteKit(json, tools, path);
	const dir = await tools.fixed('sveltekit-adapter');
	const [manifest = '', ...packages] = lines;
	writeFileSync(join(dir, 'package.json'), manifest);
	writeFileSync(join(dir, 'package-lock.json'), lockOf(JSON.parse(manifest), packages));
	await npm(['ci', '--ignore-scripts', '--legacy-peer-deps'], dir, tools, path);
	const link = join(await tools.workspace(), app, 'node_modules', SVELTEKIT);
	mkdirSync(dirname(link), { recursive: true });
	symlinkSync(join(dir, 'node_modules', SVELTEKIT), link);
	return { env: SVELTEKIT_ENV, remove: () => rmSync(link, { force: true }) };
}

/** The lock keeps a manifest, and below it a line for each package. */
export function chooseSvelteKit(json: PackageJson, tools: Toolchain, path: readonly string[]): Promise<readonly string[]> {
	const manifest = JSON.stringify({ dependencies: { [SVELTEKIT]: sveltekitAdapter(json) } });
	return tools.choose({
		name: 'node sveltekit-adapter',
		question: manifest,
		make: async () => {
			const dir = await tools.scratch('adapter-lock');
			writeFileSync(join(dir, 'package.json'), manifest);
			await npm(['install', '--package-lock-only', '--ignore-scripts', '--legacy-peer-deps'], dir, tools, path);
			const { packages } = JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> };
			return [manifest, ...Object.entries(packages).flatMap(([place, entry]) => (place === '' || !isRecord(entry) ? [] : [packageLine(place, entry)]))];
		},
	});
}

/** Without what only informs, and without the registry's address. */
function packageLine(place: string, entry: Readonly<Record<string, unknown>>): string {
	const kept = ['version', 'integrity', 'dependencies', 'optionalDependencies', 'optional', 'os', 'cpu', 'libc', 'bin'];
	return JSON.stringify([place, Object.fromEntries(kept.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])))]);
}

function lockOf(manifest: object, lines: readonly string[]): string {
	const packages = Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]));
	return JSON.stringify({ lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } });
}

async function npm(args: readonly string[], cwd: string, tools: Toolchain, path: readonly string[]): Promise<void> {
	const { bin } = await tools.runtime('node');
	const own = await tools.once('node:adapter-npm', async () => {
		const folder = await tools.scratch('adapter-bin');
		symlinkSync(join(await tools.tool('npm'), 'bin/npm-cli.js'), join(folder, 'npm'));
		return folder;
	});
	const argv = ['npm', ...args, '--no-audit', '--no-fund', '--loglevel=warn'];
	const { exitCode, tail } = await tools.run({ step: 'adapter', argv, cwd, path: [own, bin, ...path] });
	if (exitCode === 0) return;
	throw new TareError('INSTALL_FAILED', `${SVELTEKIT} could not be installed (npm exited with ${exitCode})`, {
		hint: `Add ${SVELTEKIT} to the project's devDependencies and name it in svelte.config.js, or see the lines above.`,
		data: { output: tail },
	});
}
