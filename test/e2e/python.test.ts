/** Python images beyond the examples: another architecture, what a change runs, mistakes. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, ROOT, tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

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

test('a changed line installs nothing; no change runs nothing', (t) => {
	const dir = example(t, 'python-fastapi');
	built(['build', dir]);
	appendFileSync(join(dir, 'main.py'), '# changed\n');
	const changed = built(['build', dir, '--verbose']).stderr;
	assert.doesNotMatch(changed, /pip install|bytecode\.py/, 'what is installed and compiled is kept');
	assert.equal(JSON.parse(built(['build', dir, '--json', '--offline']).stdout).unchanged, true);
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
	['a shell construct', { 'requirements.txt': 'flask\n', 'app.py': FLASK, Procfile: 'web: gunicorn app:app | tee log' }, /START_UNSUPPORTED.*"\|"/, 20],
];
for (const [says, files, expected, status] of MISTAKES) {
	test(`python mistakes: ${says}`, (t) => {
		const dir = folder(t, files);
		const result = tare(['build', dir]);
		assert.match(result.stderr, expected);
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
