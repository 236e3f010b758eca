/** Private package indexes: the ways in which users give credentials, and that none of them leaves the build. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const [USER, PASSWORD] = ['tare-user', 'tare-pw-7b1f4c'];

/** A wheel, and an index that gives it to those who know the password. */
const INDEX = `import base64, hashlib, http.server, io, sys, zipfile

def wheel(version):
    info, file = f"tare_private_demo-{version}.dist-info", io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tare_private_demo.py", "SAYS = 'private'\\n")
        archive.writestr(info + "/METADATA", f"Metadata-Version: 2.1\\nName: tare-private-demo\\nVersion: {version}\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "/RECORD", "")
    return file.getvalue()

files = {f"tare_private_demo-{version}-py3-none-any.whl": wheel(version) for version in sys.argv[2:]}
links = [f'<a href="/files/{name}#sha256={hashlib.sha256(data).hexdigest()}">{name}</a>' for name, data in files.items()]
answers = {"/simple/tare-private-demo/": "\\n".join(links).encode(), **{"/files/" + name: data for name, data in files.items()}}
expected = "Basic " + base64.b64encode(sys.argv[1].encode()).decode()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        body = answers.get(self.path)
        status = 401 if self.headers.get("Authorization") != expected else 404 if body is None else 200
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", "Basic")
        self.send_header("Content-Type", "application/octet-stream" if self.path.endswith(".whl") else "text/html")
        self.end_headers()
        return body if status == 200 else b""
    def do_GET(self):
        self.wfile.write(self.do_HEAD())
    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
`;

