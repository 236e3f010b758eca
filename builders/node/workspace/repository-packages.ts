/** Names of the packages of a repository, listed or not: what a registry must never be asked for in their place. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfFile } from '../../../src/project-file.js';
import { isRecord } from '../manifest.js';

/** Folders that hold no package of the repository's own. */
const PASSED_OVER = /^(?:\..*|node_modules|bower_components|dist|build|out|target|vendor)$/;
const DEPTH = 8;

/** @param except the folder that asks */
export function packageNames(root: string, except: string): ReadonlySet<string> {
	const found = new Set<string>();
	const visit = (folder: string, depth: number): void => {
		const name = folder === except ? undefined : manifestAt(folder)?.name;
		if (typeof name === 'string') found.add(name);
		if (depth === DEPTH) return;
		for (const entry of readdirSync(folder, { withFileTypes: true }))
			if (entry.isDirectory() && !PASSED_OVER.test(entry.name)) visit(join(folder, entry.name), depth + 1);
	};
	visit(root, 0);
	return found;
}

/** Names of the dependencies that an installation looks up in the registry, or in the workspace. */
export function registryDependencies(dir: string): readonly string[] {
	const json = manifestAt(dir) ?? {};
	const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) => Object.entries(isRecord(json[key]) ? json[key] : {}));
	const elsewhere = /^(?:file|link|portal|git\+?\w*|github|https?|npm):|^\.{0,2}\/|^[\w.-]+\/[\w.-]+(?:#|$)/;
	return [...new Set(all.filter(([, range]) => !elsewhere.test(String(range))).map(([name]) => name))];
}

function manifestAt(folder: string): Readonly<Record<string, unknown>> | undefined {
	const text = readIfFile(join(folder, 'package.json'));
	try {
		const value: unknown = text === undefined ? undefined : JSON.parse(text);
		return isRecord(value) ? value : undefined;
	} catch {
		// Broken JSON of another package is not this build's to report.
		return undefined;
	}
}
