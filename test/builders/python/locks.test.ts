/** Lock files as their tools write them, and which Python the wheels in them are for. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { planPython } from '../../../builders/python/plan.js';
import { fits } from '../../../builders/python/wheels.js';
import { type Files, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const plan = (t: TestContext, files: Files) =>
	planPython({
		source: index(t, { 'app.py': 'from flask import Flask\napp = Flask("x")', ...files }),
		...REQUEST,
	});
const linesOf = (t: TestContext, files: Files): readonly string[] => {
	const { origin } = plan(t, files).facts as unknown as PythonFacts;
	assert.equal(origin.kind, 'pinned');
	return origin.kind === 'pinned' ? origin.lines : [];
};
const HASH = `sha256:${'0'.repeat(64)}`;
const project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["requests[security]>=2", "tzdata; sys_platform == \'win32\'"]\n';

const pdm = (groups: (name: string) => string): string => `[metadata]
groups = ["default", "tests"]
strategy = ["cross_platform"]
lock_version = "4.5.0"

[[package]]
name = "idna"
version = "3.3"
${groups('default')}files = [{file = "idna-3.3-py3-none-any.whl", hash = "${HASH}"}]

[[package]]
name = "requests"
version = "2.26.0"
${groups('default')}dependencies = ["idna<4,>=2.5; python_version >= \\"3\\"", "colorama; os_name == \\"nt\\""]
files = [{url = "https://files.invalid/requests-2.26.0-py3-none-any.whl", hash = "${HASH}"}]

[[package]]
name = "requests"
version = "2.26.0"
extras = ["security"]
${groups('default')}dependencies = ["requests==2.26.0"]
files = [{url = "https://files.invalid/requests-2.26.0-py3-none-any.whl", hash = "${HASH}"}]

[[package]]
name = "colorama"
version = "0.3.9"
${groups('default')}files = []

[[package]]
name = "tzdata"
version = "2024.1"
${groups('default')}files = []

[[package]]
name = "pytest"
version = "8.0"
${groups('tests')}files = []
`;

test('PDM: with groups by package, and without, where the dependencies say when each is needed', (t) => {
	const grouped = linesOf(t, { 'pyproject.toml': project, 'pdm.lock': pdm((name) => `groups = ["${name}"]\n`) });
	assert.deepEqual(grouped, ['colorama==0.3.9', `idna==3.3 --hash=${HASH}`, `requests==2.26.0 --hash=${HASH}`, 'tzdata==2024.1']);
	assert.deepEqual(linesOf(t, { 'pyproject.toml': project, 'pdm.lock': pdm(() => '') }), [
		'colorama==0.3.9 ; (os_name == "nt")',
		`idna==3.3 ; (python_version >= "3") --hash=${HASH}`,
		`requests==2.26.0 --hash=${HASH}`,
		"tzdata==2024.1 ; (sys_platform == 'win32')",
	]);
});

test('pylock.toml: the default groups, no extras', (t) => {
	const lock = `lock-version = "1.0"
extras = ["security"]
default-groups = ["default"]
[[packages]]
name = "requests"
version = "2.26.0"
marker = "python_version >= '3.9' and \\"default\\" in dependency_groups"
wheels = [{name = "requests-2.26.0-py3-none-any.whl", url = "https://files.invalid/x.whl", hashes = {sha256 = "${'0'.repeat(64)}"}}]
[[packages]]
name = "certifi"
version = "2025.1.31"
marker = "\\"security\\" in extras"
[[packages]]
name = "tool"
vcs = {type = "git", url = "https://git.invalid/tool", commit-id = "abc"}
`;
	assert.deepEqual(linesOf(t, { 'pylock.toml': lock }), [
		'certifi==2025.1.31 ; python_version < "3"',
		`requests==2.26.0 ; python_version >= '3.9' and python_version >= "3" --hash=${HASH}`,
		'tool @ git+https://git.invalid/tool@abc',
	]);
});

test('requirements that all have hashes are the list itself', (t) => {
	const hashed = linesOf(t, { 'requirements.txt': `--index-url https://index.invalid/simple\nflask==3.1.0 \\\n    --hash=${HASH}\n` });
	assert.deepEqual(hashed, [`flask==3.1.0      --hash=${HASH}`]);
	const { origin } = plan(t, { 'requirements.txt': `flask==3.1.0 --hash=${HASH}\ngunicorn\n` }).facts as unknown as PythonFacts;
	assert.equal(origin.kind, 'resolve');
});

const WHEELS: readonly (readonly [string, boolean, boolean])[] = [
	['numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', false, true],
	['numpy-2.1.0-cp313-cp313-manylinux_2_17_x86_64.whl', true, false],
	['numpy-2.1.0-cp313-cp313t-manylinux_2_17_x86_64.whl', false, false],
	['numpy-2.1.0-cp313-cp313-macosx_14_0_arm64.whl', false, false],
	['numpy-2.1.0-cp313-cp313-musllinux_1_2_x86_64.whl', false, false],
	['bcrypt-4.2.0-cp39-abi3-manylinux_2_28_x86_64.whl', true, true],
	['x-1-cp312-abi3-manylinux_2_28_x86_64.whl', true, false],
	['six-1.16.0-py2.py3-none-any.whl', true, true],
	['ruff-0.9-py3-none-manylinux_2_17_x86_64.whl', true, true],
	['six-1.16.0.tar.gz', false, false],
];
for (const [file, new313, old311] of WHEELS) {
	test(`wheel ${file}`, () => assert.deepEqual([fits(file, '3.13'), fits(file, '3.11')], [new313, old311]));
}

test('a lock whose wheels are for 3.11 alone chooses it; without wheels nothing is known', (t) => {
	const lock = (...files: string[]): string => `[[package]]
name = "x"
source = { virtual = "." }
dependencies = [{ name = "fast" }]
[[package]]
name = "fast"
version = "1.0"
wheels = [${files.map((file) => `{ url = "https://files.invalid/${file}#a", hash = "${HASH}" }`).join(', ')}]
`;
	const release = (text: string) => {
		const { base } = plan(t, { 'pyproject.toml': '[project]\nname = "x"\ndependencies = ["fast"]\n', 'uv.lock': text });
		return base.kind === 'debian' && base.release;
	};
	const old = 'fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl';
	assert.equal(release(lock(old)), 'bookworm');
	assert.equal(release(lock(old, 'fast-1.0-cp313-cp313-manylinux_2_17_x86_64.whl')), 'trixie');
	assert.equal(release(lock()), 'trixie');
});
