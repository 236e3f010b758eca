/** Patterns of workspaces and the folders that each tool has been seen to take for them: npm 11, pnpm 10, Yarn 1.22, Yarn 4.9, Bun 1.3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderMatcher, type PatternReader, tooComplex } from '../../../../builders/node/workspace/patterns.js';

const FOLDERS = [
	'apps/api',
	'apps/api/nested',
	'apps/web',
	'apps/.hidden',
	'.config/tool',
	'packages/a',
	'packages/a/sub',
	'packages/b',
	'packages/group/x',
	'packages/group/deep/y',
	'packages/(odd)',
	'libs/lib1',
	'libs/lib2',
	'libs/libx',
	'tools',
	'test/t1',
	'packages/a/test/fixture',
	'packages/a/node_modules/z',
	'packages/Big',
];
const READERS: readonly PatternReader[] = ['npm', 'pnpm', 'yarn', 'yarn-berry', 'bun'];

/** What most tools answered, and who answered otherwise; `undefined` where we read a pattern more kindly than that tool. */
type Row = readonly [patterns: readonly string[], named: string, others?: Readonly<Partial<Record<PatternReader, string | undefined>>>];
const SEEN: readonly Row[] = [
	[['apps/*'], 'apps/api apps/web'],
	[['apps/*/'], 'apps/api apps/web'],
	[['./apps/*'], 'apps/api apps/web'],
	[['apps/**'], 'apps/api apps/api/nested apps/web'],
	[
		['**'],
		'apps/api apps/api/nested apps/web libs/lib1 libs/lib2 libs/libx packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b packages/group/deep/y packages/group/x test/t1 tools',
	],
	[['{apps,packages}/*'], 'apps/api apps/web packages/(odd) packages/Big packages/a packages/b'],
	[['libs/lib?'], 'libs/lib1 libs/lib2 libs/libx'],
	[['libs/lib[12]'], 'libs/lib1 libs/lib2'],
	[['libs/lib[!x]'], 'libs/lib1 libs/lib2'],
	[['libs/lib[^x]'], 'libs/lib1 libs/lib2'],
	[['apps/*', '!apps/web'], 'apps/api', { yarn: 'apps/api apps/web' }],
	[['!apps/web', 'apps/*'], 'apps/api', { yarn: 'apps/api apps/web', bun: 'apps/api apps/web' }],
	[['apps/*', '!apps/web', 'apps/web'], 'apps/api apps/web', { pnpm: 'apps/api', 'yarn-berry': 'apps/api' }],
	[
		['packages/**', '!packages/group/**'],
		'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b',
		{ yarn: 'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b packages/group/deep/y packages/group/x' },
	],
	[
		['packages/**', '!packages/group/**', 'packages/group/x'],
		'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b packages/group/deep/y packages/group/x',
		{
			pnpm: 'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b',
			'yarn-berry': 'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b',
			bun: 'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b packages/group/x',
		},
	],
	[['packages/*/*'], 'packages/a/sub packages/group/x'],
	[['packages/**/*'], 'packages/(odd) packages/Big packages/a packages/a/sub packages/a/test/fixture packages/b packages/group/deep/y packages/group/x'],
	[['tools'], 'tools'],
	[['*'], 'tools'],
	[['packages/{a,b}'], 'packages/a packages/b'],
	[['packages/+(a|b)'], 'packages/a packages/b', { bun: '' }],
	[['packages/!(a)'], 'packages/(odd) packages/Big packages/b', { bun: '' }],
	[['@(apps|packages)/*'], 'apps/api apps/web packages/(odd) packages/Big packages/a packages/b', { bun: '' }],
	[['packages/a/package.json'], ''],
	[['/apps/*'], '', { npm: 'apps/api apps/web' }],
	[['apps//*'], 'apps/api apps/web'],
	[['libs/lib{1..2}'], 'libs/lib1 libs/lib2', { bun: undefined }],
	[['apps/**', '!**/nested'], 'apps/api apps/web', { yarn: 'apps/api apps/api/nested apps/web', bun: undefined }],
	[['apps/**', '!**/nested/**'], 'apps/api apps/web', { yarn: 'apps/api apps/api/nested apps/web', bun: undefined }],
	[['.', 'apps/*'], 'apps/api apps/web'],
	[['apps/.*'], 'apps/.hidden', { bun: undefined }],
	[['apps/.hidden'], 'apps/.hidden'],
	[['APPS/*'], ''],
	[['packages/big'], ''],
	[['packages/**/x'], 'packages/group/x'],
	[['!apps/web'], ''],
	[['./packages/a/', './apps/*', '!./apps/web'], 'apps/api packages/a', { yarn: 'apps/api apps/web packages/a', bun: undefined }],
	[['[ap]*/*'], 'apps/api apps/web packages/(odd) packages/Big packages/a packages/b'],
	[['*/*i'], 'apps/api'],
	[['apps/*', '!!apps/api'], 'apps/api apps/web', { 'yarn-berry': undefined }],
	[['packages/{a,group/*}'], 'packages/a packages/group/x', { bun: undefined }],
	[['**/sub'], 'packages/a/sub'],
	[['packages/a/**'], 'packages/a packages/a/sub packages/a/test/fixture', { 'yarn-berry': 'packages/a/sub packages/a/test/fixture' }],
	[['test/*'], 'test/t1'],
	[['apps/../tools'], 'tools'],
	[['packages/(odd)'], 'packages/(odd)', { pnpm: undefined, 'yarn-berry': undefined }],
	[['packages/\\(odd\\)'], 'packages/(odd)', { npm: '', bun: undefined }],
	[['packages/*', '!packages/{a,b}'], 'packages/(odd) packages/Big', { yarn: 'packages/(odd) packages/Big packages/a packages/b' }],
	[
		['packages/*', '!packages/a/'],
		'packages/(odd) packages/Big packages/b',
		{ yarn: 'packages/(odd) packages/Big packages/a packages/b', bun: 'packages/(odd) packages/Big packages/a packages/b' },
	],
	[['packages/*', '!packages/a/**'], 'packages/(odd) packages/Big packages/b', { yarn: 'packages/(odd) packages/Big packages/a packages/b', bun: undefined }],
	[['packages/*', '!./packages/a'], 'packages/(odd) packages/Big packages/b', { yarn: 'packages/(odd) packages/Big packages/a packages/b', bun: undefined }],
	[['packages/*', '!**/a'], 'packages/(odd) packages/Big packages/b', { yarn: 'packages/(odd) packages/Big packages/a packages/b' }],
	[['packages/*', '!a'], 'packages/(odd) packages/Big packages/a packages/b', { bun: undefined }],
	[
		['*/*', '!*/a', 'packages/a'],
		'apps/api apps/web libs/lib1 libs/lib2 libs/libx packages/(odd) packages/Big packages/a packages/b test/t1',
		{
			pnpm: 'apps/api apps/web libs/lib1 libs/lib2 libs/libx packages/(odd) packages/Big packages/b test/t1',
			'yarn-berry': 'apps/api apps/web libs/lib1 libs/lib2 libs/libx packages/(odd) packages/Big packages/b test/t1',
		},
	],
	[['apps/***'], 'apps/api apps/web'],
	[['packages/a*/**/sub'], 'packages/a/sub'],
	[['packages/?'], 'packages/a packages/b'],
	[['packages/{a}'], '', { bun: undefined }],
	[['packages/{a,b}/sub'], 'packages/a/sub'],
	[['apps/* '], ''],
	[['packages\\a'], '', { npm: 'packages/a', bun: undefined }],
];

