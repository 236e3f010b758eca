/** Java's trust store: the bytes are the certificates' alone, and keytool reads them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { javaKeystore } from '../../../src/bases/debian/java-keystore.js';
import { folder } from '../../support/files.js';
import { hasTools } from '../../support/tools.js';

/** A certificate of the test's own, made by openssl. */
function certificate(dir: string, name: string): string {
	const out = join(dir, `${name}.crt`);
	const made = spawnSync('openssl', [
		'req',
		'-x509',
		'-newkey',
		'ec',
		'-pkeyopt',
		'ec_paramgen_curve:P-256',
		'-nodes',
		'-keyout',
		join(dir, 'key'),
		'-out',
		out,
		'-subj',
		`/CN=${name}`,
	]);
	assert.equal(made.status, 0);
	return readFileSync(out, 'utf8');
}

test('the order of certificates does not matter, the seal holds, keytool lists them', (t) => {
	if (!hasTools(t, 'openssl', 'keytool')) return;
	const dir = folder(t);
	const [a, b] = [certificate(dir, 'a'), certificate(dir, 'b')];
	const store = javaKeystore([a, b]);
	assert.ok(store.equals(javaKeystore([b, a])));
	assert.equal(store.readUInt32BE(0), 0xfeedfeed);
	const password = Buffer.from('\0c\0h\0a\0n\0g\0e\0i\0t');
	const seal = createHash('sha1').update(password).update('Mighty Aphrodite').update(store.subarray(0, -20)).digest();
	assert.ok(seal.equals(store.subarray(-20)));
	const path = join(dir, 'cacerts');
	writeFileSync(path, store);
	const listed = spawnSync('keytool', ['-list', '-keystore', path, '-storepass', 'changeit'], { encoding: 'utf8' });
	assert.match(listed.stdout, /2 entries/);
});
