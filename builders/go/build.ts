/** Compiles the program for a platform and layers it above the files that it opens. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import type { AppContent, BuildPlan } from '../../src/builder/contract.js';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { runtimeEntries } from '../../src/builder/runtime-files.js';
import { TareError } from '../../src/errors.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import { settled } from '../../src/settled.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import { fileCapabilities } from './capabilities.js';
import { checkGo, compileFailure, runGo } from './go-command.js';
import { kodataEntries } from './kodata.js';
import { openLinked, type Shipped } from './linked.js';
import { compileCommand, type GoFacts } from './plan.js';
import { isGoData } from './runtime-files.js';

/** What is remembered of a program with the same dependencies. */
interface CodeOf {
	readonly c: boolean;
}

const AMD64_LEVEL = /^v[1-4]$/;
const ARM64_LEVEL = /^v(?:8\.[0-9]|9\.[0-5])$/;

export async function buildGo(plan: BuildPlan, platform: Platform, tools: Toolchain): Promise<AppContent> {
	const facts = plan.facts as unknown as GoFacts;
	const cwd = join(await tools.keptWorkspace(), facts.module);
	const version = () => tools.once('go:version', () => checkGo(tools, cwd, facts));
	if (facts.makesModule) await tools.once('go:module', async () => writeModule(cwd, await version()));
	const env = { ...platformEnv(platform), ...facts.env };
	const bin = await tools.scratch('go');
	const linked = await openLinked(facts, formatPlatform(platform), tools);
	const [only, ...others] = facts.programs.map(({ name }) => join(linked.dir, name));
	const output = others.length === 0 && only !== undefined ? only : `${linked.dir}/`;
	const link = (variables: Readonly<Record<string, string>>) => runGo(tools, 'compile', compileCommand(facts, output), cwd, { ...env, ...variables }, facts);
	const compile = async (variables: Readonly<Record<string, string>>) => {
		const done = await link(variables);
		return done.exitCode !== 0 || linked.isSound() ? done : link(variables);
	};
	// A go that is too old fails in its own way, and the version says why.
	const [, { cgo, result }] = await settled([version(), compileWith(compile, () => needsC(facts, cwd, env, tools), platform, facts, tools)]);
	if (result.exitCode !== 0) throw explain(result, facts, platform, tools);
	const shipped = await linked.ship(bin);
	return {
		layers: [
			{
				name: 'files',
				purpose: 'assets',
				entries: async () => [...runtimeEntries({ ...facts, paths: facts.ships }, isGoData, tools), ...kodataEntries(facts, tools), ...moduleLink(facts)],
			},
			{ name: 'app', purpose: 'app', entries: async () => programEntries(facts, shipped, platform) },
		],
		config: {},
		packages: packagesOf(shipped),
		...(cgo && { needs: ['static', 'cc'] as const }),
	};
}

interface Compiled {
	readonly cgo: boolean;
	readonly result: CommandResult;
}

/**
 * Where the same packages were imported from the same dependencies, the answer is known. Where the dependencies had no C code before, the
 * program is compiled while go looks whether that still holds.
 */
async function compileWith(
	compile: (env: Readonly<Record<string, string>>) => Promise<CommandResult>,
	asksC: () => Promise<boolean>,
	platform: Platform,
	facts: GoFacts,
	tools: Toolchain,
): Promise<Compiled> {
	const sums = ['go.sum', 'go.work.sum'].map((name) => tools.source.text(join(facts.module, name)) ?? '');
	const key = keyOf([facts.programs, sums]);
	const exact = facts.imports === undefined ? undefined : keyOf([key, facts.imports, facts.flags, facts.env, platform]);
	const hadC = async (of: string | undefined) => (of === undefined ? undefined : (await tools.store.record<CodeOf>('go', of))?.c);
	const plain = { CGO_ENABLED: '0' };
	if ((await hadC(exact)) === false) return { cgo: false, result: await compile(plain) };
	const remember = async (c: boolean) => {
		for (const one of [key, exact]) if (one !== undefined) await tools.store.setRecord('go', one, { c } satisfies CodeOf);
	};
	if ((await hadC(key)) === false) {
		const [cgo, result] = await settled([asksC(), compile(plain)]);
		await remember(cgo);
		return { cgo, result: cgo ? await compile(cEnv(platform, tools, facts)) : result };
	}
	const cgo = await asksC();
	await remember(cgo);
	return { cgo, result: await compile(cgo ? cEnv(platform, tools, facts) : plain) };
}

