/**
 * `ctypes.util.find_library` asks ldconfig or a compiler, which an image does not have: packages that look for a library with it are given one
 * that looks into the loader's folders.
 */

import type { BuildPlan } from '../../src/builder/contract.js';
import { certainPackages } from '../../src/builder/system/wanted.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { PythonFacts } from './facts.js';
import { type Installed, sitePackages } from './installed.js';

const MODULE = 'tare_find_library';
const PROGRAM = `"""ctypes.util.find_library without ldconfig: the loader's own folders are looked into."""
import ctypes.util
import os
import re
import sysconfig

_before = ctypes.util.find_library
_FOLDERS = ["/usr/local/lib", "/usr/lib/" + (sysconfig.get_config_var("MULTIARCH") or ""), "/usr/lib"]


def find_library(name):
    found = _before(name)
    if found is not None:
        return found
    pattern = re.compile("lib" + re.escape(name) + r"\\.so(\\.\\d+)?$")
    for folder in _FOLDERS:
        try:
            names = sorted(filter(pattern.match, os.listdir(folder)))
        except OSError:
            continue
        if names:
            return names[-1]
    return None


ctypes.util.find_library = find_library
`;

/** Only where libraries of Debian's are in the image that its base alone does not have. */
export function findLibraryEntries({ base }: BuildPlan, dependencies: Installed | undefined, { version }: PythonFacts): readonly Entry[] {
	if (base.kind !== 'debian') return [];
	const names = (dependencies?.packages ?? []).map(({ name }) => name);
	if (base.packages.length === 0 && certainPackages('pypi', names, base.release).length === 0) return [];
	return [file(`${MODULE}.py`, PROGRAM, version), file(`${MODULE}.pth`, `import ${MODULE}\n`, version)];
}

function file(name: string, text: string, version: string): Entry {
	const bytes = Buffer.from(text);
	return { type: 'file', path: imagePath(`${sitePackages(version)}/${name}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}
