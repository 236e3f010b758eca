/** Extras and groups beyond the main dependencies, from each kind of project and lock file. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Dependencies, findDependencies } from '../../../builders/python/dependencies.js';
import { readProject } from '../../../builders/python/project.js';
import { type Files, index } from '../../support/files.js';

const find = (t: TestContext, files: Files, extras: readonly string[] = [], groups: readonly string[] = []): Dependencies => {
	const source = index(t, files);
	return findDependencies(source, readProject(source), { commands: '', extras, groups });
};
const lines = ({ origin }: Dependencies): readonly string[] => ('lines' in origin ? origin.lines : []);

const PROJECT = `[project]
name = "app"
version = "1"
dependencies = ["flask"]
[project.optional-dependencies]
db = ["psycopg[binary]>=3"]
all = ["app[db,cache]", "rich"]
Cache_ = ["redis"]
cache = ["redis"]
[dependency-groups]
web = ["gunicorn", {include-group = "more"}]
more = ["whitenoise"]
dev = ["pytest"]
`;

test('extras and groups of a project, those that name others included', (t) => {
	const files = { 'pyproject.toml': PROJECT };
	assert.deepEqual(lines(find(t, files)), ['flask']);
	const found = find(t, files, ['all'], ['Web']);
	assert.deepEqual(lines(found), ['flask', 'psycopg[binary]>=3', 'redis', 'rich', 'gunicorn', 'whitenoise']);
	assert.ok(found.names.includes('gunicorn'));
	assert.deepEqual(
		found.more?.map(({ says }) => says),
		['tare.yaml adds the extras all to the dependencies (python.extras)', 'tare.yaml adds the groups web to the dependencies (python.groups)'],
	);
	assert.throws(() => find(t, files, ['nothing']), { code: 'CONFIG_INVALID', message: /python\.extras names "nothing"/, hint: /db, all/ });
});

test('they come beside requirements.txt, and from setup.cfg, Poetry and a Pipfile without a lock', (t) => {
	const beside = find(t, { 'pyproject.toml': PROJECT, 'requirements.txt': 'django\n' }, ['db']);
	assert.deepEqual(beside.origin, { kind: 'resolve', files: ['requirements.txt'], lines: ['psycopg[binary]>=3'] });
	const cfg =
		'[metadata]\nname = x\n[options]\ninstall_requires =\n    flask\n[options.extras_require]\ndb =\n    psycopg\n    redis; python_version > "3"\nother = rich\n';
	assert.deepEqual(lines(find(t, { 'setup.cfg': cfg }, ['db'])), ['flask', 'psycopg', 'redis; python_version > "3"']);
	const poetry = `[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3.0"\npsycopg = {version = "^3.1", optional = true}\n[tool.poetry.extras]\ndb = ["psycopg"]\n[tool.poetry.group.web.dependencies]\ngunicorn = "*"\n`;
	assert.deepEqual(lines(find(t, { 'pyproject.toml': poetry }, ['db'], ['web'])), ['flask>=3.0,<4.0', 'psycopg>=3.1,<4.0', 'gunicorn']);
	const pipfile = '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n[web]\ngunicorn = "*"\n';
	assert.deepEqual(lines(find(t, { Pipfile: pipfile }, [], ['web'])), ['flask', 'gunicorn']);
});

const UV_LOCK = `version = 1
[[package]]
name = "app"
source = { virtual = "." }
dependencies = [{ name = "flask" }]
[package.optional-dependencies]
db = [{ name = "psycopg" }]
[package.dev-dependencies]
web = [{ name = "gunicorn" }]
dev = [{ name = "pytest" }]
${['flask', 'psycopg', 'gunicorn', 'pytest', 'packaging'].map((name) => `[[package]]\nname = "${name}"\nversion = "1"\n${name === 'gunicorn' ? 'dependencies = [{ name = "packaging" }]\n' : ''}`).join('')}`;

test("uv's default groups are installed but for dev, with a lock and without", (t) => {
	const toml = `${PROJECT}[tool.uv]\ndefault-groups = ["dev", "web"]\n`;
	const locked = find(t, { 'pyproject.toml': toml, 'uv.lock': UV_LOCK }, ['db']);
	assert.deepEqual(locked.origin, { kind: 'uv', folder: '.', flags: ['--extra', 'db', '--group', 'web'] });
	assert.deepEqual(locked.names, ['app', 'flask', 'gunicorn', 'packaging', 'psycopg']);
	assert.deepEqual(locked.more?.at(-1), { file: 'pyproject.toml', line: 15, says: 'default-groups of uv: web is installed; dev never is' });
	assert.deepEqual(lines(find(t, { 'pyproject.toml': toml })), ['flask', 'gunicorn', 'whitenoise']);
	assert.deepEqual(find(t, { 'pyproject.toml': PROJECT, 'uv.lock': UV_LOCK }).origin, { kind: 'uv', folder: '.', flags: [] });
});

const packages = (entries: Readonly<Record<string, string>>): string =>
	Object.entries(entries)
		.map(([name, more]) => `[[package]]\nname = "${name}"\nversion = "1"\n${more}\n`)
		.join('');

test('lock files of Poetry, PDM and Pipenv, and pylock.toml', (t) => {
	const toml =
		'[tool.poetry.dependencies]\npsycopg = {version = "*", optional = true}\n[tool.poetry.extras]\ndb = ["psycopg"]\n[tool.poetry.group.web.dependencies]\ngunicorn = "*"\n';
	const poetry = packages({
		psycopg: 'optional = true\ngroups = ["main"]\nmarkers = "extra == \\"db\\""',
		other: 'optional = true\ngroups = ["main"]\nmarkers = "extra == \\"other\\""',
		gunicorn: 'groups = ["web"]\nmarkers = {web = "sys_platform != \\"win32\\""}',
		pytest: 'groups = ["dev"]',
	});
	const locked = find(t, { 'pyproject.toml': toml, 'poetry.lock': poetry }, ['db'], ['web']);
	assert.deepEqual(lines(locked), ['gunicorn==1 ; sys_platform != "win32"', 'psycopg==1 ; python_version >= "3"']);

	const pdm = packages({ flask: 'groups = ["default"]', psycopg: 'groups = ["db"]', pytest: 'groups = ["dev"]' });
	assert.deepEqual(find(t, { 'pyproject.toml': PROJECT, 'pdm.lock': pdm }, ['db']).names, ['flask', 'psycopg']);

	const pipfile = '[packages]\nflask = "*"\n[web]\ngunicorn = "*"\n';
	const lock = JSON.stringify({ default: { flask: { version: '==1' } }, web: { gunicorn: { version: '==2' } }, develop: { pytest: { version: '==3' } } });
	assert.deepEqual(lines(find(t, { Pipfile: pipfile, 'Pipfile.lock': lock }, [], ['web'])), ['flask==1', 'gunicorn==2']);

	const pylock = `lock-version = "1.0"\n[[packages]]\nname = "psycopg"\nversion = "3"\nmarker = "'db' in extras"\n[[packages]]\nname = "gunicorn"\nversion = "2"\nmarker = "'web' in dependency_groups"\n`;
	const chosen = find(t, { 'pyproject.toml': PROJECT.replace('["flask"]', '[]'), 'pylock.toml': pylock }, ['db']);
	assert.deepEqual(lines(chosen), ['gunicorn==2 ; python_version < "3"', 'psycopg==3 ; python_version >= "3"']);
});
