/** Mistakes in projects of compiled languages: the code, the exit code, the words of the compiler once, and a hint that helps. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { tare } from '../support/cli.js';
import { type Files, folder } from '../support/files.js';
import { hasTools } from '../support/tools.js';

const MOD = 'module example.com/x\n\ngo 1.21\n';
const MAIN = 'package main\n\nfunc main() {}\n';
const CARGO = '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n';
const LOCK = 'version = 3\n\n[[package]]\nname = "x"\nversion = "0.1.0"\n';
const RUST = 'fn main() {}\n';
const importing = (name: string) => `package main\n\nimport _ "${name}"\n\nfunc main() {}\n`;

type Mistake = readonly [string, Files, RegExp, number];

const GO: readonly Mistake[] = [
	['two programs', { 'go.mod': MOD, 'a/main.go': MAIN, 'b/main.go': MAIN }, /AMBIGUOUS: .*\.\/a, \.\/b[\s\S]*--main \.\/a/, 20],
	['no program', { 'go.mod': MOD, 'x.go': 'package x\n' }, /NO_START: .*func main/, 20],
	['a newer Go', { 'go.mod': 'module x\n\ngo 1.999\n', 'main.go': MAIN }, /TOOL_TOO_OLD: go\.mod asks for Go 1\.999, and go on PATH is[\s\S]*go\.mod:3/, 31],
	[
		'a go.sum without the module',
		{ 'go.mod': `${MOD}require example.invalid/none v1.0.0\n`, 'go.sum': '', 'main.go': importing('example.invalid/none') },
		/LOCKFILE_OUTDATED: [\s\S]*go mod tidy/,
		30,
	],
	[
		'a module that does not exist',
		{ 'go.mod': `${MOD}require example.invalid/none v1.0.0\n`, 'main.go': importing('example.invalid/none') },
		/example\.invalid\/none@v1\.0\.0[\s\S]*INSTALL_FAILED: a module could not be fetched/,
		30,
	],
	['a shell construct', { 'go.mod': MOD, 'main.go': MAIN, Procfile: 'web: x | tee log\n' }, /START_UNSUPPORTED: .*"\|" needs a shell[\s\S]*Procfile:1/, 20],
];
const CRATES: readonly Mistake[] = [
	['two programs', { 'Cargo.toml': CARGO, 'Cargo.lock': LOCK, 'src/bin/a.rs': RUST, 'src/bin/b.rs': RUST }, /AMBIGUOUS: .*a, b[\s\S]*default-run/, 20],
	['no program', { 'Cargo.toml': CARGO, 'Cargo.lock': LOCK, 'src/lib.rs': '' }, /NO_START: the package has no program/, 20],
	[
		'an outdated lock',
		{ 'Cargo.toml': `${CARGO}[dependencies]\nitoa = "1"\n`, 'Cargo.lock': LOCK, 'src/main.rs': RUST },
		/LOCKFILE_OUTDATED: Cargo\.lock does not match/,
		30,
	],
	[
		'a crate that does not exist',
		{ 'Cargo.toml': `${CARGO}[dependencies]\nno-such-crate-anywhere-42 = "1"\n`, 'src/main.rs': RUST },
		/no-such-crate-anywhere-42[\s\S]*INSTALL_FAILED: a crate could not be found/,
		30,
	],
	['a newer Rust', { 'Cargo.toml': `${CARGO}rust-version = "1.999"\n`, 'Cargo.lock': LOCK, 'src/main.rs': RUST }, /1\.999[\s\S]*TOOL_TOO_OLD: /, 31],
];

function check(t: TestContext, [, files, expected, status]: Mistake): void {
	const result = tare(['build', folder(t, files)]);
	assert.match(result.stderr, expected);
	assert.equal(result.status, status);
}

for (const mistake of GO) test(`go mistakes: ${mistake[0]}`, (t) => (hasTools(t, 'go') ? check(t, mistake) : undefined));
for (const mistake of CRATES) test(`rust mistakes: ${mistake[0]}`, (t) => (hasTools(t, 'cargo') ? check(t, mistake) : undefined));

for (const [language, tool, files, words] of [
	['go', 'go', { 'go.mod': MOD, 'main.go': `${MAIN}\nfunc f() int { return "a" }\n` }, /cannot use "a"/g],
	['rust', 'cargo', { 'Cargo.toml': CARGO, 'Cargo.lock': LOCK, 'src/main.rs': `${RUST}fn f() -> i32 { "a" }\n` }, /error\[E0308\]: mismatched types/g],
] as const) {
	test(`${language} mistakes: a compile error is the compiler's own message, once`, (t) => {
		if (!hasTools(t, tool)) return;
		const { stderr, status } = tare(['build', folder(t, files)]);
		assert.equal(status, 30);
		assert.equal(stderr.match(words)?.length, 1, stderr);
		assert.doesNotMatch(stderr, /\/tmp\/.*main\.(?:go|rs)/, "paths are the project's");
	});

	test(`${language} mistakes: no compiler`, (t) => {
		const { stderr, status } = tare(['build', folder(t, files)], { env: { PATH: '/nowhere', TARE_CACHE_DIR: folder(t) } });
		assert.equal(status, 31);
		assert.match(
			stderr,
			language === 'go' ? /TOOL_MISSING: go is not installed, and go\.mod asks for Go 1\.21/ : /TOOL_MISSING: .* not installed, and this is a Rust/,
		);
	});
}
