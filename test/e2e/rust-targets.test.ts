/** Rust for another platform and without a C library, and what is said where the host has no library or linker for it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot } from '../support/boot.js';
import { built, tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { canBoot, hasRustTargets, hasTools } from '../support/tools.js';

const ARM64 = 'aarch64-unknown-linux-gnu';
const CARGO = '[package]\nname = "where"\nversion = "0.1.0"\nedition = "2021"\n';
const LOCK = 'version = 4\n\n[[package]]\nname = "where"\nversion = "0.1.0"\n';
const PLAIN: Files = { 'Cargo.toml': CARGO, 'Cargo.lock': LOCK, 'src/main.rs': 'fn main() {}\n' };

/** Answers with the target of Rust and of C, and with where its build script ran. */
const SERVER: Files = {
	'Cargo.toml': `${CARGO}\n[build-dependencies]\ncc = "=1.0.79"\n`,
	'Cargo.lock': `version = 4

[[package]]
name = "cc"
version = "1.0.79"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "50d30906286121d95be3d479533b458f87493b30a4b5f79a607db8f5d11aa91f"

[[package]]
name = "where"
version = "0.1.0"
dependencies = [
 "cc",
]
`,
	'build.rs': `fn main() {
    cc::Build::new().file("where.c").compile("where");
    println!("cargo:rustc-env=BUILT_ON={}", std::env::consts::ARCH);
}
`,
	'where.c': '#ifdef __aarch64__\nint is_arm(void) { return 1; }\n#else\nint is_arm(void) { return 0; }\n#endif\n',
	'src/main.rs': `use std::io::{Read, Write};

extern "C" {
    fn is_arm() -> i32;
}

fn main() {
    let port = std::env::var("PORT").unwrap();
    let libc = if cfg!(target_env = "musl") { "musl" } else { "gnu" };
    let says = format!("{} {} {} {}", std::env::consts::ARCH, libc, unsafe { is_arm() }, env!("BUILT_ON"));
    for stream in std::net::TcpListener::bind(format!("0.0.0.0:{port}")).unwrap().incoming() {
        let mut stream = stream.unwrap();
        // A panic is caught: the program unwinds.
        std::panic::catch_unwind(|| panic!("caught")).unwrap_err();
        let _ = stream.read(&mut [0; 4096]);
        let _ = write!(stream, "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: {}\\r\\n\\r\\n{says}", says.len());
    }
}
`,
};

/** Debian's compiler, which has the targets, and nobody's settings of rustup. */
const DEBIAN = { PATH: '/usr/bin:/bin', RUSTUP_TOOLCHAIN: undefined };

/** @returns the layout, its layers and what readelf says of the program */
function build(t: TestContext, ...args: readonly string[]) {
	const out = join(folder(t), 'oci');
	built(['build', folder(t, SERVER), '-o', `oci:${out}`, ...args], { env: DEBIAN });
	const [image] = JSON.parse(built(['inspect', out, '--json', '--contents', '0']).stdout).images;
	const bundle = join(folder(t), 'bundle');
	execFileSync('umoci', ['unpack', '--image', `${out}:latest`, bundle], { stdio: 'ignore' });
	return {
		out,
		platform: JSON.parse(execFileSync('skopeo', ['inspect', '--config', `oci:${out}:latest`], { encoding: 'utf8' })).architecture,
		layers: image.layers.map(({ name }: { name: string }) => name),
		elf: execFileSync('readelf', ['-hldW', join(bundle, 'rootfs/app/where')], { encoding: 'utf8' }),
	};
}

test('Rust with C for arm64, on the C library of the base, answers under qemu', async (t) => {
	if (!canBoot(t) || !hasTools(t, 'skopeo', 'readelf', 'aarch64-linux-gnu-gcc', 'bwrap', 'qemu-aarch64-static') || !hasRustTargets(t, ARM64)) return;
	const { out, platform, layers, elf } = build(t, '--platform', 'linux/arm64');
	assert.equal(platform, 'arm64');
	assert.deepEqual(layers, ['static', 'libc', 'cc', 'init', 'app']);
	assert.match(elf, /Machine: +AArch64[\s\S]*interpreter: \/lib\/ld-linux-aarch64\.so\.1[\s\S]*\(NEEDED\).*libc\.so\.6/);
	const app = await boot({ image: `${out}:latest`, qemu: '/usr/bin/qemu-aarch64-static' });
	assert.equal((await app.get('/')).body, `aarch64 gnu 1 ${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`);
	await app.stop();
});

test('Rust with C where the musl target is installed: a static program on the static base', async (t) => {
	// Debian's libraries of musl are those of the machine's own processor.
	const processor = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
	if (!canBoot(t) || !hasTools(t, 'skopeo', 'readelf', 'musl-gcc') || !hasRustTargets(t, `${processor}-unknown-linux-musl`)) return;
	const { out, layers, elf } = build(t);
	assert.deepEqual(layers, ['static', 'init', 'app']);
	assert.doesNotMatch(elf, /NEEDED|interpreter/);
	const app = await boot({ image: `${out}:latest` });
	assert.match((await app.get('/')).body, new RegExp(`^${processor} musl \\d ${processor}$`));
	assert.equal(await app.stop(), 143, 'SIGTERM ends it');
});

/** Programs of the host, and a rustc that looks for its libraries in `sysroot`. */
function hostOf(t: TestContext, sysroot: string, ...programs: readonly string[]) {
	const bin = folder(t);
	for (const name of programs) symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bin, name));
	writeFileSync(
		join(bin, 'rustc'),
		`#!/bin/sh\nexec '${execFileSync('sh', ['-c', 'command -v rustc'], { encoding: 'utf8' }).trim()}' --sysroot '${sysroot}' "$@"\n`,
	);
	chmodSync(join(bin, 'rustc'), 0o755);
	return { PATH: bin };
}

for (const [lacks, targets, files, hint] of [
	['a library', [], PLAIN, /hint Run `rustup target add aarch64-unknown-linux-musl`\.\n/],
	['a linker', [ARM64], PLAIN, /hint Run `rustup target add aarch64-unknown-linux-musl`, or install gcc-aarch64-linux-gnu\.\n/],
	['a library, for C', [], SERVER, /hint Run `rustup target add aarch64-unknown-linux-gnu` and install gcc-aarch64-linux-gnu\.\n/],
	['a compiler of C', [ARM64], SERVER, /hint Install gcc-aarch64-linux-gnu\.\n/],
] as const) {
	test(`Rust for arm64 on a host without ${lacks}`, (t) => {
		if (process.arch === 'arm64' || !hasTools(t, 'cargo')) return;
		const sysroot = folder(t);
		for (const triple of targets) mkdirSync(join(sysroot, 'lib/rustlib', triple, 'lib'), { recursive: true });
		const { stderr, status } = tare(['build', folder(t, files), '--platform', 'linux/arm64'], { env: hostOf(t, sysroot, 'cargo') });
		assert.match(stderr, /TOOL_MISSING: this machine cannot build Rust programs for linux\/arm64\n/);
		assert.match(stderr, hint);
		assert.equal(status, 31);
	});
}
