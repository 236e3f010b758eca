/** The host's go: what it may see of its user, whether it is new enough, and what its failures mean. */
import { TareError } from '../../src/errors.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import type { GoFacts } from './plan.js';

/** Its caches, module proxies and the credentials of private modules; nothing that changes what it makes. */
const PASSES = [
	...[
		'HOME',
		'XDG_CONFIG_HOME',
		'XDG_CACHE_HOME',
		'NETRC',
		'SSH_AUTH_SOCK',
		'GIT_SSH',
		'GIT_SSH_COMMAND',
		'GIT_ASKPASS',
		'GIT_CONFIG_GLOBAL',
		'GIT_CONFIG_SYSTEM',
	],
	...[
		'GIT_CONFIG_COUNT',
		'GIT_CONFIG_KEY_*',
		'GIT_CONFIG_VALUE_*',
		'GIT_TERMINAL_PROMPT',
		'GOENV',
		'GOPATH',
		'GOCACHE',
		'GOMODCACHE',
		'GOROOT',
		'GOPROXY',
		'GONOPROXY',
		'GOPRIVATE',
		'GOSUMDB',
		'GONOSUMDB',
	],
	...['GOINSECURE', 'GOAUTH', 'GOVCS', 'GOCACHEPROG'],
];

/** Private modules, too, come from the cache only. */
const OFFLINE = { GOPROXY: 'off', GONOPROXY: 'none', GOTOOLCHAIN: 'local' };

/** @throws TareError TOOL_MISSING */
export async function runGo(
	tools: Toolchain,
	step: string,
	argv: readonly string[],
	cwd: string,
	env: Readonly<Record<string, string>>,
	facts: GoFacts,
): Promise<CommandResult> {
	try {
		return await tools.run({ step, argv, cwd, passes: PASSES, env: { GOTOOLCHAIN: 'local', ...env, ...(tools.offline && OFFLINE) } });
	} catch (error) {
		if (!(error instanceof TareError) || error.code !== 'TOOL_MISSING') throw error;
		const { version } = facts;
		throw new TareError(
			'TOOL_MISSING',
			`go is not installed, and ${version === undefined ? 'this is a Go project' : `${version.file} asks for Go ${version.wanted}`}`,
			{
				hint: `Install Go${version === undefined ? '' : ` ${version.wanted} or newer`} from https://go.dev/dl/ and put it on PATH.`,
				...(version !== undefined && { at: { file: version.file, ...(version.line !== undefined && { line: version.line }) } }),
				cause: error,
			},
		);
	}
}

/** @returns the version, e.g. 1.26.1 @throws TareError TOOL_TOO_OLD | TOOL_MISSING */
export async function checkGo(tools: Toolchain, cwd: string, facts: GoFacts): Promise<string> {
	const { tail } = await runGo(tools, 'go version', ['go', 'version'], cwd, { GOFLAGS: '-mod=mod', GOWORK: 'off', ...only(facts.env, 'GOTOOLCHAIN') }, facts);
	const have = /\bgo(\d+(?:\.\d+)*)/.exec(tail)?.[1];
	const { version } = facts;
	if (have === undefined || version === undefined || facts.env.GOTOOLCHAIN !== undefined || !isOlder(have, version.wanted)) return have ?? '1.21';
	throw tooOld(version.wanted, have, version);
}

function only(env: Readonly<Record<string, string>>, name: string): Record<string, string> {
	return env[name] === undefined ? {} : { [name]: env[name] };
}

/** 1.26rc1 is older than 1.26, and both are older than 1.26.1. */
export function isOlder(have: string, wanted: string): boolean {
	const parts = (text: string): number[] => (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
	const [a, b] = [parts(have), parts(wanted)];
	for (let at = 0; at < Math.max(a.length, b.length); at++) if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) < (b[at] ?? 0);
	return false;
}

