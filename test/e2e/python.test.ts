/** Python images beyond the examples: another architecture, what a change runs, mistakes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, digestOf, ROOT, tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

const example = (t: TestContext, name: string): string => {
	const dir = join(folder(t), 'app');
	cpSync(join(ROOT, 'examples', name), dir, { recursive: true });
	return dir;
};

const SERVER = `import os, platform
from http.server import BaseHTTPRequestHandler, HTTPServer
from markupsafe import _speedups

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{platform.machine()} {_speedups.__name__}".encode())

if __name__ == "__main__":
    HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
`;

test('a compiled dependency on arm64, from its wheel, run by qemu', async (t) => {
	if (!hasTools(t, 'umoci', 'bwrap', 'qemu-aarch64-static')) return;
	const out = join(folder(t), 'oci');
	const dir = folder(t, { 'requirements.txt': 'markupsafe==3.0.2\n', 'main.py': SERVER });
	built(['build', dir, '--platform', 'linux/arm64', '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest`, qemu: '/usr/bin/qemu-aarch64-static' });
	assert.equal((await app.get('/')).body, 'aarch64 markupsafe._speedups');
	await app.stop();
});

const EXTENSION = `#include <Python.h>
static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, "fast", PY_VERSION, -1, NULL };
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&module); }
`;
const IMPORTER = `import fast, platform
from pathlib import Path
print("same version", fast.__doc__ == platform.python_version(), "debug", b".debug_info" in Path(fast.__file__).read_bytes(), flush=True)
`;

test("a package that has only source in C is compiled for the image's Python", async (t) => {
	if (!canBoot(t) || !hasTools(t, 'gcc')) return;
	const out = join(folder(t), 'oci');
	const setup = 'from setuptools import Extension, setup\nsetup(name="fast", version="1.0", ext_modules=[Extension("fast", ["fast.c"])])\n';
	const dir = folder(t, { 'requirements.txt': './fast\n', 'fast/setup.py': setup, 'fast/fast.c': EXTENSION, 'main.py': IMPORTER });
	const { stderr } = built(['build', dir, '-o', `oci:${out}`]);
	assert.match(stderr, /compiled with the headers of the image's Python 3\.13/);
	assert.match(readFileSync(join(dir, 'tare.lock'), 'utf8'), /"libpython3\.13-dev"/);
	const app = await boot({ image: `${out}:latest` });
	await assert.rejects(app.get('/'));
	assert.match(app.log(), /same version True debug False/);
});

const PACKAGE = (name: string, more = ''): string =>
	`[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "${name}"\nversion = "1.5"\n${more}`;
/** Writes a module while it builds. */
const HOOK = `from setuptools import setup
from setuptools.command.build_py import build_py


class Build(build_py):
    def run(self):
        super().run()
        with open(f"{self.build_lib}/api/_made.py", "w") as file:
            file.write("WORD = 'made'\\n")


setup(cmdclass={"build_py": Build})
`;
const MAIN = `from importlib.metadata import version

from api._made import WORD
from core import SIZE


def main():
    print(WORD, SIZE, version("api"), version("core"), flush=True)
`;
/** Of members alone: nothing in it comes from an index. */
const UV_LOCK = `version = 1
revision = 3
requires-python = ">=3.11"

[manifest]
members = ["api", "core"]

[[package]]
name = "api"
version = "1.5"
source = { editable = "packages/api" }
dependencies = [{ name = "core" }]

[package.metadata]
requires-dist = [{ name = "core", editable = "packages/core" }]

[[package]]
name = "core"
version = "1.5"
source = { editable = "packages/core" }
`;

