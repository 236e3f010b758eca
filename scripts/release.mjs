/**
 * Makes the commit and the tags that `uses: OWNER/tare@v1` runs: `node scripts/release.mjs VERSION`. A tag of the Action must hold the
 * bundle, and the main branch must not: so the release is a commit of its own, whose parent is the commit that was built. It has what the
 * Action needs and nothing else. Nothing is pushed.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = ['action.yml', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/action'];
const root = fileURLToPath(new URL('..', import.meta.url));
const [version = ''] = process.argv.slice(2);
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
if (version !== own) fail(`package.json is of version ${own}, not ${version || 'none'}`);
const heading = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').match(/^## .*$/m)?.[0] ?? '';
if (!heading.startsWith(`## ${version}`) || heading.includes('unreleased')) fail(`the first heading of CHANGELOG.md is "${heading}", not ${version}`);
if (git('status', '--porcelain', '--untracked-files=no') !== '') fail('there are changes that are not committed');
const tag = `v${version}`;
if (git('tag', '--list', tag) !== '') fail(`${tag} exists: a release is never made twice`);
for (const file of FILES) if (!existsSync(join(root, file))) fail(`${file} is missing: npm run build`);

const commit = commitOf(FILES, `Release ${version}`, git('rev-parse', 'HEAD'));
git('tag', tag, commit);
const major = `v${version.split('.')[0]}`;
git('tag', '--force', major, commit);
process.stdout.write(`${commit}\n${tag}\n${major}\n`);

/** Of these files alone, beside the index and the work tree of the checkout. */
function commitOf(files, message, parent) {
	const tree = mkdtempSync(join(tmpdir(), 'tare-release-'));
	try {
		for (const file of files) cpSync(join(root, file), join(tree, file), { recursive: true });
		const env = { ...process.env, GIT_DIR: resolve(root, git('rev-parse', '--git-dir')), GIT_WORK_TREE: tree, GIT_INDEX_FILE: join(tree, '.index') };
		const aside = (...args) => execFileSync('git', args, { cwd: tree, env, encoding: 'utf8' }).trim();
		aside('add', '--force', ...files);
		return aside('commit-tree', aside('write-tree'), '-p', parent, '-m', message);
	} finally {
		rmSync(tree, { recursive: true, force: true });
	}
}

function fail(says) {
	process.stderr.write(`${says}\n`);
	process.exit(1);
}
