/** Sources without a build tool: javac compiles them, and jars in lib are their libraries. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { runTool } from './build-tool.js';
import { javaSources } from './detect.js';
import { DEFAULT_JAVA } from './java-version.js';
import type { Jdk } from './jdk.js';
import type { JavaFacts } from './plan.js';
import { filesBelow, folderTree, type Tree } from './tree.js';

export interface Compiled {
	readonly tree: Tree;
	/** On disk. */
	readonly libraries: readonly string[];
}

/** @throws TareError BUILD_FAILED */
export async function compileSources({ level, line, file }: JavaFacts, jdk: Jdk, tools: Toolchain): Promise<Compiled> {
	const { source } = tools;
	const [cwd, classes] = [await tools.workspace(), await tools.scratch('classes')];
	const libraries = source.files.filter(({ path }) => /^libs?\/[^/]+\.jar$/.test(path)).map(({ path }) => join(source.root, path));
	const release = level ?? Math.min(DEFAULT_JAVA, line, jdk.java);
	const argv = [
		...['javac', '-d', classes, '--release', String(Math.max(8, release)), '-encoding', 'UTF-8', '-g:source,lines', '-parameters'],
		...(libraries.length > 0 ? ['-cp', libraries.join(':')] : []),
		...javaSources(source),
	];
	mkdirSync(classes, { recursive: true });
	const result = await runTool({ step: 'compile', argv, cwd, jdk, env: {} }, tools);
	if (result?.exitCode !== 0)
		throw new TareError('BUILD_FAILED', `javac exited with ${result?.exitCode}`, {
			hint: "The lines above are javac's. Libraries belong into lib/; with more of them, add a pom.xml.",
			at: { file },
			data: { output: result?.tail ?? '' },
		});
	return { tree: folderTree(classes, filesBelow(classes), file), libraries };
}
