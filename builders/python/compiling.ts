/** Packages that have only source are compiled for the image's Python: with its headers, where they ask for them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { DebianSet } from '../../src/bases/contract.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PythonFacts } from './facts.js';
import { pythonLoader, shimPython, targetPython } from './interpreter.js';

/** Locked with the base; fetched only where something is compiled. */
export const HEADERS: readonly DebianSet[] = ['python-dev'];

export interface Compiling {
	readonly env: Readonly<Record<string, string>>;
	/** Folder of the Python. */
	readonly python: string;
}

/** What compilers, CMake and Meson say where Python's headers are missing. */
const WANTS_HEADERS = /\bPython\.h\b|\bpyconfig\.h\b|Python3?_INCLUDE_DIR|\bDevelopment(?:\.Module)?\b|ependency python3? found: NO/;

/** @param tail the end of what a build from source printed @param architecture of the image: the machine's compiler is for the machine */
export function wantsHeaders(tail: string, { debian }: Pick<PythonFacts, 'debian'>, architecture: string, { host }: Pick<Toolchain, 'host'>): boolean {
	return debian && architecture === host.architecture && WANTS_HEADERS.test(tail);
}

/** Much of what has only source is nothing but Python. @throws TareError TOOL_MISSING */
export async function plainPython({ version }: PythonFacts, tools: Toolchain): Promise<Compiling> {
	const { program, root } = await targetPython(version, tools);
	return { python: dirname(program), env: compilerEnvironment(program, root, tools) };
}

/** @throws TareError TOOL_MISSING | BASE_* | OFFLINE */
export function pythonWithHeaders({ version }: PythonFacts, tools: Toolchain): Promise<Compiling> {
	return tools.once('python with headers', async () => {
		const root = await tools.packages(['python', ...HEADERS], tools.host.architecture);
		const program = await shimPython(version, root, tools);
		return { python: dirname(program), env: compilerEnvironment(program, root, tools) };
	});
}

/** GCC's and Clang's own variables reach every build system; sysconfig knows the rest from where this Python lies. */
function compilerEnvironment(program: string, root: string, tools: Toolchain): Readonly<Record<string, string>> {
	const { libraries } = pythonLoader(tools.host);
	const triplet = libraries.slice(libraries.lastIndexOf('/') + 1);
	// Debugging information and assertions name folders of this machine.
	const flags = `-O2 -g0 -ffile-prefix-map=${dirname(dirname(program))}=/usr -ffile-prefix-map=${root}=`;
	return {
		UV_PYTHON: program,
		CPATH: join(root, 'usr/include'),
		LIBRARY_PATH: join(root, libraries),
		CFLAGS: flags,
		CXXFLAGS: flags,
		// A program that embeds Python is linked here with the image's library, whose C library may be newer than the machine's.
		LDFLAGS: '-s -Wl,--allow-shlib-undefined',
		// Debian's Python names its compiler in full, which other systems do not have.
		...(isOnPath(`${triplet}-gcc`, tools) ? {} : { CC: 'gcc', CXX: 'g++' }),
	};
}

function isOnPath(program: string, tools: Toolchain): boolean {
	const folders = (tools.passed(['PATH']).PATH ?? '').split(delimiter).filter((folder) => folder !== '');
	return folders.some((folder) => {
		try {
			accessSync(join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}
