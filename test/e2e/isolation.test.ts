/** One project's build never changes another's, and one user's never another user's. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { built, digestOf, ROOT } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const MS = { version: '2.1.3', integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==' };
const SEMVER = {
	version: '7.6.3',
	integrity: 'sha512-oVekP1cKtI+CTDvHWYFUcMtsK/00wmAEfyqKfNdARm8u1wNVhSgaX7A8d4UuIlUI5e84iEwOhs7ZPYRmzU9U6A==',
	dev: true,
	bin: { semver: 'bin/semver.js' },
};
const DEPENDENCIES = { dependencies: { ms: '2.1.3' }, devDependencies: { semver: '7.6.3' } };

/** Projects with one lock: they share what the installer wrote. */
function nodeProject(t: TestContext, script: string): string {
	return folder(t, {
		'package.json': { name: 'app', version: '1.0.0', main: 'server.js', scripts: { build: 'node build.cjs' }, ...DEPENDENCIES },
		'package-lock.json': {
			name: 'app',
			version: '1.0.0',
			lockfileVersion: 3,
			requires: true,
			packages: {
				'': { name: 'app', version: '1.0.0', ...DEPENDENCIES },
				'node_modules/ms': MS,
				'node_modules/semver': SEMVER,
			},
		},
		'server.js': "console.log(require('ms')('1s'), require('fs').readFileSync('dist/out.txt', 'utf8'))",
		'build.cjs': `const fs = require('fs'), cp = require('child_process'), path = require('path');\nfs.mkdirSync('dist', { recursive: true });\n${script}`,
	});
}

/** What it writes tells of everything that another project may have changed. */
const VICTIM = `
let count = 0;
try { count = Number(fs.readFileSync('node_modules/.cache/n', 'utf8')); } catch {}
fs.mkdirSync('node_modules/.cache', { recursive: true });
fs.writeFileSync('node_modules/.cache/n', String(count + 1));
let hidden = fs.readdirSync('node_modules').filter((name) => name !== '.cache').join();
const run = (program) => cp.execSync(program + ' 2>&1 || true').toString().trim();
fs.writeFileSync('dist/out.txt', [hidden, count, run('semver 1.2.3'), run('npm --version'), require('semver').valid('1.2.3'),
	fs.statSync('node_modules/semver/index.js').mode, fs.existsSync('node_modules/semver/README.md')].join(' '));
`;

const POISONS: Readonly<Record<string, string>> = {
	'a link in place of a package':
		"fs.mkdirSync('node_modules/.evil'); fs.writeFileSync('node_modules/.evil/index.js', 'exports.valid = () => 666'); fs.rmSync('node_modules/semver', { recursive: true }); fs.symlinkSync('.evil', 'node_modules/semver');",
	'a hidden folder': "fs.mkdirSync('node_modules/.evil'); fs.mkdirSync('node_modules/.cache'); fs.writeFileSync('node_modules/.cache/n', '666');",
	'another program in .bin':
		"fs.rmSync('node_modules/.bin/semver'); fs.writeFileSync('node_modules/.bin/semver', '#!/bin/sh\\necho POISONED\\n', { mode: 0o755 });",
	'another mode': "fs.chmodSync('node_modules/semver/index.js', 0o600);",
	'a deleted file': "fs.rmSync('node_modules/semver/README.md');",
	'the locked npm changed': 'fs.writeFileSync(process.env.npm_execpath, \'console.log("POISONED")\');',
	'the npm on PATH changed':
		"for (const dir of process.env.PATH.split(':')) if (dir.includes('/tmp/bin')) fs.writeFileSync(path.join(dir, 'npm'), '#!/bin/sh\\nmkdir -p node_modules\\n', { mode: 0o755 });",
};

