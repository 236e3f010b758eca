/** What a project's own configuration may not say: `go build` runs nothing of a project, and no file of it may change that. The user's command line may. */
import { TareError } from '../../src/errors.js';

/** Flags of go, its linker and its C compiler that run a program or write outside of the build. */
const FLAGS = /^--?(?:toolexec|o|extld|pkgdir)(?:[=\s]|$)/;
const WITHIN = /(?:^|[\s'"=,])-{1,2}(?:toolexec|extld(?!flags)|fplugin|plugin|wrapper|specs|fuse-ld|B(?=[/.]))|extldflags['"\s=]+@/;
/** Variables that name programs, or where go finds its own. */
const VARIABLES = /^(?:CC|CXX|FC|AR|LD|GCCGO|PKG_CONFIG.*|GOAUTH|GOCACHEPROG|GOROOT|GOTOOLDIR|GOENV|GOVCS|PATH|HOME|LD_.*|GIT_.*|CC_FOR_.*|CXX_FOR_.*)$/;

/** @throws TareError CONFIG_INVALID */
export function refuseFlags(flags: readonly string[], file: string): void {
	const [first] = flags
		.flatMap((flag) => flag.split(/\s+(?=-)/))
		.filter((flag) => FLAGS.test(flag) || WITHIN.test(flag) || WITHIN.test(flag.replace(/^-\w+=/, ' ')));
	if (first === undefined) return;
	throw new TareError('CONFIG_INVALID', `${file} asks for ${first}, which runs a program or writes a file of its own`, {
		hint: 'Remove the flag. What you trust can be given for one build: --build-env GOFLAGS=...',
		at: { file },
	});
}

/** @throws TareError CONFIG_INVALID */
export function refuseVariables(env: Readonly<Record<string, string>>, file: string): void {
	for (const [name, value] of Object.entries(env)) {
		if (/FLAGS$/.test(name)) refuseFlags([value.replace(/^@/, '-extldflags @')], file);
		if (!VARIABLES.test(name)) continue;
		throw new TareError('CONFIG_INVALID', `${file} sets ${name}, which decides what runs on this machine`, {
			hint: `Remove it, or give it yourself: --build-env ${name}=...`,
			at: { file },
		});
	}
}
