/** The image's own Python, run on this machine through its own loader: what it compiles and builds is for it, whatever the host has. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/oci/types.js';
import { type LoaderPlace, loaderPlace } from '../../src/toolchain/base-program.js';
import type { Toolchain } from '../../src/toolchain/contract.js';

export interface TargetPython {
	/** A program that can be linked to, copied into virtual environments, and named in `#!` lines. */
	readonly program: string;
	/** The unpacked base. */
	readonly root: string;
}

/** @throws TareError TOOL_MISSING | BASE_* */
export function targetPython(version: string, tools: Toolchain): Promise<TargetPython> {
	return tools.once('python', async () => {
		pythonLoader(tools.host);
		const root = await tools.hostBase();
		return { program: await shimPython(version, root, tools), root };
	});
}

/** @throws TareError TOOL_MISSING */
export function pythonLoader(host: Platform): LoaderPlace {
	return loaderPlace(host, 'Python apps are built');
}

/** A folder that looks like an installation, over unpacked packages. @returns the program in it */
export async function shimPython(version: string, root: string, tools: Toolchain): Promise<string> {
	const { loader, libraries } = pythonLoader(tools.host);
	const dir = await tools.scratch('python');
	mkdirSync(join(dir, 'bin'));
	// Python finds its library beside the name that it is called by.
	for (const folder of ['lib', 'include']) symlinkSync(join(root, 'usr', folder), join(dir, folder));
	const program = join(dir, 'bin', `python${version}`);
	const argv = [join(root, loader), '--inhibit-cache', '--argv0', '"$0"', '--library-path', join(root, libraries), join(root, `usr/bin/python${version}`)];
	// -B: its library is a kept folder, which stays as it was unpacked.
	writeFileSync(program, `#!/bin/sh\nexec ${argv.join(' ')} -B "$@"\n`);
	chmodSync(program, 0o755);
	for (const name of ['python', 'python3']) symlinkSync(`python${version}`, join(dir, 'bin', name));
	return program;
}
