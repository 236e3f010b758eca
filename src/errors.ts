/** The one error a user can meet: a stable code, what went wrong, where, and what to do next. */

/** Exit codes of the command line, by kind of failure. Stable: scripts rely on them. */
export const EXIT = {
	internal: 1,
	usage: 2,
	detection: 20,
	configuration: 21,
	build: 30,
	toolchain: 31,
	base: 40,
	lock: 41,
	compatibility: 42,
	registry: 50,
	output: 60,
	store: 61,
	network: 70,
	/** Not the app's: as with docker and podman, timeout and env. */
	run: 125,
	cancelled: 130,
} as const;

/** Every error code with the exit code it ends in and a one-line meaning; `tare help errors` and docs/errors.md are made from it. */
export const ERRORS = {
	INTERNAL: [EXIT.internal, 'A defect in Tare'],
	USAGE: [EXIT.usage, 'An unknown command, option or value'],
	REFERENCE_INVALID: [EXIT.usage, 'An image name that is not a valid reference'],
	PLATFORM_INVALID: [EXIT.usage, 'A platform that is not os/architecture[/variant]'],
	SOURCE_NOT_FOUND: [EXIT.usage, 'The source folder does not exist or cannot be read'],
	NOTHING_DETECTED: [EXIT.detection, 'No builder recognises the source folder'],
	AMBIGUOUS: [EXIT.detection, 'More than one builder, entry point or lock file fits'],
	MANIFEST_INVALID: [EXIT.detection, "A file of the project (package.json, Procfile, ...) can't be parsed"],
	WORKSPACE_CIRCULAR: [EXIT.detection, 'Packages of a workspace depend on each other in a circle'],
	WORKSPACE_UNLISTED: [EXIT.detection, 'A folder needs packages of its repository, and no pattern of the workspace includes it'],
	LINK_UNUSABLE: [EXIT.detection, 'A dependency is a folder outside the source, or one that nothing installs for'],
	SITE_MISSING: [EXIT.build, 'The build made no site where its framework should put one'],
	ENTRY_MISSING: [EXIT.build, 'The build did not make the file that the start command runs'],
	MODULE_MISSING: [EXIT.build, 'The start loads a module or a class that is neither installed nor in the project'],
	NO_START: [EXIT.detection, 'Nothing says how the app is started'],
	START_UNSUPPORTED: [EXIT.detection, 'The start command needs a shell or a development tool'],
	VERSION_UNSATISFIABLE: [EXIT.detection, 'No available runtime version satisfies the project'],
	BUILDER_FAILED: [EXIT.build, "A builder of the user's own threw an error"],
	EXTENSION_FAILED: [EXIT.build, "An extension of the user's own threw an error or returned no valid plan"],
	CONFIG_INVALID: [EXIT.configuration, 'tare.yaml or a flag has an invalid key or value'],
	LOCKFILE_OUTDATED: [EXIT.build, "The package manager's lock file does not match the manifest"],
	INSTALL_FAILED: [EXIT.build, 'Installing dependencies failed'],
	BUILD_FAILED: [EXIT.build, 'A build script of the project failed'],
	OPTIMIZATION_FAILED: [EXIT.build, 'An optimization that was asked for does not fit the app'],
	BUILD_TIMEOUT: [EXIT.build, 'A build step took longer than allowed'],
	SECRET_MISSING: [EXIT.build, 'A secret asked for with --secret does not exist'],
	TOOL_MISSING: [EXIT.toolchain, 'A tool that the build needs is not installed'],
	TOOL_TOO_OLD: [EXIT.toolchain, 'An installed tool is older than the project asks for'],
	BASE_UNAVAILABLE: [EXIT.base, 'A file of the base is in no mirror and no cache'],
	BASE_UNTRUSTED: [EXIT.base, 'A signature or hash of the base does not match'],
	BASE_EXPIRED: [EXIT.base, 'The archive index is expired or older than the lock'],
	BASE_INVALID: [EXIT.base, 'A package or base image is malformed or unsafe'],
	PACKAGE_NOT_FOUND: [EXIT.base, 'A Debian package does not exist or cannot be installed'],
	LOCK_INVALID: [EXIT.lock, 'tare.lock cannot be read'],
	LOCK_FROZEN: [EXIT.lock, 'tare.lock would change but --frozen forbids it'],
	LIBRARY_MISSING: [EXIT.compatibility, 'A binary needs a shared library that the base lacks'],
	GLIBC_TOO_OLD: [EXIT.compatibility, "A binary needs a newer C library than the base's"],
	WRONG_ARCHITECTURE: [EXIT.compatibility, 'A binary is built for another architecture'],
	UNSAFE_PATH: [EXIT.compatibility, 'A path would leave the image root or shadow the base'],
	REGISTRY_AUTH: [EXIT.registry, 'The registry refuses the credentials'],
	REGISTRY_NOT_FOUND: [EXIT.registry, 'The image or repository does not exist'],
	REGISTRY_ERROR: [EXIT.registry, 'The registry answered with an error'],
	IMAGE_INVALID: [EXIT.registry, 'An image, layout or archive is malformed'],
	OUTPUT_UNWRITABLE: [EXIT.output, 'The output cannot be written'],
	NO_SPACE: [EXIT.output, 'No space left on the device'],
	STORE_UNUSABLE: [EXIT.store, "Tare's store cannot be written or read"],
	STORE_CORRUPT: [EXIT.store, 'A cached blob does not match its digest'],
	NETWORK: [EXIT.network, 'A server cannot be reached'],
	OFFLINE: [EXIT.network, 'Something is needed from the network but --offline forbids it'],
	RUNNER_MISSING: [EXIT.run, 'Nothing on this machine runs an image, or not what was asked for'],
	RUN_FAILED: [EXIT.run, 'The image cannot be started here'],
	PORT_TAKEN: [EXIT.run, 'A port to publish is in use'],
	CANCELLED: [EXIT.cancelled, 'The build was interrupted'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof ERRORS;

/** A place in a file of the user's: `line` and `column` count from 1. */
export interface SourceLocation {
	readonly file: string;
	readonly line?: number;
	readonly column?: number;
}

export interface ErrorDetails {
	/** What the user can do next, in one or a few sentences. */
	readonly hint?: string;
	readonly at?: SourceLocation;
	readonly cause?: unknown;
	/** Plain data for programs: the candidates, the missing library, the `option` of the API that is wrong, ... */
	readonly data?: Readonly<Record<string, unknown>>;
}

export class TareError extends Error {
	override readonly name = 'TareError';
	readonly code: ErrorCode;
	readonly hint: string | undefined;
	readonly at: SourceLocation | undefined;
	readonly data: Readonly<Record<string, unknown>> | undefined;

	constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
		super(redact(message), details.cause === undefined ? undefined : { cause: details.cause });
		this.code = code;
		this.hint = details.hint === undefined ? undefined : redact(details.hint);
		this.at = details.at;
		this.data = details.data;
	}

	get exitCode(): number {
		return ERRORS[this.code][0];
	}
}

/** Removes what must never be printed: passwords in URLs and values of authorization headers or npm tokens. */
export function redact(text: string): string {
	return (
		text
			.replace(/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s:@]{0,1000}:[^/\s"'<>]{0,2000}@/gi, '$1***@')
			// A slash in a password, which should have been escaped; a port is none.
			.replace(/(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s:@[\]]{0,1000}:(?!\d+[/?#])[^\s@"'<>]{1,2000}@/gi, '$1***@')
			.replace(/(https?:\/\/)[^/\s@:*]+@/gi, '$1***@')
			.replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/g, '$1 ***')
			.replace(/(_authToken|_password|_auth)(\s*=\s*)\S+/g, '$1$2***')
	);
}

/** The Node error code (`ENOENT`, ...) of an unknown thrown value. */
export function errno(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Before anything that leaves something behind. @throws TareError CANCELLED */
export function stopIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted === true) throw new TareError('CANCELLED', 'interrupted');
}
