/** The file behind a program's name, as installed packages name it in `bin`: lock files other than npm's do not say, and pnpm's `.bin` holds shell scripts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { productionDirectory } from './dependencies.js';
import type { NodeFacts } from './facts.js';
import { installKey } from './install-key.js';
import { isRecord, manifestFile, productionDependencies, readManifest } from './manifest.js';

const BIN = /^(?:\.\/)?node_modules\/\.bin\/([^/]+)$/;

/** @returns undefined when the command stands as planned @throws TareError START_UNSUPPORTED when no installed package has the program */
export async function resolveCommand(
	command: readonly string[],
	facts: NodeFacts,
	platform: Platform,
	tools: Toolchain,
): Promise<readonly string[] | undefined> {
	const at = command.findIndex((word) => BIN.test(word));
	const program = BIN.exec(command[at] ?? '')?.[1];
	if (program === undefined) return undefined;
	const file = facts.hasDependencies ? await knownFile(program, facts, platform, tools) : undefined;
	if (file === undefined) throw notInstalled(program, facts.hasDependencies ? programsBelow(await productionDirectory(facts, platform, tools), facts) : []);
	return command.map((word, place) => (place === at ? file : word));
}

async function knownFile(program: string, facts: NodeFacts, platform: Platform, tools: Toolchain): Promise<string | undefined> {
	const key = installKey('production', facts, platform, tools);
	const id = `${key} ${program}`;
	const known = key === undefined ? undefined : await tools.store.record<{ file: string }>('node-bin', id);
	if (known !== undefined) return known.file;
	const file = findProgram(program, await productionDirectory(facts, platform, tools), facts, tools);
	if (key !== undefined && file !== undefined) await tools.store.setRecord('node-bin', id, { file });
	return file;
}

/** @returns path relative to the app's folder */
function findProgram(program: string, dir: string, { app }: NodeFacts, { source }: Toolchain): string | undefined {
	const folders = moduleFolders(dir, app);
	const manifests = [manifestFile(app), 'package.json'].flatMap((file) => readManifest(source, file) ?? []);
	// A package that the project names comes before one that only another package brings.
	const direct = manifests.flatMap(({ json }) => productionDependencies(json));
	const candidates = [...direct.flatMap((name) => folders.map((folder) => join(folder, name))), ...folders.flatMap(packagesIn), ...virtualPackages(dir)];
	for (const folder of candidates) {
		const file = binsOf(folder)[program];
		if (file !== undefined && existsSync(join(folder, file))) return relative(join(dir, app), join(folder, file));
	}
	return undefined;
}

function moduleFolders(dir: string, app: string): readonly string[] {
	return [...new Set([join(dir, app, 'node_modules'), join(dir, 'node_modules')])].filter((folder) => existsSync(folder));
}

/** Folders of the packages directly in a node_modules folder. */
function packagesIn(folder: string): readonly string[] {
	return readdirSync(folder)
		.filter((name) => !name.startsWith('.'))
		.sort()
		.flatMap((name) =>
			name.startsWith('@')
				? readdirSync(join(folder, name))
						.sort()
						.map((scoped) => join(folder, name, scoped))
				: [join(folder, name)],
		);
}

/** pnpm hoists what packages bring to a folder of its own. */
function virtualPackages(dir: string): readonly string[] {
	const folder = join(dir, 'node_modules/.pnpm/node_modules');
	return existsSync(folder) ? packagesIn(folder) : [];
}

/** Files relative to the package's folder, by the program's name: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#bin */
function binsOf(folder: string): Readonly<Record<string, string>> {
	const path = join(folder, 'package.json');
	if (!existsSync(path)) return {};
	let json: unknown;
	try {
		json = JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		// Not a package that anything could run.
		return {};
	}
	const { name, bin } = isRecord(json) ? json : {};
	if (typeof bin === 'string') return typeof name === 'string' ? { [name.replace(/^@[^/]+\//, '')]: bin } : {};
	return isRecord(bin) ? Object.fromEntries(Object.entries(bin).filter((pair): pair is [string, string] => typeof pair[1] === 'string')) : {};
}

function programsBelow(dir: string, { app }: NodeFacts): readonly string[] {
	return [
		...new Set(
			moduleFolders(dir, app)
				.flatMap(packagesIn)
				.flatMap((folder) => Object.keys(binsOf(folder))),
		),
	].sort();
}

function notInstalled(program: string, installed: readonly string[]): TareError {
	const shown = installed.slice(0, 12).join(', ');
	return new TareError('START_UNSUPPORTED', `no production dependency has the program "${program}", which the start command runs`, {
		hint: `Move the package that brings it from "devDependencies" to "dependencies", or start with "node FILE".${
			installed.length === 0 ? '' : ` Installed programs: ${shown}${installed.length > 12 ? ', ...' : ''}.`
		}`,
		data: { installed },
	});
}
