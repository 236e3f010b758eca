/** Importing the package does nothing: no file but its own modules, no network, no environment, no child process. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';

const INDEX = join(ROOT, 'dist/index.js');
const TRAP = join(ROOT, 'test/support/import-trap.cjs');

function trapped(script: string): readonly string[] {
	const out = execFileSync(process.execPath, ['--require', TRAP, '--input-type=module', '--eval', script], { encoding: 'utf8' });
	return JSON.parse(/^calls (.*)$/m.exec(out)?.[1] ?? '') as string[];
}

test('the package neither calls anything nor looks at the environment when it is imported, or when an image is described', () => {
	assert.deepEqual(trapped(`await import(${JSON.stringify(INDEX)});`), []);
	const describe = `const { image, layer } = await import(${JSON.stringify(INDEX)});
		image({ base: 'debian' }).with(layer.dir('none', { at: '/app' }), layer.files({ '/a': { from: 'none' } })).config({ env: { A: '1' } }).for('linux/arm64');`;
	assert.deepEqual(trapped(describe), []);
});

test('the trap sees what it should', () => {
	const calls = trapped(
		`const { detect } = await import(${JSON.stringify(INDEX)}); await detect({ dir: ${JSON.stringify(join(ROOT, 'examples/static-site'))} });`,
	);
	for (const what of ['env.', 'fs.', 'process.cwd'])
		assert.ok(
			calls.some((call) => call.startsWith(what)),
			`${what} is not noticed`,
		);
});

test('it needs the right to read its own modules and no other', (t) => {
	const dir = folder(t);
	const [flag] = Number(process.versions.node.split('.')[0]) >= 23 ? ['--permission'] : ['--experimental-permission'];
	const rights = [flag ?? '', `--allow-fs-read=${join(ROOT, 'dist')}/*`, `--allow-fs-read=${join(ROOT, 'package.json')}`, '--no-warnings'];
	const run = (script: string) => spawnSync(process.execPath, [...rights, '--input-type=module', '--eval', script], { cwd: dir, encoding: 'utf8' });
	const imported = run(`const { build } = await import(${JSON.stringify(INDEX)}); console.log(typeof build);`);
	assert.equal(imported.stdout.trim(), 'function', imported.stderr);
	const used = run(`const { detect } = await import(${JSON.stringify(INDEX)}); await detect({ dir: '/' });`);
	assert.match(used.stderr, /ERR_ACCESS_DENIED|EACCES|SOURCE_NOT_FOUND/, 'the right is really missing');
});