function keyOf(parts: unknown): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Without a go line the language would be that of Go 1.16. */
function writeModule(cwd: string, version: string): void {
	writeFileSync(join(cwd, 'go.mod'), `module app\n\ngo ${version.split('.').slice(0, 2).join('.')}\n`);
}

function platformEnv({ os, architecture, variant }: Platform): Record<string, string> {
	return {
		GOOS: os,
		GOARCH: architecture,
		GOAMD64: architecture === 'amd64' && variant !== undefined && AMD64_LEVEL.test(variant) ? variant : 'v1',
		...(architecture === 'arm' && { GOARM: (variant ?? 'v7').slice(1) }),
		...(architecture === 'arm64' && { GOARM64: variant !== undefined && ARM64_LEVEL.test(variant) ? variant : 'v8.0' }),
	};
}

/** Packages beside the standard library's that have C code: without it they fail, some only when they are used. */
async function needsC(facts: GoFacts, cwd: string, env: Readonly<Record<string, string>>, tools: Toolchain): Promise<boolean> {
	if (facts.env.CGO_ENABLED !== undefined) return facts.env.CGO_ENABLED !== '0';
	const argv = [
		'go',
		'list',
		'-deps',
		'-f',
		'{{if and .CgoFiles (not .Standard)}}cgo:{{.ImportPath}}{{end}}',
		...facts.programs.map((program) => program.package),
	];
	const listed = await runGo(tools, 'resolve', argv, cwd, { ...env, CGO_ENABLED: '1' }, facts);
	if (listed.exitCode !== 0) throw compileFailure(listed, facts);
	const names = [...listed.tail.matchAll(/^cgo:(\S+)$/gm)].map((match) => match[1]);
	if (names.length > 0) tools.emit({ type: 'note', says: `${names.join(', ')} has C code: built with the C compiler, on a base with the C library` });
	return names.length > 0;
}

const CROSS_COMPILERS: Readonly<Record<string, string>> = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };

function cEnv(platform: Platform, { host }: Toolchain, { env }: GoFacts): Record<string, string> {
	const foreign = host.os !== platform.os || host.architecture !== platform.architecture;
	const compiler = env.CC ?? (foreign ? CROSS_COMPILERS[platform.architecture] : undefined);
	// Set, because the user's own `go env -w` must not change the image.
	return { CGO_ENABLED: '1', CGO_CFLAGS: '-O2 -g0', ...(compiler !== undefined && { CC: compiler }), ...env };
}

function explain(result: Awaited<ReturnType<typeof runGo>>, facts: GoFacts, platform: Platform, { host }: Toolchain): TareError {
	const failure = compileFailure(result, facts);
	if (failure.code !== 'TOOL_MISSING' || host.architecture === platform.architecture) return failure;
	return new TareError('TOOL_MISSING', `the program has C code, and there is no C compiler for ${formatPlatform(platform)}`, {
		hint: `Install the package gcc-${CROSS_COMPILERS[platform.architecture]?.replace(/-gcc$/, '').replace('_', '-')}, or name a compiler: --build-env CC=...`,
		data: { output: result.tail },
	});
}

/** With -trimpath a file of the program is called by its module: example.com/shop/main.go, which a program takes for a path below its working folder. */
function moduleLink({ linked }: GoFacts): readonly Entry[] {
	if (linked === undefined) return [];
	const target = '../'.repeat(linked.split('/').length - 1) || '.';
	return [{ type: 'symlink', path: imagePath(`app/${linked}`), mode: 0o777, target }];
}

function packagesOf(programs: readonly Shipped[]): readonly PackageRef[] {
	return [...new Map(programs.flatMap(({ modules }) => modules).map((one) => [one.purl, one])).values()];
}

function programEntries({ programs, launches, capabilities }: GoFacts, shipped: readonly Shipped[], platform: Platform): readonly Entry[] {
	const own = shipped.map(({ path, size, sha256 }, at): Entry => {
		const { binary } = programs[at] as GoFacts['programs'][number];
		const attribute = platform.os === 'linux' ? fileCapabilities(capabilities?.[binary] ?? [], 'the plan') : undefined;
		const xattrs = attribute && { 'security.capability': attribute };
		return { type: 'file', path: imagePath(`app/${binary}`), mode: 0o755, size, sha256, content: { kind: 'disk', path }, ...(xattrs && { xattrs }) };
	});
	return launches ? [...own, launcherEntry(platform)] : own;
}
