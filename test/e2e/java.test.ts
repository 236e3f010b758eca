/** Java beyond the examples: another architecture, what a change costs, mistakes. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boot, filesOf } from '../support/boot.js';
import { built, ROOT, tare } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { hasTools } from '../support/tools.js';

function copy(t: TestContext, name: string): string {
	const dir = join(folder(t), 'app');
	cpSync(join(ROOT, 'examples', name), dir, { recursive: true });
	return dir;
}

test('one file of Java on arm64, run by qemu, on a runtime linked of the modules it needs', async (t) => {
	if (!hasTools(t, 'javac', 'umoci', 'bwrap', 'qemu-aarch64-static')) return;
	const dir = copy(t, 'java-source');
	const out = join(folder(t), 'oci');
	writeFileSync(join(dir, 'tare.yaml'), 'java:\n  jlink: auto\n');
	built(['build', dir, '--platform', 'linux/arm64', '-o', `oci:${out}`]);
	const files = filesOf(`${out}:latest`);
	const modules = files.filter((path) => path.endsWith('/lib/modules'));
	assert.deepEqual(modules, ['usr/lib/jvm/java-21-openjdk-arm64/lib/modules']);
	assert.ok(!files.some((path) => path.includes('libawt')), 'nothing of the desktop');
	const app = await boot({ image: `${out}:latest`, qemu: '/usr/bin/qemu-aarch64-static' });
	assert.match((await app.get('/')).body, /Hello from one file/);
	await app.stop();
});

test('an archive of classes is mapped at start, and is the same in another folder', async (t) => {
	if (!hasTools(t, 'javac', 'umoci', 'runc')) return;
	const [dir, out] = [copy(t, 'java-source'), join(folder(t), 'oci')];
	writeFileSync(join(dir, 'tare.yaml'), 'java:\n  version: "25"\n  cds: true\n');
	const first = built(['build', dir, '-o', `oci:${out}`]).stdout;
	const again = join(folder(t), 'app');
	cpSync(dir, again, { recursive: true });
	assert.equal(built(['build', again, '--frozen']).stdout, first);
	const app = await boot({ image: `${out}:latest`, env: { JAVA_TOOL_OPTIONS: '-Xshare:on -Xlog:class+load' } });
	assert.match((await app.get('/')).body, /Hello from one file/);
	await app.stop();
	assert.ok(/\] Server source: shared objects file/.test(app.log()), 'the app is in the archive');
});

test('a changed class makes one small layer anew; an unchanged folder runs nothing', (t) => {
	if (!hasTools(t, 'mvn', 'javac')) return;
	const dir = copy(t, 'java-spring');
	// Else another test's jar is taken, and Maven is not heard.
	writeFiles(dir, { 'src/main/resources/build.txt': `${process.pid}` });
	built(['build', dir]);
	assert.equal(JSON.parse(built(['build', dir, '--json', '--offline']).stdout).unchanged, true);
	const source = join(dir, 'src/main/java/com/example/greeter/Greeter.java');
	writeFileSync(source, readFileSync(source, 'utf8').replace('", from', `" at ${process.pid}, from`));
	const changed = built(['build', dir]);
	const layers = changed.stderr.split('\n').filter((line) => /^\s+layer .* new$/.test(line));
	assert.equal(layers.length, 1, changed.stderr);
	assert.match(layers[0] ?? '', /layer\s+app\s+[\d.]+ kB new/);
	assert.match(changed.stderr, /run +javac /, changed.stderr);
	assert.doesNotMatch(changed.stderr, /run +(?:mvn|sh)/, 'Maven is not needed for sources alone');
	const whole = built(['build', dir, '--fresh']);
	assert.match(whole.stderr, /run +mvn /);
	assert.equal(whole.stdout, changed.stdout, 'javac alone makes what Maven makes');
	// Whatever else may concern Maven is its own.
	writeFiles(dir, { 'src/main/resources/greeting.txt': `hello ${process.pid}` });
	assert.match(built(['build', dir]).stderr, /run +mvn /, 'a resource');
	writeFiles(dir, { 'src/main/java/com/example/greeter/Other.java': 'package com.example.greeter;\n\nclass Other {\n}\n' });
	assert.doesNotMatch(built(['build', dir]).stderr, /run +mvn /, 'a new class');
	writeFiles(dir, {
		'src/main/java/com/example/greeter/Other.java': 'package com.example.greeter;\n\nclass Other {\n	public static void main(String[] args) {\n	}\n}\n',
	});
	assert.match(built(['build', dir, '--start', 'java com.example.greeter.Greeter']).stderr, /run +mvn /, 'a second class that can be started');
});

test("a compile error is the compiler's message, once, with a path of the project", (t) => {
	if (!hasTools(t, 'mvn', 'javac')) return;
	const dir = copy(t, 'java-spring');
	const source = join(dir, 'src/main/java/com/example/greeter/Greeter.java');
	writeFileSync(source, readFileSync(source, 'utf8').replace('return greeting', 'return missing'));
	const failed = tare(['build', dir]);
	assert.equal(failed.status, 30);
	assert.equal(failed.stderr.match(/cannot find symbol/g)?.length, 1, failed.stderr);
	assert.match(failed.stderr, /\| src\/main\/java\/com\/example\/greeter\/Greeter\.java:\[\d+,\d+\]/);
});
