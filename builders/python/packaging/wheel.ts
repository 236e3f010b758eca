/** The project's own package, built by its own backend where its manifest alone does not make it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { directoryEntries } from '../../../src/layers/directory.js';
import type { Entry } from '../../../src/layers/entry.js';
import type { Platform } from '../../../src/oci/types.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { compileModules } from '../bytecode.js';
import type { PythonFacts } from '../facts.js';
import { describe, type Installed, refuseForeign, siteEntries, sitePackages } from '../installed.js';
import { installProject } from '../pinned.js';
import { SCM_VARIABLES } from './version.js';

/** Undefined where the backend has nothing to do. @throws TareError INSTALL_FAILED */
export async function projectPackage(facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<Installed | undefined> {
	const { wheel, version } = facts;
	if (wheel === undefined) return undefined;
	return tools.once(`project ${platform.architecture}`, async () => {
		const dir = await tools.scratch('project');
		const site = join(dir, 'site');
		const told = wheel.version === undefined ? {} : Object.fromEntries(SCM_VARIABLES.map((name) => [name, wheel.version as string]));
		const env = { ...told, ...facts.buildEnv };
		await installProject(wheel.arguments, site, { ...facts, buildEnv: env }, platform, tools);
		refuseForeign(site, facts, platform);
		await compileModules(version, { from: site, out: site, place: `/${sitePackages(version)}` }, tools);
		return describe(dir);
	});
}

/** In its place among the dependencies, and what the backend made also beside the sources, which Python may find first. */
export function projectEntries(project: Installed, facts: PythonFacts, tools: Toolchain): readonly Entry[] {
	return [...siteEntries(project, facts), ...overlay(project, facts, tools)];
}

/** Files that the backend made among the sources, by their paths there. */
export function madeFiles(project: Installed, facts: PythonFacts, tools: Toolchain): readonly { readonly path: string }[] {
	return overlay(project, facts, tools).map(({ path }) => ({ path: path.slice('app/'.length) }));
}

function overlay({ site }: Installed, { wheel }: PythonFacts, { source }: Toolchain): readonly Entry[] {
	const shown = readdirSync(site, { withFileTypes: true }).filter(
		(entry) => entry.isDirectory() && !/\.(?:dist-info|data)$|^(?:bin|__pycache__)$/.test(entry.name),
	);
	return shown.flatMap(({ name }) => {
		const at = (wheel?.roots ?? []).map((root) => posix.join(root, name)).find((path) => source.files.some((file) => file.path.startsWith(`${path}/`)));
		if (at === undefined) return [];
		return directoryEntries({ from: join(site, name), into: `app/${at}`, skip: (path) => /(?:^|\/)__pycache__(?:\/|$)/.test(path) }).filter(
			(entry) => entry.type === 'file' && isNew(entry.path.slice('app/'.length), join(site, name, entry.path.slice(`app/${at}/`.length)), source.root),
		);
	});
}

function isNew(path: string, built: string, root: string): boolean {
	const own = join(root, path);
	return !existsSync(own) || !readFileSync(own).equals(readFileSync(built));
}
