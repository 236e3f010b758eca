/** Files of a stranger's project that are not what their names say: an error with the file, never a defect of Tare and never a hang. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readLock } from '../../src/bases/lock-file.js';
import { locateConfiguration } from '../../src/config/file.js';
import type { TareError } from '../../src/errors.js';
import { readProjectFile } from '../../src/project-file.js';
import { readCommit } from '../../src/source/commit.js';
import { readFileIndex } from '../../src/source/file-index.js';
import { ignoreRules } from '../../src/source/ignore.js';
import { readIgnoreFile } from '../../src/source/ignore-file.js';
import { folder } from '../support/files.js';

const READERS: readonly (readonly [string, string, (dir: string) => unknown])[] = [
	['tare.yaml', 'CONFIG_INVALID', locateConfiguration],
	['package.json', 'MANIFEST_INVALID', locateConfiguration],
	['.dockerignore', 'CONFIG_INVALID', readIgnoreFile],
	['.tareignore', 'CONFIG_INVALID', readIgnoreFile],
	['tare.lock', 'LOCK_INVALID', readLock],
];
const MADE: readonly (readonly [string, (path: string) => void, RegExp])[] = [
	['a folder', (path) => mkdirSync(path), /is a folder/],
	['a link to nothing', (path) => symlinkSync('nowhere', path), /is a link to a file that does not exist/],
	['a pipe', (path) => void execFileSync('mkfifo', [path]), /is not a regular file/],
	['a link to a device', (path) => symlinkSync('/dev/zero', path), /is not a regular file/],
];
const failure = async (work: () => unknown): Promise<TareError> => {
	try {
		await work();
	} catch (error) {
		return error as TareError;
	}
	throw new Error('nothing failed');
};
for (const [file, code, read] of READERS)
	for (const [what, make, says] of MADE)
		test(`${file} is ${what}`, async (t) => {
			const dir = folder(t);
			make(join(dir, file));
			const error = await failure(() => read(dir));
			assert.equal(error.code, code);
			assert.match(error.message, says);
			assert.equal(error.at?.file, file);
		});

test('a file that is larger than its bound is not read', (t) => {
	const dir = folder(t, { 'big.json': 'x'.repeat(100) });
	assert.throws(() => readProjectFile(dir, 'big.json', { limit: 99 }), { code: 'MANIFEST_INVALID', message: /larger than 99 bytes/ });
	assert.equal(readProjectFile(dir, 'big.json', { limit: 100 })?.length, 100);
	assert.equal(readProjectFile(dir, 'none'), undefined);
	assert.equal(readProjectFile(join(dir, 'big.json'), 'below'), undefined);
});

test('a link out of the project is not read, one within its repository is', (t) => {
	const dir = folder(t, { 'outside.txt': 'a secret of the machine', 'project/sub/a.txt': '', 'project/shared.txt': 'shared' });
	const sub = join(dir, 'project/sub');
	symlinkSync('../../outside.txt', join(sub, 'Procfile'));
	symlinkSync('../shared.txt', join(sub, '.npmrc'));
	symlinkSync('..', join(sub, 'up'));
	symlinkSync('a.txt', join(sub, 'b.txt'));
	assert.equal(readProjectFile(sub, 'b.txt'), '');
	const refused = { code: 'MANIFEST_INVALID', message: /outside the project and its repository/ };
	for (const file of ['Procfile', '.npmrc', 'up/shared.txt']) assert.throws(() => readProjectFile(sub, file), refused, file);
	mkdirSync(join(dir, 'project/.git'));
	assert.equal(readProjectFile(sub, '.npmrc'), 'shared');
	assert.equal(readProjectFile(sub, 'up/shared.txt'), 'shared');
	assert.throws(() => readProjectFile(sub, 'Procfile'), refused);
});

test('a repository that borrows from itself, and one with pipes in it', (t) => {
	const id = '0123456789'.repeat(4);
	const dir = folder(t, { '.git/HEAD': `${id}\n`, '.git/objects/info/alternates': '.\n./.\n../objects\n' });
	const before = process.cpuUsage();
	assert.deepEqual(readCommit(dir), { id });
	assert.ok(process.cpuUsage(before).user < 1_000_000);
	mkdirSync(join(dir, `.git/objects/${id.slice(0, 2)}`));
	mkdirSync(join(dir, '.git/objects/pack'));
	for (const file of [`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`, '.git/objects/pack/a.idx', '.git/packed-refs', '.git/commondir'])
		execFileSync('mkfifo', [join(dir, file)]);
	assert.deepEqual(readCommit(dir), { id });
});

test('aliases of YAML that would fill the memory', async (t) => {
	const levels = ['a: &a [x,x,x,x,x,x,x,x,x]', ...[...'bcdefgh'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`)];
	const error = await failure(() => locateConfiguration(folder(t, { 'tare.yaml': levels.join('\n') })));
	assert.equal(error.code, 'CONFIG_INVALID');
	assert.equal(error.at?.file, 'tare.yaml');
});

test('patterns that cannot be matched', () => {
	for (const pattern of ['[', 'a[', '!b[z-a]'])
		assert.throws(() => ignoreRules([pattern], { file: '.dockerignore' }), { code: 'CONFIG_INVALID', at: { file: '.dockerignore' } }, pattern);
	for (const pattern of ['a[bc]', 'a\\[', '*.log', '!x/**', '#[']) ignoreRules([pattern]);
});

test('a file whose name is not UTF-8', (t: TestContext) => {
	const dir = folder(t);
	writeFileSync(Buffer.concat([Buffer.from(`${dir}/a`), Buffer.from([0xff]), Buffer.from('b')]), '');
	assert.throws(() => readFileIndex(dir, ignoreRules([])), { code: 'UNSAFE_PATH' });
});