test('Node: what build scripts of one project change never reaches another project with the same lock', (t) => {
	// One store sees both projects, the other the victim alone.
	const [env, clean] = [{ TARE_CACHE_DIR: folder(t) }, { TARE_CACHE_DIR: folder(t) }];
	const victim = nodeProject(t, VICTIM);
	assert.equal(digestOf(built(['build', victim], { env })), digestOf(built(['build', victim], { env: clean })));
	for (const [what, poison] of Object.entries(POISONS)) {
		built(['build', nodeProject(t, `${poison}\nfs.writeFileSync('dist/out.txt', 'A')`)], { env });
		// A comment has the project built again.
		appendFileSync(join(victim, 'build.cjs'), `// ${what}\n`);
		const alone = digestOf(built(['build', victim], { env: clean }));
		assert.equal(digestOf(built(['build', victim], { env })), alone, what);
		if (what === 'the locked npm changed') assert.equal(digestOf(built(['build', victim, '--fresh'], { env })), alone, `${what}, --fresh`);
	}
});

test('Rust: a build script that writes into its target folder serves its own project alone', (t) => {
	if (!hasTools(t, 'cargo')) return;
	const project = (build: string): Files => ({
		'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
		'Cargo.lock': 'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
		'src/main.rs': 'fn main() { println!("{}", env!("FOUND")); }\n',
		'build.rs': `fn main() { let at = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("../../../poison"); ${build} }\n`,
	});
	const victim = folder(t, project('println!("cargo:rustc-env=FOUND={}", at.exists());'));
	const poisoner = folder(t, project('std::fs::write(at, "x").unwrap(); println!("cargo:rustc-env=FOUND=A");'));
	const [used, empty] = [{ TARE_CACHE_DIR: folder(t) }, { TARE_CACHE_DIR: folder(t) }];
	built(['build', poisoner], { env: used });
	assert.equal(digestOf(built(['build', victim], { env: used })), digestOf(built(['build', victim], { env: empty })));
});

const NOBODY = 65534;

test('two users of one machine: at the same time, with stores of their own, one digest; neither reads the other', async (t) => {
	if (process.getuid?.() !== 0) return process.env.CI === 'true' ? assert.fail('CI has to run this as root') : t.skip('needs root, to be another user');
	const place = folder(t);
	chmodSync(place, 0o755);
	cpSync(join(ROOT, 'dist'), join(place, 'dist'), { recursive: true });
	cpSync(join(ROOT, 'package.json'), join(place, 'package.json'));
	const project = nodeProject(t, VICTIM);
	chmodSync(project, 0o755);
	const build = (uid: number) => {
		const own = join(place, `user-${uid}`);
		mkdirSync(own);
		chownSync(own, uid, uid);
		const dir = join(own, 'app');
		cpSync(project, dir, { recursive: true });
		spawnSync('chown', ['-R', `${uid}:${uid}`, dir]);
		writeFileSync(join(dir, '.env'), 'SECRET=1', { mode: 0o600 });
		chownSync(join(dir, '.env'), uid, uid);
		// `npm test` names folders of the user who called it.
		const inherited = Object.entries(process.env).filter(([name]) => !/^npm_config_(?:cache|userconfig)$/i.test(name));
		const env = { ...Object.fromEntries(inherited), HOME: own, TARE_CACHE_DIR: join(own, 'store'), XDG_CACHE_HOME: join(own, 'cache') };
		return new Promise<string>((resolve, reject) => {
			const child = spawn(process.execPath, [join(place, 'dist/cli.cjs'), 'build', dir], { uid, gid: uid, env, stdio: ['ignore', 'pipe', 'pipe'] });
			let [out, err] = ['', ''];
			child.stdout.on('data', (data: Buffer) => (out += data));
			child.stderr.on('data', (data: Buffer) => (err += data));
			child.once('close', (code) => (code === 0 ? resolve(out.trim().split('@')[1] ?? '') : reject(new Error(err))));
		});
	};
	const [root, other] = await Promise.all([build(0), build(NOBODY)]);
	assert.equal(other, root);
	const { status } = spawnSync('ls', [join(place, 'user-0/store/v1')], { uid: NOBODY, gid: NOBODY });
	assert.notEqual(status, 0, 'the store of root is closed');
	rmSync(join(place, `user-${NOBODY}`), { recursive: true, force: true });
});
