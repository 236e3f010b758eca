/** Features, profiles and compiler flags of the project's own build commands, and what a program requires. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compileFailure } from '../../../builders/rust/cargo.js';
import { planRust, type RustFacts } from '../../../builders/rust/plan.js';
import { index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const MANIFEST = '[package]\nname = "shop"\n[features]\ndefault = []\nssr = []\nmetrics = []\n[profile.dist]\ninherits = "release"\n';
const APP = { 'Cargo.toml': MANIFEST, 'Cargo.lock': 'version = 4\n', 'src/main.rs': 'fn main() {}\n' };

function plan(t: TestContext, files: Record<string, string>, settings: Record<string, unknown> = {}) {
	const { steps, reasons, warnings, facts } = planRust({ ...REQUEST, source: index(t, { ...APP, ...files }), settings });
	return {
		command: steps[0]?.command.join(' ') ?? '',
		facts: facts as unknown as RustFacts,
		reasons: reasons.map(({ file, line, says }) => `${file}:${line} ${says}`),
		warnings: warnings.filter(({ says }) => says.startsWith('left out')).map(({ file, line, says }) => `${file}:${line} ${says}`),
	};
}

test("a program's required features are given to cargo, in a workspace too", (t) => {
	const bin = '[[bin]]\nname = "server"\npath = "bin/server.rs"\nrequired-features = ["ssr"]\n';
	const one = {
		'Cargo.toml': `${MANIFEST.replace('[features]', 'autobins = false\n[features]')}[lib]\n${bin}`,
		'src/lib.rs': '',
		'bin/server.rs': 'fn main() {}',
	};
	const found = plan(t, one);
	assert.match(found.command, /--features ssr --bin server/);
	assert.ok(found.reasons.some((says) => says.includes('requires: ssr')));
	const member = {
		'Cargo.toml': '[workspace]\nmembers = ["api"]\n',
		'api/Cargo.toml': MANIFEST.replace('shop', 'api') + bin,
		'api/bin/server.rs': 'fn main() {}',
	};
	assert.match(plan(t, { ...member, 'src/main.rs': '' }).command, /--manifest-path api\/Cargo.toml --features ssr --bin server/);
});

test('Dockerfile, Makefile and CI say features, profile and cfg flags', (t) => {
	const Dockerfile =
		'FROM rust\nENV RUSTFLAGS="--cfg tokio_unstable -C target-cpu=native"\nRUN cargo build --profile dist --no-default-features -F ssr,metrics\n';
	const found = plan(t, { Dockerfile });
	assert.equal(found.command, 'cargo build --profile dist --locked --no-default-features --features metrics,ssr --bin shop');
	assert.deepEqual(found.facts.rustflags, ['--cfg', 'tokio_unstable']);
	assert.deepEqual(found.warnings, ['Dockerfile:3 left out: RUSTFLAGS -C target-cpu=native; set build.rustflags in .cargo/config.toml for it']);
	assert.match(plan(t, { Makefile: 'release:\n\tcargo +stable build --release --all-features\n' }).command, /--features metrics,ssr/);
	const ci = 'jobs:\n  b:\n    steps:\n      - run: cargo build --release --features "${{ matrix.features }}"\n';
	assert.match(plan(t, { '.github/workflows/b.yml': ci }).warnings.join(), /b\.yml:4 left out: --features \$\{\{ matrix\.features \}\}, whose value/);
	assert.match(plan(t, { Makefile: 'all:\n\tcargo build --profile fast\n' }).warnings.join(), /--profile fast, which no Cargo.toml defines/);
});

test("other programs' and developers' commands say nothing; commands that differ are not guessed between", (t) => {
	for (const line of [
		'cargo build --features ssr',
		'cargo build --release --bin other -F ssr',
		'cargo build --release -p other -F ssr',
		'cargo test --release -F ssr',
	])
		assert.equal(plan(t, { Makefile: `all:\n\t${line}\n` }).facts.features.length, 0, line);
	const both = plan(t, { Makefile: 'a:\n\tcargo build --release -F ssr\nb:\n\tcargo build --release -F metrics\n' });
	assert.deepEqual(both.facts.features, []);
	assert.match(both.warnings.join(), /which differ between its commands/);
});

test("tare.yaml's features and profile come before the project's commands", (t) => {
	const Makefile = 'all:\n\tcargo build --profile dist -F ssr\n';
	const { facts, reasons } = plan(t, { Makefile }, { features: ['metrics'], profile: 'release' });
	assert.deepEqual([facts.features, facts.profile], [['metrics'], 'release']);
	assert.ok(!reasons.some((says) => says.includes('compiled as there')));
});

test('a linker that the project names and nobody installed is named with its line', (t) => {
	const config = '[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\nrustflags = ["-C", "link-arg=-fuse-ld=mold"]\n';
	const { facts } = plan(t, { '.cargo/config.toml': config });
	const failure = (tail: string) => compileFailure({ exitCode: 101, tail }, facts);
	assert.match(failure('error: linker `clang` not found').message, /the linker clang, which \.cargo\/config\.toml names/);
	assert.deepEqual(failure("collect2: fatal error: cannot find 'ld'").at, { file: '.cargo/config.toml', line: 3 });
	assert.equal(failure('error: linker `cc` not found').message, 'there is no C compiler or linker');
	assert.match(failure('fatal: not a git repository').message, /asks git/);
});