for (const [patterns, named, others = {}] of SEEN) {
	test(`workspace patterns ${JSON.stringify(patterns)}`, () => {
		assert.equal(tooComplex(patterns), undefined);
		for (const reader of READERS) {
			const expected = reader in others ? others[reader] : named;
			if (expected !== undefined) assert.equal(FOLDERS.filter(folderMatcher(patterns, reader)).sort().join(' '), expected, reader);
		}
	});
}

const HOSTILE = [
	'*a*a*a*a*a*a*b',
	'+(a|aa)x',
	'*(a|a)x',
	'+(+(a))x',
	'+(a*)x',
	'+(a|b|ab)x',
	'{*a,x}{*a,x}{*a,x}{*a,x}b',
	'**/a/**/a/**/a/**/a/**/b',
	'*a*a*ab',
	'@(*a|b)@(*a|b)@(*a|b)b',
	'!(*a)b',
	'{1..1000000000}',
	'{a,b}'.repeat(100),
	'?'.repeat(510),
	'('.repeat(400),
	'[a-z]'.repeat(100),
	'a'.repeat(100_000),
	'{'.repeat(500),
	'!'.repeat(511),
];

test('no pattern takes long: it is refused or matched', () => {
	const names = ['a'.repeat(255), 'ab'.repeat(127), Array(64).fill('a').join('/'), Array(60).fill('ab'.repeat(60)).join('/')];
	const from = performance.now();
	for (const pattern of HOSTILE)
		if (tooComplex([pattern]) === undefined) for (const reader of READERS) names.forEach(folderMatcher([pattern, `!${pattern}`], reader));
	assert.ok(performance.now() - from < 5000);
	assert.equal(tooComplex(HOSTILE.slice(0, 1)), HOSTILE[0]);
	assert.notEqual(tooComplex(Array(2000).fill('a')), undefined);
});
