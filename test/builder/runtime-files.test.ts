/** Files that compiled programs open: where they are started, where they were compiled, and above that. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type GoFacts, planGo } from '../../builders/go/plan.js';
import { planRust, type RustFacts } from '../../builders/rust/plan.js';
import { index } from '../support/files.js';
import { REQUEST } from '../support/request.js';

const MODULE = { 'go.mod': 'module example.com/menu\n\ngo 1.24\n' };
const CRATE = { 'Cargo.toml': '[package]\nname = "shop"\n', 'Cargo.lock': 'version = 4\n' };
const CALLER = 'package main\n\nfunc base() string {\n\t_, file, _, _ := runtime.Caller(0)\n\treturn filepath.Dir(file)\n}\n';

const goPlan = (t: TestContext, files: Record<string, string>) => {
	const plan = planGo({ ...REQUEST, source: index(t, { ...MODULE, ...files }) });
	return { ...plan, facts: plan.facts as unknown as GoFacts };
};
const rustPlan = (t: TestContext, files: Record<string, string>) => {
	const plan = planRust({ ...REQUEST, source: index(t, { ...CRATE, ...files }) });
	return { ...plan, facts: plan.facts as unknown as RustFacts };
};

test('Go: what is joined to the path of a source file is shipped where the program looks', (t) => {
	const root = goPlan(t, { 'main.go': `${CALLER}func main() { open(base() + "/pages") }\n`, 'pages/a.html': 'a' });
	assert.deepEqual([root.facts.ships, root.facts.linked], [['pages'], 'example.com/menu']);
	const inside = goPlan(t, {
		'main.go': 'package main\n\nfunc main() {}\n',
		'internal/ui/ui.go': `${CALLER.replace('main', 'ui')}var page = "page.html"\nvar words = "../../words.txt"\n`,
		'internal/ui/page.html': 'a',
		'words.txt': 'b',
	});
	assert.deepEqual([inside.facts.ships, inside.facts.linked], [['internal/ui/page.html', 'words.txt'], 'example.com/menu']);
});

test('Go: where nothing of it is found, a warning names the line; the path of a log message is none', (t) => {
	const { warnings, facts } = goPlan(t, { 'main.go': `${CALLER}func main() { open(base() + "/pages") }\n` });
	assert.equal(facts.linked, undefined);
	assert.deepEqual(
		warnings.filter(({ says }) => says.includes('runtime.Caller')).map(({ file, line }) => [file, line]),
		[['main.go', 4]],
	);
	const log = goPlan(t, { 'main.go': 'package main\n\nfunc main() { _, file, line, _ := runtime.Caller(1); log(filepath.Base(file), line) }\n' });
	assert.deepEqual(
		log.warnings.filter(({ says }) => says.includes('runtime.Caller')),
		[],
	);
});

test('Rust: what is joined to CARGO_MANIFEST_DIR is shipped, of a member too; macros that read it while compiling are not', (t) => {
	const root = rustPlan(t, { 'src/main.rs': 'fn main() { open(concat!(env!("CARGO_MANIFEST_DIR"), "/pages/a.html")) }', 'pages/a.html': 'a' });
	assert.deepEqual([root.facts.ships, root.facts.linked], [['pages/a.html'], true]);
	const member = rustPlan(t, {
		'Cargo.toml': '[workspace]\nmembers = ["web"]\n',
		'web/Cargo.toml': '[package]\nname = "web"\n',
		'web/src/main.rs': 'fn main() { Path::new(env!("CARGO_MANIFEST_DIR")).join("pages") }',
		'web/pages/a.html': 'a',
	});
	assert.deepEqual([member.facts.ships, member.facts.linked], [['web/pages'], true]);
	const builtIn = rustPlan(t, { 'src/main.rs': 'static A: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/a.txt")); fn main() {}', 'a.txt': 'a' });
	assert.equal(builtIn.facts.linked, false);
	const tests = rustPlan(t, { 'src/main.rs': 'fn main() {}\n#[cfg(test)]\nmod tests { const DIR: &str = env!("CARGO_MANIFEST_DIR"); }' });
	assert.deepEqual(tests.warnings, []);
});

test('Rust: where nothing of it is found, a warning names the line', (t) => {
	const { warnings } = rustPlan(t, { 'src/main.rs': 'fn main() {\n\topen(env!("CARGO_MANIFEST_DIR"));\n}' });
	assert.deepEqual(
		warnings.map(({ file, line }) => [file, line]),
		[['src/main.rs', 2]],
	);
});

test('paths above the working folder are shipped where they lead; what would hide the base is left out with a warning', (t) => {
	const go = goPlan(t, {
		'server/go.mod': 'module example.com/server\n\ngo 1.24\n',
		'cmd/api/main.go': 'package main\n\nfunc main() { serve("../../web/dist"); open("../../etc/menu.txt") }\n',
		'web/dist/index.html': 'a',
		'etc/menu.txt': 'b',
	});
	assert.deepEqual(go.facts.outside, [{ from: 'web/dist', to: 'web/dist' }]);
	assert.ok(go.warnings.some(({ says }) => /\.\.\/\.\.\/etc\/menu\.txt.*left out/.test(says)));
	const rust = rustPlan(t, {
		'Cargo.toml': '[workspace]\nmembers = ["api"]\n',
		'api/Cargo.toml': '[package]\nname = "api"\n',
		'api/src/main.rs': 'fn main() { open("../pages/a.html") }',
		'pages/a.html': 'a',
	});
	assert.deepEqual(rust.facts.outside, [{ from: 'pages/a.html', to: 'pages/a.html' }]);
});

test('programs outside of src/ are read like any other', (t) => {
	const { config, facts } = rustPlan(t, {
		'Cargo.toml': `${CRATE['Cargo.toml']}[lib]\npath = "lib/shop.rs"\n[[bin]]\nname = "shop"\npath = "server/main.rs"\n`,
		'server/main.rs': 'fn main() { std::env::var("PORT"); open("pages") }',
		'lib/shop.rs': '',
		'pages/a.html': 'a',
	});
	assert.deepEqual([config.env?.PORT, facts.ships], ['8080', ['pages']]);
});
