/** Manifests that somebody broke: a plan, or an error with its file. Never a crash. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planPython } from '../../../builders/python/plan.js';
import { findRoot } from '../../../builders/python/workspace/root.js';
import { TareError } from '../../../src/errors.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const FILES: Readonly<Record<string, string>> = {
	'pyproject.toml': `[build-system]
requires = ["setuptools", "setuptools-scm"]
build-backend = "setuptools.build_meta"
[project]
name = "ledger"
dynamic = ["version"]
dependencies = ["flask", "core @ file:./core"]
[project.scripts]
ledger = "ledger.cli:main"
[tool.setuptools]
package-dir = { "" = "lib", "a.b" = "x" }
[tool.setuptools.packages.find]
where = ["lib"]
[tool.setuptools.dynamic]
version = { attr = "ledger.__version__" }
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
core = { path = "./core" }
[tool.pdm.scripts]
start = { composite = ["serve"] }
serve = { cmd = ["python", "serve.py"], env = { A = "b" } }
[tool.poe.tasks]
prod = { script = "ledger.cli:main(1)", cwd = "x" }
[tool.hatch.build.targets.wheel]
packages = ["lib/ledger"]
sources = { "lib" = "" }
[tool.fastapi]
entrypoint = "ledger.web:app"
`,
	'setup.cfg': '[metadata]\nname = tickets\nversion = attr: a.b\n[options]\npackage_dir =\n    = src\n[options.entry_points]\nconsole_scripts =\n    a = b:c\n',
	'setup.py':
		'from setuptools import setup\nsetup(name="x", version="1", package_dir={"": "src"}, entry_points={"console_scripts": ["a = b:c"]}, packages=find_packages("src"))\n',
	'gunicorn.conf.py': 'import os\nbind = f"0.0.0.0:{os.environ.get(\'PORT\', 8000)}"\nwsgi_app = "ledger.web:app"\nchdir = "lib"\n',
	'requirements.txt': '-r base.txt\n-e ./core\nflask==3.0.3 ; python_version > "3"\nx @ file:./y\n--find-links ./wheels\n',
	'uwsgi.ini': '[uwsgi]\nmodule = ledger.web:app\nhttp = :5000\n',
	'serve.py':
		'import sqlite3, os\nfrom pathlib import Path\nBASE = Path(__file__).parent\nsqlite3.connect(f"{BASE}/x.db")\n(BASE / "out").mkdir()\nURL = "sqlite:///" + str(BASE / "y.db")\nHTTPServer(("", 8123), H)\n',
	'lib/ledger/web.py': 'from flask import Flask\napp = Flask(__name__)\n__version__ = "1"\n',
};

test('mutated manifests end in a plan or in an error that names a file or a hint', { timeout: 120_000 }, (t) => {
	const names = Object.keys(FILES);
	const mutation = fc.record({
		file: fc.constantFrom(...names),
		at: fc.nat(),
		remove: fc.nat(12),
		insert: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('[', ']', '{', '"', "'", '=', '\\', '../', '(', '*', '$', '\n', '[[', '..', ':')),
	});
	const kept = fc.subarray(names, { minLength: 1 });
	const property = fc.property(kept, fc.array(mutation, { minLength: 1, maxLength: 4 }), (chosen, mutations) => {
		const files = Object.fromEntries(chosen.map((name) => [name, FILES[name] as string]));
		for (const { file, at, remove, insert } of mutations) {
			const text = files[file];
			if (text === undefined) continue;
			const place = at % (text.length + 1);
			files[file] = text.slice(0, place) + insert + text.slice(place + remove);
		}
		const source = index(t, files);
		for (const work of [() => planPython({ source, ...REQUEST }), () => findRoot(source.root)]) {
			try {
				work();
			} catch (error) {
				assert.ok(error instanceof TareError && error.code !== 'INTERNAL', `${String(error instanceof Error ? error.stack : error)}\n${JSON.stringify(files)}`);
			}
		}
	});
	fc.assert(property, { numRuns: 200 });
});