async function index(t: TestContext, versions: readonly string[]): Promise<string> {
	const dir = folder(t, { 'index.py': INDEX });
	const child = spawn('python3', ['index.py', `${USER}:${PASSWORD}`, ...versions], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
	t.after(() => child.kill());
	const [port] = (await once(child.stdout, 'data')) as [Buffer];
	return `127.0.0.1:${port.toString().trim()}/simple/`;
}

const APP = 'from tare_private_demo import SAYS\nprint(SAYS)\n';
const AUTH = `${USER}:${PASSWORD}@`;

interface Way {
	readonly files: Files;
	readonly env?: Readonly<Record<string, string>>;
	/** Put into a home folder. */
	readonly home?: Files;
}

const poetryLock = (address: string, version: string): string => `[[package]]
name = "tare-private-demo"
version = "${version}"
optional = false
groups = ["main"]
files = []

[package.source]
type = "legacy"
url = "http://${address}"
reference = "corp"

[metadata]
lock-version = "2.1"
`;

const WAYS: Readonly<Record<string, (address: string, version: string) => Way>> = {
	PIP_EXTRA_INDEX_URL: (address, version) => ({
		files: { 'requirements.txt': `tare-private-demo==${version}\n` },
		env: { PIP_EXTRA_INDEX_URL: `http://${AUTH}${address}` },
	}),
	'a netrc file, and --extra-index-url in requirements.txt': (address, version) => ({
		files: { 'requirements.txt': `--extra-index-url http://${address}\ntare-private-demo==${version}\n` },
		home: { netrc: `machine 127.0.0.1 login ${USER} password ${PASSWORD}\n` },
	}),
	'variables in requirements.txt': (address, version) => ({
		files: { 'requirements.txt': `--extra-index-url http://\${INDEX_USER}:\${INDEX_PASSWORD}@${address}\ntare-private-demo==${version}\n` },
		env: { INDEX_USER: USER, INDEX_PASSWORD: PASSWORD },
	}),
	'an explicit index of uv': (address, version) => ({
		files: {
			'pyproject.toml': `[project]\nname = "app"\nversion = "1"\ndependencies = ["tare-private-demo==${version}"]\n[[tool.uv.index]]\nname = "corp"\nurl = "http://${address}"\nexplicit = true\n[tool.uv.sources]\ntare-private-demo = { index = "corp" }\n`,
		},
		env: { UV_INDEX_CORP_USERNAME: USER, UV_INDEX_CORP_PASSWORD: PASSWORD },
	}),
	"a source of Poetry's": (address, version) => ({
		files: {
			'pyproject.toml': `[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\ntare-private-demo = "${version}"\n[[tool.poetry.source]]\nname = "corp"\nurl = "http://${address}"\npriority = "explicit"\n`,
			'poetry.lock': poetryLock(address, version),
		},
		home: { 'pypoetry/auth.toml': `[http-basic.corp]\nusername = "${USER}"\npassword = "${PASSWORD}"\n` },
	}),
	'a Pipfile': (address, version) => ({
		files: { Pipfile: `[[source]]\nname = "corp"\nurl = "http://\${INDEX_USER}:$INDEX_PASSWORD@${address}"\n[packages]\ntare-private-demo = "==${version}"\n` },
		env: { INDEX_USER: USER, INDEX_PASSWORD: PASSWORD },
	}),
};

test('private indexes: credentials are used, and are in no layer, lock, log or kept file', async (t) => {
	if (!hasTools(t, 'python3')) return;
	// Versions that no store has installed before.
	const ways = Object.entries(WAYS).map(([says, way], at) => ({ says, way, version: `${Date.now()}.${at}` }));
	const address = await index(
		t,
		ways.map(({ version }) => version),
	);
	let lock: Files = {};
	for (const { says, way, version } of ways) {
		const { files, env = {}, home = {} } = way(address, version);
		const [dir, config, out] = [folder(t, { ...files, ...lock, 'main.py': APP }), folder(t, home), join(folder(t), 'oci')];
		const user = { XDG_CONFIG_HOME: config, NETRC: join(config, 'netrc'), ...env };
		const result = tare(['build', dir, '--verbose', '-o', `oci:${out}`], { env: user });
		assert.equal(result.status, 0, `${says}:\n${result.stderr}`);
		assert.ok(!result.stderr.includes(PASSWORD), `${says}: printed`);
		assert.ok(layersOf(out).includes('tare_private_demo.py'), `${says}: installed`);
		assert.ok(!layersOf(out).includes(PASSWORD), `${says}: in the image`);
		assert.ok(!readFileSync(join(dir, 'tare.lock'), 'utf8').includes(PASSWORD), `${says}: in the lock`);
		assert.ok(!readFileSync(join(dir, 'tare.lock'), 'utf8').includes('127.0.0.1'), `${says}: the lock names a host`);
		// The base and uv are not looked for again.
		lock = { 'tare.lock': readFileSync(join(dir, 'tare.lock'), 'utf8') };
		assert.ok(!tare(['plan', dir, '--json'], { env: user }).stdout.includes(PASSWORD), `${says}: in the plan`);
	}
	const store = process.env.TARE_CACHE_DIR ?? join(process.env.HOME ?? '', '.cache/tare');
	assert.equal(spawnSync('grep', ['-rlF', '--exclude-dir=blobs', PASSWORD, store], { encoding: 'utf8' }).stdout, '', 'kept in the store');
	const wrong = tare(['build', folder(t, { 'requirements.txt': 'tare-private-demo\n', 'main.py': APP })], {
		env: { PIP_EXTRA_INDEX_URL: `http://${USER}:wrong-pw-93@${address}` },
	});
	assert.equal(wrong.status, 30);
	assert.match(wrong.stderr, /INSTALL_FAILED: the package index has no tare-private-demo[\s\S]*credentials/);
	assert.ok(!wrong.stderr.includes('wrong-pw-93'));
});

function layersOf(out: string): string {
	const folderOf = join(out, 'blobs/sha256');
	const blobs = readdirSync(folderOf).map((name) => readFileSync(join(folderOf, name)));
	return blobs.map((blob) => (blob[0] === 0x1f ? gunzipSync(blob) : blob).toString('latin1')).join('\n');
}
