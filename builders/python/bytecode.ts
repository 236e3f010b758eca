/**
 * Modules compiled once, in a way that depends on their text and place in the image alone: never on folders, times or the order of work.
 * Code that was marshalled and read again has the same sharing of constants everywhere; the header says that nothing is to be checked.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import type { Entry } from '../../src/layers/entry.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { targetPython } from './interpreter.js';

/** Grows when the result would be another. */
export const BYTECODE_RECIPE = 1;

const PROGRAM = `"""Compiles modules below FROM to OUT as if they lay in PLACE. One process for each core: the result of a file depends on nothing else."""
import importlib.util
import marshal
import os
import sys
import warnings

warnings.simplefilter("ignore")
FROM, OUT, PLACE, SKIP = sys.argv[1:5]
TAG = sys.implementation.cache_tag
HEAD = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
SKIPPED = set(filter(None, SKIP.split(",")))


def modules():
    for folder, folders, files in os.walk(FROM):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and name not in SKIPPED)
        for name in sorted(files):
            if name.endswith(".py") and os.path.isfile(os.path.join(folder, name)):
                yield os.path.relpath(os.path.join(folder, name), FROM)


def compiled(path):
    with open(os.path.join(FROM, path), "rb") as file:
        source = file.read()
    try:
        code = compile(source, PLACE + "/" + path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, OverflowError):
        return
    data = marshal.dumps(marshal.loads(marshal.dumps(code)))
    folder = os.path.join(OUT, os.path.dirname(path), "__pycache__")
    os.makedirs(folder, exist_ok=True)
    stem = os.path.basename(path)[:-3]
    with open(os.path.join(folder, f"{stem}.{TAG}.pyc"), "wb") as file:
        file.write(HEAD + importlib.util.source_hash(source) + data)


def work(paths):
    for path in paths:
        compiled(path)


def main():
    paths = list(modules())
    count = min(len(os.sched_getaffinity(0)), 8, len(paths) // 40 + 1)
    children = []
    for at in range(1, count):
        pid = os.fork()
        if pid == 0:
            try:
                work(paths[at::count])
            except BaseException as error:
                sys.stderr.write(f"{error!r}\\n")
                os._exit(1)
            os._exit(0)
        children.append(pid)
    work(paths[0::count])
    sys.exit(any(os.waitpid(pid, 0)[1] for pid in children))


main()
`;

export interface Compilation {
	/** Folder of the sources. */
	readonly from: string;
	/** Folder that gets the same tree with `__pycache__` alone; may be `from`. */
	readonly out: string;
	/** Absolute path in the image. */
	readonly place: string;
	/** Names of folders that are left out. */
	readonly skip?: readonly string[];
}

/** @throws TareError BUILD_FAILED */
export async function compileModules(version: string, { from, out, place, skip = [] }: Compilation, tools: Toolchain): Promise<void> {
	const { program } = await targetPython(version, tools);
	const script = join(await tools.scratch('bytecode'), 'bytecode.py');
	writeFileSync(script, PROGRAM);
	mkdirSync(out, { recursive: true });
	const argv = [program, '-IS', script, from, out, place, skip.join(',')];
	const result = await tools.run({ step: 'bytecode', argv, cwd: out, env: { PYTHONHASHSEED: '0' } });
	if (result.exitCode !== 0)
		throw new TareError('BUILD_FAILED', `compiling modules failed (python exited with ${result.exitCode})`, {
			hint: 'The lines above say why.',
			data: { output: result.tail },
		});
}

/** Never imported by an app, or only to look at it. */
const RARE = [
	'ensurepip',
	'idlelib',
	'pydoc_data',
	'turtledemo',
	'test',
	'lib2to3',
	'__phello__',
	'dist-packages',
	'config-3.13-x86_64-linux-gnu',
	'config-3.13-aarch64-linux-gnu',
];

/** The standard library's bytecode, made once for a version of Debian's packages. It is the same for every architecture. */
export async function standardLibrary(version: string, tools: Toolchain): Promise<readonly Entry[]> {
	const library = `usr/lib/python${version}`;
	const root = await tools.hostBase();
	const out = await tools.store.tree('python-library', `${BYTECODE_RECIPE} ${root.slice(root.lastIndexOf('/') + 1)}`, (dir) =>
		compileModules(version, { from: join(root, library), out: dir, place: `/${library}`, skip: RARE }, tools),
	);
	// The one module that is named after its architecture.
	return directoryEntries({ from: out, into: library, skip: (path) => /(?:^|\/)_sysconfigdata_/.test(path) });
}
