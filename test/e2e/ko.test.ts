/** What a ko user's .ko.yaml says is in the image, as another tool unpacks it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { built, digestOf } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { canBoot, hasTools } from '../support/tools.js';

const MAIN = 'package main\n\nvar when string\n\nfunc main() { println(when) }\n';
const koOf = (more: object): Record<string, string> => ({ '.ko.yaml': JSON.stringify({ builds: [{ ldflags: ['-X main.when={{.Date}}'], ...more }] }) });

test('linux_capabilities: the unpacked program has them, and an image without them is another; {{.Date}} is SOURCE_DATE_EPOCH', (t) => {
	if (!canBoot(t) || !hasTools(t, 'go', 'getcap')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'main.go': MAIN, ...koOf({ linux_capabilities: 'setuid,net_bind_service=ep' }) });
	const work = folder(t);
	const env = { SOURCE_DATE_EPOCH: '1600000000' };
	const capable = digestOf(built(['build', dir, '--base', 'scratch', '-o', `oci:${join(work, 'oci')}`], { env }));
	execFileSync('umoci', ['unpack', '--image', `${join(work, 'oci')}:latest`, join(work, 'bundle')], { stdio: 'ignore' });
	const program = join(work, 'bundle/rootfs/app/x');
	assert.match(execFileSync('getcap', [program], { encoding: 'utf8' }), /x cap_setuid,cap_net_bind_service=ep$/m);
	assert.equal(spawnSync(program, { encoding: 'utf8' }).stderr, '2020-09-13T12:26:40Z\n');
	writeFiles(dir, koOf({}));
	const plain = digestOf(built(['build', dir, '--base', 'scratch'], { env }));
	assert.notEqual(plain, capable);
	writeFiles(dir, koOf({ linux_capabilities: ['setuid,net_bind_service=ep'] }));
	assert.equal(digestOf(built(['build', dir, '--base', 'scratch'], { env })), capable);
});
