/** Compiles the program for a platform and layers it above the files that it opens. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AppContent, BuildPlan } from '../../src/builder/contract.js';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { runtimeEntries } from '../../src/builder/runtime-files.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { compileFailure, findRustc, type Rustc, runRust } from './cargo.js';
import { cratesOf } from './crates.js';
import { compileCommand, profileFolder, type RustFacts } from './plan.js';
import { isRustData } from './sources.js';
import { chooseTarget, type Target } from './target.js';

/** Crates that compile C. */
const COMPILES_C = /^name = "(?:cc|cmake|openssl-src|autotools)"$/m;

interface Prepared {
	readonly cwd: string;
	readonly rustc: Rustc;
	/** Text of the lock file, the project's or the one that cargo made. */
	readonly lock: string;
}

export async function buildRust(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as RustFacts;
	const prepared = await tools.once('rust:prepare', () => prepare(facts, tools));
	const target = await chooseTarget(platform, COMPILES_C.test(prepared.lock), prepared.rustc, prepared.cwd, tools, facts);
	await fetchCrates(prepared, target, facts, tools);
	// The folder of the compiler's output is one for all platforms: build scripts and macros are compiled once.
	const bin = await tools.alone('rust:output', () => compile(facts, prepared, target, tools));
	return {
		layers: [
			{
				name: 'files',
				purpose: 'assets',
				entries: async () => [...runtimeEntries({ ...facts, paths: facts.ships }, isRustData, tools), ...compiledLink(facts, await tools.workspace())],
			},
			{ name: 'app', purpose: 'app', entries: async () => programEntries(facts, bin, platform) },
		],
		config: {},
		packages: await cratesOf({ cwd: prepared.cwd, lock: prepared.lock, target: target.triple, env: { ...prepared.rustc.env, ...facts.env } }, facts, tools),
		// Without an init a program that handles no signals would not end when it is asked to.
		needs: target.glibc ? ['static', 'cc', 'init'] : ['static', 'static-init'],
	};
}

/** Finds the compiler; a project without a lock file gets one. @throws TareError INSTALL_FAILED | LOCKFILE_OUTDATED | ... */
async function prepare(facts: RustFacts, tools: Toolchain): Promise<Prepared> {
	const cwd = join(await tools.workspace(), facts.folder);
	const rustc = await findRustc(tools, cwd, facts);
	if (!facts.locked) await cargo(['generate-lockfile'], { cwd, rustc }, facts, tools);
	return { cwd, rustc, lock: readFileSync(join(cwd, 'Cargo.lock'), 'utf8') };
}

/** Other platforms' crates, the larger part of many lock files, stay where they are. */
async function fetchCrates(prepared: Prepared, target: Target, facts: RustFacts, tools: Toolchain): Promise<void> {
	await cargo(['fetch', '--locked', '--target', target.triple], prepared, facts, tools);
}

async function cargo(words: readonly string[], { cwd, rustc }: Pick<Prepared, 'cwd' | 'rustc'>, facts: RustFacts, tools: Toolchain): Promise<void> {
	const result = await runRust(tools, { step: words[0] ?? '', argv: ['cargo', ...words], cwd, env: { ...rustc.env, ...facts.env } }, facts);
	if (result.exitCode !== 0) throw compileFailure(result, facts);
}

/** @returns the folder of the programs, outside of the one that is kept */
async function compile(facts: RustFacts, { cwd, rustc, lock }: Prepared, target: Target, tools: Toolchain): Promise<string> {
	const key = createHash('sha256')
		.update(JSON.stringify([rustc.identity, lock, facts.env, facts.rustflags]))
		.digest('hex');
	// Not in the work folder, whose path follows the source: with another path or flag every crate would be compiled again.
	const output = join(await tools.once('rust:output', () => tools.fixed(`cargo-${key.slice(0, 16)}`)), 'target');
	const flags = [...remapped(output, rustc, tools), ...facts.rustflags];
	await tools.store.takeTree('cargo-target', `${tools.source.root}\0${key}`, output);
	const env = {
		CARGO_TARGET_DIR: output,
		CARGO_INCREMENTAL: '0',
		[`CARGO_PROFILE_${facts.profile.toUpperCase().replaceAll('-', '_')}_STRIP`]: 'symbols',
		...target.env,
		...rustc.env,
		...facts.env,
	};
	const argv = [...compileCommand(facts), '--target', target.triple, '--config', `target.${target.triple}.rustflags=${JSON.stringify(flags)}`];
	const result = await runRust(tools, { step: 'compile', argv, cwd, env }, facts);
	const bin = await tools.scratch('rust');
	if (result.exitCode === 0)
		for (const { name } of facts.programs) copyFileSync(join(output, target.triple, profileFolder(facts.profile), name), join(bin, name));
	if (existsSync(output)) await tools.store.giveTree('cargo-target', `${tools.source.root}\0${key}`, output);
	if (result.exitCode !== 0) throw compileFailure(result, facts);
	return bin;
}

/** The program has the path of the folder that it was compiled in, which is the same on every machine: there it finds /app. */
function compiledLink({ linked, workdir }: RustFacts, workspace: string): readonly Entry[] {
	if (!linked) return [];
	const place = join(workspace, workdir);
	// /var/tmp keeps the mode that everyone's folder has.
	const shared = place.startsWith('/var/tmp/') ? [{ type: 'directory', path: imagePath('var/tmp'), mode: 0o1777 } as const] : [];
	return [...shared, { type: 'symlink', path: imagePath(place), mode: 0o777, target: '/app' }];
}

/** Places of this machine that messages of the program would name become the same everywhere. */
function remapped(output: string, { commit }: Rustc, tools: Toolchain): readonly string[] {
	const { CARGO_HOME, HOME, RUSTUP_HOME } = tools.passed(['CARGO_HOME', 'HOME', 'RUSTUP_HOME']);
	const home = CARGO_HOME ?? join(HOME ?? '/', '.cargo');
	const toolchains = join(RUSTUP_HOME ?? join(HOME ?? '/', '.rustup'), 'toolchains');
	// The folder of a registry is named after its address, which may be a mirror's.
	const pairs = [
		...folders(join(home, 'registry', 'src')).map((folder) => [folder, '/cargo/registry']),
		[join(home, 'git', 'checkouts'), '/cargo/git'],
		...folders(toolchains).map((folder) => [join(folder, 'lib/rustlib/src/rust'), `/rustc/${commit}`]),
		[output, '/target'],
	];
	return pairs.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

function folders(parent: string): readonly string[] {
	return existsSync(parent)
		? readdirSync(parent)
				.sort()
				.map((name) => join(parent, name))
		: [];
}

function programEntries({ programs, launches }: RustFacts, bin: string, platform: Platform): readonly Entry[] {
	const own = programs.map(({ name, binary }): Entry => {
		const path = join(bin, name);
		return { type: 'file', path: imagePath(`app/${binary}`), mode: 0o755, size: statSync(path).size, content: { kind: 'disk', path } };
	});
	return launches ? [...own, launcherEntry(platform)] : own;
}
