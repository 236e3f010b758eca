/** The host's cargo and rustc: what they may see of their user, whether they are new enough, and what their failures mean. */
import { TareError } from '../../src/errors.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import type { RustFacts } from './plan.js';

/** Their caches, registries and credentials; nothing that changes what they make, but the choice of a toolchain. */
const PASSES = [
	...['HOME', 'CARGO_HOME', 'RUSTUP_*', 'CARGO_HTTP_*', 'CARGO_NET_*', 'CARGO_REGISTRY_*', 'CARGO_REGISTRIES_*', 'CARGO_SOURCE_*'],
	...['XDG_CONFIG_HOME', 'SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'],
];
const QUIET = { CARGO_TERM_COLOR: 'never', CARGO_TERM_PROGRESS_WHEN: 'never' };

export interface RustCommand {
	readonly step: string;
	readonly argv: readonly string[];
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	/** File for the standard output. */
	readonly output?: string;
}

/** @throws TareError TOOL_MISSING */
export async function runRust(tools: Toolchain, command: RustCommand, { toolchain }: RustFacts): Promise<CommandResult> {
	try {
		return await tools.run({ ...command, passes: PASSES, env: { ...QUIET, ...command.env, ...(tools.offline && { CARGO_NET_OFFLINE: 'true' }) } });
	} catch (error) {
		if (!(error instanceof TareError) || error.code !== 'TOOL_MISSING') throw error;
		throw new TareError(
			'TOOL_MISSING',
			`${command.argv[0]} is not installed, and ${toolchain === undefined ? 'this is a Rust project' : `${toolchain.file} asks for Rust ${toolchain.wanted}`}`,
			{
				hint: `Install Rust${toolchain === undefined ? '' : ` ${toolchain.wanted}`} from https://rustup.rs and put cargo on PATH.`,
				at: { file: toolchain?.file ?? 'Cargo.toml' },
				cause: error,
			},
		);
	}
}

export interface Rustc {
	/** All that `rustc -vV` says: equal for equal compilers. */
	readonly identity: string;
	readonly version: string;
	/** Of the standard library's paths. */
	readonly commit: string;
	readonly env: Readonly<Record<string, string>>;
}

/** The compiler that the project's folder gets. @throws TareError TOOL_MISSING | TOOL_TOO_OLD */
export async function findRustc(tools: Toolchain, cwd: string, facts: RustFacts): Promise<Rustc> {
	const own = await runRust(tools, { step: 'rustc', argv: ['rustc', '-vV'], cwd, env: facts.env }, facts);
	if (own.exitCode === 0) return toRustc(own.tail, {});
	return otherToolchain(tools, own, facts);
}

/** A version that is not installed may be older than the one that is: Rust keeps compiling what it once compiled. */
async function otherToolchain(tools: Toolchain, own: CommandResult, facts: RustFacts): Promise<Rustc> {
	const elsewhere = await tools.scratch('rustup');
	const wanted = facts.toolchain?.wanted ?? '';
	const active = await runRust(tools, { step: 'rustup', argv: ['rustup', 'show', 'active-toolchain'], cwd: elsewhere }, facts);
	const name = /^([\w.-]+)/m.exec(active.tail)?.[1];
	const env = { RUSTUP_TOOLCHAIN: name ?? '' };
	const found =
		name === undefined || !/^(?:stable|\d+(?:\.\d+)*)$/.test(wanted)
			? undefined
			: await runRust(tools, { step: 'rustc', argv: ['rustc', '-vV'], cwd: elsewhere, env }, facts);
	const rustc = found === undefined || found.exitCode !== 0 ? undefined : toRustc(found.tail, env);
	if (rustc === undefined || (wanted !== 'stable' && isOlder(rustc.version, wanted)))
		throw new TareError('TOOL_MISSING', `${facts.toolchain?.file ?? 'the project'} asks for Rust ${wanted}, which is not installed`, {
			hint: `Run \`rustup toolchain install ${wanted}\`, or name an installed one: --build-env RUSTUP_TOOLCHAIN=stable.`,
			at: { file: facts.toolchain?.file ?? 'Cargo.toml' },
			data: { output: own.tail },
		});
	tools.emit({ type: 'warning', says: `${facts.toolchain?.file} asks for Rust ${wanted}, which is not installed: built with ${rustc.version}` });
	return rustc;
}

function toRustc(identity: string, env: Readonly<Record<string, string>>): Rustc {
	const field = (name: string): string => new RegExp(`^${name}: (.+)$`, 'm').exec(identity)?.[1] ?? 'unknown';
	return { identity, version: field('release'), commit: field('commit-hash'), env };
}

