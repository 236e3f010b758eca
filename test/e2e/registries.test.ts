/** Another registry than Debian's, and another client's word on what was pushed: crane's, built for the test through Go's own cache. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../support/boot.js';
import { built, digestOf, ROOT } from '../support/cli.js';
import { folder } from '../support/files.js';
import { goProgram } from '../support/go-program.js';

const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.21.9';
const SITE = join(ROOT, 'examples/static-site');

test('push, several tags, an index, copy and pull with the registry of crane; crane validates every byte', async (t) => {
	const program = goProgram(t, CRANE);
	if (program === undefined) return;
	const crane = (...args: string[]): string => execFileSync(program, [...args, '--insecure'], { encoding: 'utf8' }).trim();
	const host = await serve(t, program);
	const pushed = built([
		'build',
		SITE,
		'--platform',
		'linux/amd64,linux/arm64',
		'-t',
		`${host}/team/site:1`,
		'-t',
		`${host}/team/site:latest`,
		'-t',
		`${host}/other/site:1`,
		'--push',
	]);
	for (const name of ['team/site:1', 'team/site:latest', 'other/site:1']) {
		assert.equal(crane('digest', `${host}/${name}`), digestOf(pushed));
		crane('validate', '--remote', `${host}/${name}`);
	}
	const copied = built(['copy', `${host}/team/site:1`, `${host}/copied/site:2`, '--platform', 'linux/arm64']);
	crane('validate', '--remote', `${host}/copied/site:2`);
	assert.equal(crane('digest', `${host}/copied/site:2`), digestOf(copied));
	assert.equal(digestOf(built(['pull', `${host}/team/site:latest`], { env: { TARE_CACHE_DIR: folder(t) } })), digestOf(pushed));
	const layout = join(folder(t), 'oci');
	built(['copy', `${host}/copied/site:2`, `oci:${layout}`]);
	crane('push', layout, `${host}/from/layout:1`);
	assert.equal(crane('digest', `${host}/from/layout:1`), digestOf(copied));
});

async function serve(t: TestContext, crane: string): Promise<string> {
	const port = await freePort();
	const child = spawn(crane, ['registry', 'serve', '--address', `127.0.0.1:${port}`], { stdio: 'ignore' });
	t.after(() => child.kill('SIGKILL'));
	for (let tries = 0; tries < 100 && !(await accepts(port)); tries++) await setTimeout(50);
	return `127.0.0.1:${port}`;
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
		socket.on('connect', () => socket.destroy());
	});
}
