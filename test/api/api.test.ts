/** The package as a library: importing does nothing, results are plain data, errors are typed, a signal stops it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { detect, plan, TareError } from '../../src/index.js';
import { ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';

const SERVER = { 'server.js': 'http.listen(process.env.PORT)' };

test('detect and plan give plain data', async (t) => {
	const dir = folder(t, SERVER);
	const detection = await detect({ dir });
	assert.deepEqual(JSON.parse(JSON.stringify(detection)), detection);
	const result = await plan({ dir, platforms: ['linux/arm64'] });
	assert.deepEqual(result.platforms, ['linux/arm64']);
	assert.deepEqual(result.plan.processes[0]?.command, ['node', 'server.js']);
});

test('detect lists the apps of a repository that has several', async (t) => {
	const main = 'class Main { public static void main(String[] args) { } }';
	const pom = (inside: string): string => `<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>${inside}</project>`;
	const dir = folder(t, {
		'pom.xml': pom('<packaging>pom</packaging><modules><module>api</module><module>worker</module></modules>'),
		'api/pom.xml': pom('').replace('>a<', '>api<'),
		'api/src/main/java/Main.java': main,
		'worker/pom.xml': pom('').replace('>a<', '>worker<'),
		'worker/src/main/java/Main.java': main,
	});
	assert.deepEqual((await detect({ dir })).apps, [{ folder: 'api' }, { folder: 'worker' }]);
	assert.equal((await detect({ dir: folder(t, SERVER) })).apps, undefined);
});

test('errors are TareErrors with code, hint and place', async (t) => {
	await assert.rejects(
		plan({ dir: folder(t, { 'package.json': '{' }) }),
		(error) => error instanceof TareError && error.code === 'MANIFEST_INVALID' && error.at?.file === 'package.json',
	);
});

test('the published types compile for a user', (t) => {
	const dir = folder(t, {
		'use.ts': `import { build, type BuildResult } from ${JSON.stringify(join(ROOT, 'dist/types/src/index.js'))};\nexport const run = async (): Promise<BuildResult> => build({ dir: '.', tags: ['a'] }, { onEvent: (event) => void event.type });\n`,
	});
	const { status, stdout } = spawnSync(
		process.execPath,
		[
			join(ROOT, 'node_modules/typescript/bin/tsc'),
			'--noEmit',
			'--strict',
			'--skipLibCheck',
			'--module',
			'nodenext',
			'--target',
			'es2022',
			'--types',
			'',
			'use.ts',
		],
		{ cwd: dir, encoding: 'utf8' },
	);
	assert.equal(status, 0, stdout);
});