test('a member of a uv workspace, built by its own backend: one digest in two folders, and what the backend made is found', async (t) => {
	if (!canBoot(t)) return;
	const files: Files = {
		'.git/HEAD': '',
		'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
		'uv.lock': UV_LOCK,
		'packages/api/pyproject.toml': PACKAGE(
			'api',
			'requires-python = ">=3.11"\ndependencies = ["core"]\n[project.scripts]\napi = "api.cli:main"\n[tool.uv.sources]\ncore = { workspace = true }\n',
		),
		'packages/api/setup.py': HOOK,
		'packages/api/src/api/__init__.py': '',
		'packages/api/src/api/cli.py': MAIN,
		'packages/core/pyproject.toml': PACKAGE('core', 'requires-python = ">=3.11"\n'),
		'packages/core/lib/core/__init__.py': 'SIZE = 7\n',
		'packages/core/setup.cfg': '[options]\npackage_dir =\n    = lib\npackages = find:\n[options.packages.find]\nwhere = lib\n',
	};
	const [one, two] = [folder(t, files), folder(t, files)];
	const out = join(folder(t), 'oci');
	const member = built(['build', join(one, 'packages/api'), '-o', `oci:${out}`, '--fresh']);
	cpSync(join(one, 'packages/api/tare.lock'), join(two, 'tare.lock'));
	assert.equal(digestOf(built(['build', two, '--main', 'api', '--fresh'])), digestOf(member));
	const app = await boot({ image: `${out}:latest` });
	await assert.rejects(app.get('/'));
	assert.match(app.log(), /made 7 1\.5 1\.5/);
});

test('a changed line installs nothing; no change runs nothing', (t) => {
	const dir = example(t, 'python-fastapi');
	built(['build', dir]);
	appendFileSync(join(dir, 'main.py'), '# changed\n');
	const changed = built(['build', dir, '--verbose']).stderr;
	assert.doesNotMatch(changed, /pip install|bytecode\.py/, 'what is installed and compiled is kept');
	assert.equal(JSON.parse(built(['build', dir, '--json', '--offline']).stdout).unchanged, true);
});

test('what requirements leave open is chosen once, and moves with tare update alone', (t) => {
	const dir = folder(t, { 'requirements.txt': 'flask>=3\ngunicorn\n', 'app.py': FLASK });
	built(['build', dir]);
	// As if it had been locked a year ago.
	const path = join(dir, 'tare.lock');
	const lock = JSON.parse(readFileSync(path, 'utf8'));
	const name = Object.keys(lock.choices).find((key) => key.startsWith('python')) ?? '';
	const versions = (): string[] => JSON.parse(readFileSync(path, 'utf8')).choices[name].lines.map((line: string) => line.split(' ')[0]);
	lock.choices[name].lines = lock.choices[name].lines.map((line: string) => (line.startsWith('click==') ? 'click==8.1.8' : line));
	writeFileSync(path, JSON.stringify(lock));
	const old = digestOf(built(['build', dir, '--frozen']));
	const elsewhere = folder(t, { 'requirements.txt': 'flask>=3\ngunicorn\n', 'app.py': FLASK, 'tare.lock': readFileSync(path, 'utf8') });
	assert.equal(digestOf(built(['build', elsewhere, '--frozen', '--fresh'])), old, 'another folder, the same lock');
	writeFileSync(join(dir, 'requirements.txt'), 'flask>=3\ngunicorn\nredis\n');
	const frozen = tare(['build', dir, '--frozen']);
	assert.equal(frozen.status, 41);
	assert.match(frozen.stderr, /LOCK_FROZEN.*other dependencies/);
	built(['build', dir]);
	assert.ok(versions().includes('click==8.1.8') && versions().some((one) => one.startsWith('redis==')), 'a new dependency moves no other');
	assert.match(built(['update', dir]).stdout, /click +8\.1\.8 → /);
	assert.ok(!versions().includes('click==8.1.8'));
});

test('process types of one app share every layer', (t) => {
	const dir = folder(t, {
		'requirements.txt': 'flask\ngunicorn\n',
		'app.py': FLASK,
		'work.py': 'print(1)\n',
		Procfile: 'web: gunicorn app:app -b :$PORT\nworker: python work.py\n',
	});
	const layers = (...args: string[]): string[] =>
		JSON.parse(built(['build', dir, '--json', ...args]).stdout).images[0].layers.map(({ digest }: { digest: string }) => digest);
	assert.deepEqual(layers(), layers('--process', 'worker'));
});

test('settings that cannot be imported leave the static files out, with a warning', (t) => {
	const dir = example(t, 'python-django');
	appendFileSync(join(dir, 'mysite/settings.py'), '\nthis is no python\n');
	const { stderr } = built(['build', dir]);
	assert.match(stderr, /warning collectstatic failed.*SyntaxError/);
});