function isOlder(have: string, wanted: string): boolean {
	const [a, b] = [have, wanted].map((text) => text.split(/[.-]/).map(Number)) as [number[], number[]];
	for (const at of [0, 1, 2]) if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) < (b[at] ?? 0);
	return false;
}

/** What cargo's own words mean for the user. */
export function compileFailure({ exitCode, tail }: CommandResult, facts: RustFacts): TareError {
	const older = /requires rustc (\S+)|feature `edition2024` is required|rustc \S+ is not supported by the following package/.exec(tail);
	if (older !== null)
		return new TareError('TOOL_TOO_OLD', `the project or one of its crates asks for a newer Rust${older[1] === undefined ? '' : `: ${older[1]}`}`, {
			hint: 'Run `rustup update stable`, or choose older versions of the crates that the lines above name.',
			data: { output: tail },
		});
	const linker = missingLinker(tail, facts);
	if (linker !== undefined) return linker;
	const known = CAUSES.find(([pattern]) => pattern.test(tail));
	const [, code, says, hint] = known ?? [
		undefined,
		'BUILD_FAILED' as const,
		`cargo build failed for ${facts.programs.map(({ name }) => name).join(', ')} (cargo exited with ${exitCode})`,
		'The lines above are from cargo.',
	];
	return new TareError(code, says, { hint, data: { output: tail } });
}

/** The linker that the project's own configuration names. */
function missingLinker(tail: string, { linkers }: RustFacts): TareError | undefined {
	const found =
		/linker `([^`]+)` not found/.exec(tail)?.[1] ??
		/(?:invalid linker name in argument '-fuse-ld=|cannot find 'ld\.?|unrecognized command-line option '-fuse-ld=)([\w-]*)/.exec(tail)?.[1];
	const named = linkers.find(({ name }) => name === found) ?? (found === '' || found === 'ld' ? linkers.find(({ option }) => option === true) : undefined);
	if (named === undefined) return undefined;
	const { name, file, line } = named;
	return new TareError('TOOL_MISSING', `the linker ${name}, which ${file} names, is not installed`, {
		hint: `Install ${name}, or build without it: remove the line from ${file}.`,
		at: { file, line },
		data: { output: tail },
	});
}

const CAUSES: readonly (readonly [RegExp, 'LOCKFILE_OUTDATED' | 'INSTALL_FAILED' | 'BUILD_FAILED' | 'TOOL_MISSING' | 'OFFLINE', string, string])[] = [
	[
		/--offline was specified|in the offline mode|you're using offline mode/,
		'OFFLINE',
		"a crate is not in cargo's cache, and --offline forbids fetching it",
		'Build once without --offline, then cargo has it in its cache.',
	],
	[
		/lock file .*needs to be updated|cannot update the lock file|because --locked was passed/,
		'LOCKFILE_OUTDATED',
		'Cargo.lock does not match Cargo.toml',
		'Run `cargo build` or `cargo generate-lockfile` and commit Cargo.lock.',
	],
	[
		/no matching package|failed to (?:download|fetch|get `)|[Cc]ould not resolve host|failed to load source for dependency|failed to select a version|download of .* failed|spurious network error/,
		'INSTALL_FAILED',
		'a crate could not be found or fetched',
		"The lines above are from cargo and name the crate and the server. Private registries need cargo's own configuration and credentials.",
	],
	[
		/The system library `|Could not find (?:directory of )?OpenSSL|pkg-config|Could not run `(?:cmake|clang|protoc)|is `cmake` not installed|Could not find `protoc`|Unable to find libclang/,
		'BUILD_FAILED',
		'a crate needs a library or program of the host that is not installed',
		'The lines above name it: install its Debian -dev package or the program. Many crates can do without, by a feature such as rustls or vendored.',
	],
	[
		/not a git repository|failed to (?:run|execute) `?git|Could not find a git repository|could not find repository (?:at|from)/i,
		'BUILD_FAILED',
		'a build script asks git, and the copy of the source that is built has no .git',
		'Give what it asks for by a variable (--build-env NAME=VALUE) where the script reads one, or let it go on without git.',
	],
	[
		/linker `[^`]+` not found|failed to find tool|is `[\w-]*(?:gcc|cc|g\+\+|c\+\+)` not installed/,
		'TOOL_MISSING',
		'there is no C compiler or linker',
		'Install gcc (and g++), which rustc links with.',
	],
];
