/** The image's own Python, run on this machine through its own loader: what it compiles and builds is for it, whatever the host has. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';

interface Place {
	readonly loader: string;
	readonly libraries: string;
}

const LOADERS: Readonly<Record<string, Place>> = {
	amd64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
	arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
};

export interface TargetPython {
	/** A program that can be linked to, copied into virtual environments, and named in `#!` lines. */
	readonly program: string;
	/** The unpacked base. */
	readonly root: string;
}

/** @throws TareError TOOL_MISSING | BASE_* */
export function targetPython(version: string, tools: Toolchain): Promise<TargetPython> {
	return tools.once('python', async () => {
		placeOf(tools.host);
		const root = await tools.hostBase();
		return { program: await shimPython(version, root, tools), root };
	});
}

/** @throws TareError TOOL_MISSING */
export function placeOf({ os, architecture }: Platform): Place {
	const place = LOADERS[architecture];
	if (os === 'linux' && place !== undefined) return place;
	throw new TareError('TOOL_MISSING', `Python apps are built on Linux on amd64 or arm64 so far, this is ${os} on ${architecture}`, {
		hint: 'Build on Linux, in a Linux VM or in CI.',
	});
}

/** A folder that looks like an installation, over unpacked packages. @returns the program in it */
export async function shimPython(version: string, root: string, tools: Toolchain): Promise<string> {
	const { loader, libraries } = placeOf(tools.host);
	const dir = await tools.scratch('python');
	mkdirSync(join(dir, 'bin'));
	// Python finds its library beside the name that it is called by.
	for (const folder of ['lib', 'include']) symlinkSync(join(root, 'usr', folder), join(dir, folder));
	const program = join(dir, 'bin', `python${version}`);
	const argv = [join(root, loader), '--inhibit-cache', '--argv0', '"$0"', '--library-path', join(root, libraries), join(root, `usr/bin/python${version}`)];
	writeFileSync(program, `#!/bin/sh\nexec ${argv.join(' ')} "$@"\n`);
	chmodSync(program, 0o755);
	for (const name of ['python', 'python3']) symlinkSync(`python${version}`, join(dir, 'bin', name));
	return program;
}