/** A module that asks for a symbol of a C library that no Debian has. */
function tooNew(dir: string): void {
	writeFileSync(join(dir, 'stub.c'), 'int newest(void) { return 1; }\n');
	writeFileSync(join(dir, 'stub.map'), 'GLIBC_2.99 { global: newest; };\n');
	writeFileSync(join(dir, 'ext.c'), 'int newest(void);\nint PyInit_ext(void) { return newest(); }\n');
	const cc = (...args: string[]) => execFileSync('cc', ['-shared', '-fPIC', '-nostdlib', ...args], { cwd: dir });
	cc('-Wl,-soname,libc.so.6', '-Wl,--version-script,stub.map', '-o', 'libstub.so', 'stub.c');
	cc('-o', 'ext.so', 'ext.c', './libstub.so');
	for (const file of ['stub.c', 'stub.map', 'ext.c', 'libstub.so']) rmSync(join(dir, file));
}

test("python mistakes: a module linked against a newer C library than the base's", (t) => {
	if (!hasTools(t, 'cc')) return;
	const dir = folder(t, { 'main.py': 'import ext\nprint(ext)\n' });
	tooNew(dir);
	const result = tare(['build', dir]);
	assert.match(result.stderr, /GLIBC_TOO_OLD.*ext\.so.*2\.99/);
	assert.equal(result.status, 42);
});

const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const MISTAKES: readonly (readonly [string, Files, RegExp, number])[] = [
	[
		'a package that does not exist',
		{ 'requirements.txt': 'no-such-package-anywhere-42\n', 'app.py': FLASK },
		/INSTALL_FAILED.*no-such-package-anywhere-42/,
		30,
	],
	['requirements that exclude each other', { 'requirements.txt': 'flask==3.0.0\nflask==2.0.0\n', 'app.py': FLASK }, /INSTALL_FAILED: no versions/, 30],
	['a program that nothing brings', { 'requirements.txt': 'flask\n', 'app.py': FLASK, Procfile: 'web: gunicron app:app' }, /START_UNSUPPORTED.*gunicron/, 20],
	[
		'a package that is compiled, for another platform, and has no wheels',
		{ 'requirements.txt': 'mysqlclient==2.2.7\n', 'main.py': 'print(1)\n', 'tare.yaml': 'platforms: [linux/arm64]\n' },
		/INSTALL_FAILED: mysqlclient.* has no wheel for linux\/arm64/,
		30,
	],
	['a shell construct', { 'requirements.txt': 'flask\n', 'app.py': FLASK, Procfile: 'web: gunicorn app:app | tee log' }, /START_UNSUPPORTED.*"\|"/, 20],
];
for (const [says, files, expected, status] of MISTAKES) {
	test(`python mistakes: ${says}`, (t) => {
		const dir = folder(t, files);
		const result = tare(['build', dir]);
		assert.match(result.stderr, expected);
		assert.ok(result.stderr.split('was not found in the package registry').length <= 2, "the installer's message stands once");
		assert.equal(result.status, status);
	});
}

test('python mistakes: neither uv nor pip', (t) => {
	const dir = folder(t, { 'requirements.txt': 'flask\n', 'app.py': FLASK });
	const bin = folder(t);
	writeFileSync(join(bin, 'nothing'), '');
	const result = tare(['build', dir], { env: { PATH: bin, TARE_CACHE_DIR: folder(t) } });
	assert.equal(result.status, 31);
	assert.match(result.stderr, /TOOL_MISSING.*uv[\s\S]*Install uv/);
});

const HEADER = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["markupsafe==3.0.2"]\n# ///\n';

test('a script gets what its header names; what it imports beyond that is an error before an image is written', async (t) => {
	if (!canBoot(t)) return;
	const out = join(folder(t), 'oci');
	const dir = folder(t, { 'serve.py': `${HEADER}${SERVER}`, 'environment.yml': 'dependencies:\n  - pyyaml\n' });
	built(['build', dir, '-o', `oci:${out}`]);
	const app = await boot({ image: `${out}:latest` });
	assert.match((await app.get('/')).body, /markupsafe\._speedups$/);
	await app.stop();
	appendFileSync(join(dir, 'serve.py'), 'import yaml\n');
	const { status, stderr } = tare(['build', dir, '-o', `oci:${out}`]);
	assert.equal(status, 30);
	assert.match(stderr, /MODULE_MISSING: serve\.py imports yaml[\s\S]*serve\.py:\d+[\s\S]*environment\.yml:2 lists it/);
});
