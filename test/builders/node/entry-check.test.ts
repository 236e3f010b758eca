/** The file that the start command runs is in the image, by the rules of the runtime. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkEntry, resolveEntry } from '../../../builders/node/entry-check.js';
import { type ShippedTree, shippedTree } from '../../../src/builder/shipped-tree.js';
import { type Entry, imagePath } from '../../../src/layers/entry.js';
import { folder } from '../../support/files.js';

const file = (path: string, text = ''): Entry => ({
	type: 'file',
	path: imagePath(path),
	mode: 0o644,
	size: text.length,
	content: { kind: 'bytes', bytes: Buffer.from(text) },
});
const link = (path: string, target: string): Entry => ({ type: 'symlink', path: imagePath(path), mode: 0o777, target });
const check = (command: string, paths: readonly string[], more: { alternatives?: readonly string[]; source?: readonly string[]; tree?: ShippedTree } = {}) =>
	checkEntry({
		command: command.split(' '),
		workingDir: '/app',
		alternatives: more.alternatives ?? [],
		tree: more.tree ?? shippedTree(paths.map((path) => file(path))),
		fromSource: (path) => more.source?.includes(path) === true,
		reason: { file: 'package.json', line: 3, says: '' },
	});

const THERE: readonly (readonly [string, readonly string[]])[] = [
	['node dist/index.js', ['app/dist/index.js']],
	['node ./dist/index', ['app/dist/index.js']],
	['node dist', ['app/dist/index.js']],
	['node --enable-source-maps -r ./x.js dist/main', ['app/dist/main.js']],
	['node ../other/index.js', ['other/index.js']],
	['node /app/dist/index.js', ['app/dist/index.js']],
	['node --import tsx src/index', ['app/src/index.ts']],
	['bun src/index', ['app/src/index.tsx']],
	['node /tare/server/bin/srvx.mjs --prod dist/server.js', ['app/dist/server.js']],
	['node node_modules/next/dist/bin/next start', []],
	['/usr/bin/other', []],
];
for (const [command, paths] of THERE)
	test(`there is what is run: ${command}`, () => {
		assert.deepEqual(check(command, paths), command.split(' '));
	});

test('main of a folder, and links, are followed', () => {
	const tree = shippedTree([
		file('app/lib/package.json', '{"main":"./out"}'),
		file('app/lib/out.js'),
		link('app/current', 'lib'),
		link('app/abs', '/app/lib/out.js'),
	]);
	for (const command of ['node lib', 'node current', 'node current/out.js', 'node abs', 'node .']) {
		if (command === 'node .') assert.throws(() => check(command, [], { tree }), { code: 'ENTRY_MISSING' });
		else assert.deepEqual(check(command, [], { tree }), command.split(' '));
	}
	const circle = shippedTree([link('app/a', 'b'), link('app/b', 'a')]);
	assert.equal(circle.kind('app/a'), undefined);
});

test('what is missing is an error that says what the build made, likeliest first', () => {
	const made = ['app/dist/util.js', 'app/dist/src/index.js', 'app/lib.js', 'app/node_modules/x/index.js', 'app/dist/readme.md'];
	assert.throws(
		() => check('node dist/index.js', made, { source: ['app/lib.js'] }),
		(error: { code: string; message: string; hint: string; at: object }) => {
			assert.equal(error.code, 'ENTRY_MISSING');
			assert.match(error.message, /runs dist\/index\.js, which is not there after the build/);
			assert.match(error.hint, /The build made dist\/src\/index\.js, dist\/util\.js\./);
			assert.deepEqual(error.at, { file: 'package.json', line: 3 });
			return true;
		},
	);
	assert.throws(() => check('node --import tsx src/index', ['app/src/index.md']), { code: 'ENTRY_MISSING' });
	// Node alone does not look for it.
	assert.throws(() => check('node src/index', ['app/src/index.ts', 'app/src/index.mjs']), { code: 'ENTRY_MISSING' });
});

test('where a rule named the entry, another place that the rule knows is taken', () => {
	const alternatives = ['dist/main.js', 'dist/src/main.js'];
	assert.deepEqual(check('node --trace-warnings dist/main.js x', ['app/dist/src/main.js'], { alternatives }), [
		'node',
		'--trace-warnings',
		'dist/src/main.js',
		'x',
	]);
});

/** Node throws for a package whose main is not there. */
function quietly(find: () => string | false): string | false {
	try {
		return find();
	} catch {
		return false;
	}
}

test('an entry is resolved as Node resolves it', (t) => {
	const findPath = (Module as unknown as { _findPath(request: string, paths: readonly string[] | null, isMain: boolean): string | false })._findPath;
	const root = folder(t);
	const name = fc.constantFrom('a', 'b', 'index', 'a.js', 'index.js', 'a.json', 'a.mjs', 'index.node', 'main');
	const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
	const manifest = fc.record({ at: fc.constantFrom('', 'a/', 'b/'), main: fc.constantFrom('./a', 'b', 'a.js', 'index', './missing', 'a/') });
	let count = 0;
	fc.assert(
		fc.property(fc.array(path, { maxLength: 6 }), fc.array(manifest, { maxLength: 2 }), path, (files, manifests, asked) => {
			const dir = join(root, String(count++));
			mkdirSync(dir);
			const entries = new Map([
				...files.map((each) => [each, ''] as const),
				...manifests.map(({ at, main }) => [`${at}package.json`, JSON.stringify({ main })] as const),
			]);
			for (const [each, text] of entries) {
				try {
					mkdirSync(dirname(join(dir, each)), { recursive: true });
					writeFileSync(join(dir, each), text);
				} catch {
					// A file where another needs a folder.
					entries.delete(each);
				}
			}
			const expected = quietly(() => findPath(join(dir, asked), null, true));
			const found = resolveEntry(asked, ['.js', '.json', '.node'], shippedTree([...entries].map(([each, text]) => file(each, text))));
			assert.equal(found, expected === false ? undefined : relative(dir, expected));
		}),
		{ numRuns: 500 },
	);
});
