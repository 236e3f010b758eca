/** What is shipped of a program that go linked: all but its build ID. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutId } from '../../../builders/go/linked.js';
import { folder } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';

const ID = 'OsqNIzrxKUWKGw14rpn-/un9h72Y4wqJh7Z0QP10d/adfFwTBnTnRVueQGGAg-/pso5L3R4uNX0FwZXNC9t';

/** An ELF note: sizes of name and content, type, name. */
const note = (id: string): string => `\x04\0\0\0${String.fromCharCode(id.length)}\0\0\0\x04\0\0\0Go\0\0${id}`;

test('the build ID becomes dashes wherever it stands, and nothing else changes', () => {
	const program = (id: string) => Buffer.from(`\x7fELF ${note(id)} code ${id} more`, 'latin1');
	assert.deepEqual(withoutId(program(ID)), program('-'.repeat(ID.length)));
	assert.deepEqual(withoutId(program('')), program(''), 'no ID');
	assert.deepEqual(withoutId(Buffer.from('nothing')), Buffer.from('nothing'));
});

test('of a program that go has linked', (t) => {
	if (!hasTools(t, 'go')) return;
	const dir = folder(t, { 'go.mod': 'module example.com/x\n\ngo 1.21\n', 'main.go': 'package main\n\nfunc main() { println("works") }\n' });
	const path = join(dir, 'x');
	execFileSync('go', ['build', '-buildvcs=false', '-o', path, '.'], { cwd: dir });
	const id = execFileSync('go', ['tool', 'buildid', path], { encoding: 'utf8' }).trim();
	const program = readFileSync(path);
	assert.ok(program.includes(id));
	const { length } = program;
	const shipped = withoutId(program);
	assert.ok(!shipped.includes(id));
	assert.equal(shipped.length, length);
});
