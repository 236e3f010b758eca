/** Capabilities as the kernel keeps them: attributes as setcap(8) writes them and getxattr(2) reads them, and ko's rules for clauses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileCapabilities } from '../../../builders/go/capabilities.js';

const hex = (...terms: readonly string[]): string | undefined => {
	const attribute = fileCapabilities(terms, '.ko.yaml');
	return attribute && Buffer.from(attribute).toString('hex');
};

/** Made with `setcap CLAUSE FILE`. */
const SETCAP: Readonly<Record<string, string>> = {
	'cap_chown=p': '0000000201000000000000000000000000000000',
	'cap_setuid,cap_net_bind_service=ep': '0100000280040000000000000000000000000000',
	'cap_syslog,cap_bpf=ep': '0100000200000000000000008400000000000000',
	'cap_setfcap,cap_net_raw=eip': '0100000200200080002000800000000000000000',
	'cap_checkpoint_restore=i': '0000000200000000000000000000000000010000',
	'=ep': '01000002ffffffff00000000ff01000000000000',
};

for (const [clause, attribute] of Object.entries(SETCAP)) test(`as setcap: ${clause}`, () => assert.equal(hex(clause), attribute));

test('a name alone is permitted, and not effective', () => {
	assert.equal(hex('net_bind_service'), hex('cap_net_bind_service=p'));
	assert.equal(hex('CAP_CHOWN', 'Setuid'), hex('chown,setuid=p'));
	assert.equal(hex('63'), '0000000200000000000000000000008000000000');
	assert.equal(hex('all'), hex('=p'));
});

/** https://github.com/ko-build/ko/blob/v0.19.1/pkg/caps/new_file_caps_test.go */
test('clauses change what stands before them', () => {
	assert.equal(hex(), undefined);
	assert.equal(hex('='), undefined);
	assert.equal(hex('chown=e'), undefined);
	assert.equal(hex('chown=ie', 'chown='), undefined);
	assert.equal(hex('chown=ie', 'chown=p'), hex('chown=p'));
	assert.equal(hex('chown=ie', 'chown+p'), hex('chown=pie'));
	assert.equal(hex('chown=pie', 'dac_override,chown-p'), hex('chown=ie'));
});

for (const wrong of ['unknown', '64', 'chown,=pie', '-pie', '+pie', 'chown=x', 'cap_', ''])
	test(`refused: "${wrong}"`, () =>
		assert.throws(() => fileCapabilities([wrong], '.ko.yaml'), { code: 'CONFIG_INVALID', at: { file: '.ko.yaml' }, hint: /setcap/ }));
