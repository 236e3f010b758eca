/** An authority with a server's and a client's certificate, made by openssl. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder } from './files.js';

export interface Certificates {
	readonly ca: string;
	readonly server: { readonly cert: string; readonly key: string };
	readonly client: { readonly cert: string; readonly key: string };
}

/** @param host that the server's is for beside loopback */
export function makeCertificates(t: TestContext, host = 'localhost'): Certificates {
	const dir = folder(t);
	const file = (name: string): string => join(dir, name);
	const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=test-ca', '-keyout', 'ca.key', '-out', 'ca.crt', '-addext', 'basicConstraints=critical,CA:TRUE');
	writeFileSync(file('names'), `subjectAltName=DNS:${host},DNS:localhost,IP:127.0.0.1`);
	for (const name of ['server', 'client']) {
		openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
		openssl(
			'x509',
			'-req',
			'-in',
			`${name}.csr`,
			'-CA',
			'ca.crt',
			'-CAkey',
			'ca.key',
			'-CAcreateserial',
			'-days',
			'2',
			'-out',
			`${name}.crt`,
			'-extfile',
			'names',
		);
	}
	const pair = (name: string) => ({ cert: file(`${name}.crt`), key: file(`${name}.key`) });
	return { ca: file('ca.crt'), server: pair('server'), client: pair('client') };
}