function tooOld(wanted: string, have: string, where: { readonly file: string; readonly line?: number }): TareError {
	return new TareError('TOOL_TOO_OLD', `${where.file} asks for Go ${wanted}, and go on PATH is ${have}`, {
		hint: `Install Go ${wanted} or newer from https://go.dev/dl/, or let go fetch it: --build-env GOTOOLCHAIN=auto.`,
		at: { file: where.file, ...(where.line !== undefined && { line: where.line }) },
	});
}

/** What the go command's own words mean for the user. */
export function compileFailure({ exitCode, tail }: CommandResult, facts: GoFacts): TareError {
	const newer = /requires go >= (\S+?)\)? \(running go (\S+?)[;)]/.exec(tail);
	if (newer !== null) return tooOld(newer[1] as string, newer[2] as string, { file: /^go: ([^\s:]+)@/m.exec(tail)?.[1] ?? facts.version?.file ?? 'go.mod' });
	const known = CAUSES.find(([pattern]) => pattern.test(tail));
	const [, code, says, hint] = known ?? [
		undefined,
		'BUILD_FAILED' as const,
		`go build failed for ${facts.programs.map((program) => program.package).join(' ')} (go exited with ${exitCode})`,
		'The lines above are from the Go compiler.',
	];
	return new TareError(code, says, { hint, data: { output: tail } });
}

const CAUSES: readonly (readonly [RegExp, 'LOCKFILE_OUTDATED' | 'INSTALL_FAILED' | 'BUILD_FAILED' | 'TOOL_MISSING' | 'OFFLINE', string, string])[] = [
	[
		/disabled by GOPROXY=off/,
		'OFFLINE',
		"a module is not in go's cache, and fetching is switched off",
		'Build once without --offline (or GOPROXY=off), then go has it in its cache.',
	],
	[/inconsistent vendoring/, 'LOCKFILE_OUTDATED', 'vendor/ does not match go.mod', 'Run `go mod vendor` and commit vendor/.'],
	[
		/missing go\.sum entry|updates to go\.mod needed|no required module provides package|go\.sum is out of sync|is explicitly required in go\.mod, but not marked/,
		'LOCKFILE_OUTDATED',
		'go.mod and go.sum do not list what the program imports',
		'Run `go mod tidy` and commit go.mod and go.sum.',
	],
	[
		/checksum mismatch|SECURITY ERROR/,
		'INSTALL_FAILED',
		'a module is not the one that go.sum names',
		'The lines above are from go. Never ignore this: the module was changed after it was published.',
	],
	[
		/dial tcp|no such host|i\/o timeout|no secure protocol found|: [45]\d\d [A-Z]|terminal prompts disabled|could not read Username|unknown revision|invalid version|connection refused|repository .* not found/,
		'INSTALL_FAILED',
		'a module could not be fetched',
		'The lines above are from go and name the module and the server. Private modules need GOPRIVATE and the git or netrc credentials that `go build` uses.',
	],
	[
		/package (?:encoding\/json\/(?:v2|jsontext)|testing\/synctest|arena|simd\/\w+) is not in std|encoding\/json\/(?:v2|jsontext): build constraints exclude all|\bgoexperiment\.\w+/,
		'BUILD_FAILED',
		'the program imports a package that the toolchain has only as an experiment',
		'Name the experiment in tare.yaml, for example `go: {experiment: jsonv2}`, or once: --build-env GOEXPERIMENT=jsonv2.',
	],
	[
		/pattern .+: no matching files found/,
		'BUILD_FAILED',
		'the program embeds files that are not there',
		'Something else makes them (a front end, perhaps): make them before building, and see that .gitignore or .dockerignore does not leave them out.',
	],
	[
		/C compiler "[^"]+" not found|cgo: .*executable file not found/,
		'TOOL_MISSING',
		'the program has C code, and there is no C compiler',
		'Install gcc, or name a compiler: --build-env CC=clang. To build without C code: --build-env CGO_ENABLED=0.',
	],
];
