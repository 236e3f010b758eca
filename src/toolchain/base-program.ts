/** Programs of an unpacked Debian base, run on this machine through the base's own loader: they need nothing of the host's. */
import { join } from 'node:path';
import { TareError } from '../errors.js';
import type { Platform } from '../oci/types.js';

/** Below the base's root. */
export interface LoaderPlace {
	readonly loader: string;
	readonly libraries: string;
}

const PLACES: Readonly<Record<string, LoaderPlace>> = {
	amd64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
	arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
};

/** @param what cannot be done elsewhere, for the message @throws TareError TOOL_MISSING */
export function loaderPlace({ os, architecture }: Platform, what: string): LoaderPlace {
	const place = PLACES[architecture];
	if (os === 'linux' && place !== undefined) return place;
	throw new TareError('TOOL_MISSING', `${what} on Linux on amd64 or arm64, this is ${os} on ${architecture}`, {
		hint: 'Build on Linux, in a Linux VM or in CI.',
	});
}

/** Words that begin a command line. @param root the unpacked base, for the host @param program below it, or elsewhere when absolute @throws TareError TOOL_MISSING */
export function baseProgram(root: string, program: string, host: Platform): readonly string[] {
	const { loader, libraries } = loaderPlace(host, 'programs of the base run');
	const path = program.startsWith('/') ? program : join(root, program);
	return [join(root, loader), '--inhibit-cache', '--library-path', join(root, libraries), path];
}
