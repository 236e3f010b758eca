/** What the build tool has packed: of many jars the one that is the app. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import { type Manifest, parseManifest } from './manifest.js';
import { jarTree, readText, type Tree } from './tree.js';

export interface Artifact {
	/** Folder of its module below the workspace. */
	readonly module: string;
	/** Below the workspace. */
	readonly file: string;
	readonly tree: Tree;
	readonly manifest: Manifest;
}

/** Quarkus puts a folder beside the jar. */
export interface QuarkusFolder {
	readonly module: string;
	/** Below the workspace. */
	readonly folder: string;
}

const BESIDE = /(?:[-.](?:sources|javadoc|tests?|test-fixtures|plain|stubs|cli-sources)|\.original)\.jar$|^original-/;
/** Names of jars that hold everything. */
const WHOLE = /-(?:jar-with-dependencies|all|shaded|uber|fat|runner|exec|standalone|boot)\.(?:jar|war)$/;

/** @param folder where the tool puts jars: `target`, `build/libs` @param modules folders below the workspace */
export function findArtifacts(workspace: string, modules: readonly string[], folder: string): readonly Artifact[] {
	return modules.flatMap((module) => {
		const dir = join(module, folder);
		const full = join(workspace, dir);
		if (!existsSync(full)) return [];
		const names = readdirSync(full)
			.filter((name) => /\.[jw]ar$/.test(name) && !BESIDE.test(name))
			.sort();
		const all = names.map((name): Artifact => {
			const file = join(dir, name);
			const tree = jarTree(join(workspace, file), file);
			return { module, file, tree, manifest: parseManifest(readText(tree, 'META-INF/MANIFEST.MF') ?? '') };
		});
		const best = bestOf(all);
		return best === undefined ? [] : [best];
	});
}

/** Of one module's jars: the one of Spring Boot, then the one with everything in it, then one that can be started. */
function bestOf(all: readonly Artifact[]): Artifact | undefined {
	const rank = ({ file, manifest }: Artifact): number =>
		(manifest.has('Start-Class') ? 8 : 0) + (WHOLE.test(file) ? 4 : 0) + (manifest.has('Main-Class') ? 2 : 0) + (file.endsWith('.jar') ? 1 : 0);
	return [...all].sort((a, b) => rank(b) - rank(a) || b.tree.names.length - a.tree.names.length)[0];
}

export function findQuarkus(workspace: string, modules: readonly string[], folder: string): readonly QuarkusFolder[] {
	return modules
		.map((module) => ({ module, folder: join(module, folder, 'quarkus-app') }))
		.filter((one) => existsSync(join(workspace, one.folder, 'quarkus-run.jar')));
}

/** The module that is the app: the one asked for, the only one that can be started, the only one there is. @throws TareError AMBIGUOUS | NO_START */
export function chooseModule<T extends { readonly module: string }>(all: readonly T[], starts: (one: T) => boolean, asked: string | undefined): T {
	const named = asked === undefined ? undefined : all.find(({ module }) => module === asked || module.endsWith(`/${asked}`));
	if (named !== undefined) return named;
	const startable = all.filter(starts);
	const candidates = startable.length > 0 ? startable : all;
	const [only] = candidates;
	if (asked !== undefined || only === undefined) throw nothing(all, asked);
	if (candidates.length > 1) throw several(candidates);
	return only;
}

function nothing(all: readonly { readonly module: string }[], asked: string | undefined): TareError {
	if (asked === undefined)
		return new TareError('NO_START', 'the build packed no jar', { hint: 'Build a module with the packaging jar, or name its folder: --main DIR.' });
	const modules = all.map(({ module }) => module);
	return new TareError('NO_START', `there is no module "${asked}" with a jar`, { hint: `Modules: ${modules.join(', ')}.`, data: { modules } });
}

function several(candidates: readonly { readonly module: string }[]): TareError {
	const modules = candidates.map(({ module }) => module).sort();
	return new TareError('AMBIGUOUS', `more than one module can be started: ${modules.join(', ')}`, {
		hint: `Name one: --main ${modules[0]}.`,
		data: { candidates: modules },
	});
}
