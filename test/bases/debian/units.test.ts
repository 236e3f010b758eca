/** Versions, mirrors, keys and the closure check, case by case. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEBIAN_KEYS } from '../../../src/bases/debian/keys.js';
import { debianKeys } from '../../../src/bases/debian/keys-of.js';
import { readAptSources } from '../../../src/bases/debian/mirrors.js';
import { packetsOf, readPublicKey, TAG } from '../../../src/bases/debian/openpgp.js';
import { compareVersions } from '../../../src/bases/debian/version.js';
import { checkClosure } from '../../../src/elf/closure.js';
import { elfFactsOf } from '../../../src/elf/file.js';
import { readElf } from '../../../src/elf/reader.js';
import type { ElfFacts, SharedLibrary } from '../../../src/elf/types.js';

/** Each is older than the next. */
const ASCENDING = [
	'0~~',
	'0~',
	'0',
	'0a',
	'0+',
	'1~rc1-1',
	'1',
	'1-0a',
	'1.0-1~bpo1',
	'1.0-1',
	'1.0-1+b1',
	'1.0a',
	'1.1',
	'1.10',
	'2.41-12+deb13u3',
	'2.41-12+deb13u5',
	'2026a-0',
	'99999999999999999998',
	'99999999999999999999',
	'1:0',
	'2:0',
];

test('versions are ordered as the policy says', () => {
	for (const [at, older] of ASCENDING.entries()) {
		for (const newer of ASCENDING.slice(at + 1)) {
			assert.ok(compareVersions(older, newer) < 0, `${older} < ${newer}`);
			assert.ok(compareVersions(newer, older) > 0, `${newer} > ${older}`);
		}
	}
	assert.equal(compareVersions('1.00', '1.0'), 0);
	assert.equal(compareVersions('0:1-0', '1'), 0);
});

test('dpkg orders random versions alike', (t) => {
	if (spawnSync('dpkg', ['--version']).status !== 0) return t.skip('needs dpkg');
	const part = fc.stringMatching(/^[0-9][0-9a-z.+~]{0,6}$/);
	fc.assert(
		fc.property(part, part, (a, b) => {
			const order = compareVersions(a, b);
			const relation = order < 0 ? 'lt' : order > 0 ? 'gt' : 'eq';
			assert.equal(spawnSync('dpkg', ['--compare-versions', a, relation, b]).status, 0, `${a} ${relation} ${b}`);
		}),
		{ numRuns: 60 },
	);
});

test('apt sources: Debian archives only, security told apart', () => {
	const sources = readAptSources([
		{
			name: '/etc/apt/sources.list',
			text: 'deb [arch=amd64] https://one.example/debian/ bookworm main contrib\n# deb https://no.example/debian bookworm main\ndeb cdrom:[x]/ bookworm main\n',
		},
		{
			name: '/etc/apt/sources.list.d/a.sources',
			text: 'Types: deb\nURIs: http://two.example/debian\nSuites: trixie trixie-updates\nComponents: main\n\nTypes: deb\nURIs: http://two.example/security\nSuites: trixie-security\nComponents: main\n',
		},
		{
			name: '/etc/apt/sources.list.d/docker.list',
			text: 'deb https://vendor.example/linux/debian bookworm stable\ndeb https://vendor.example/apt nodistro main\n',
		},
	]);
	assert.deepEqual(
		sources.map(({ archive }) => archive),
		['https://one.example/debian', 'http://two.example/debian'],
	);
	assert.ok(sources.every(({ security }) => security === 'http://two.example/security'));
});

test('the shipped keys have their published fingerprints, and are those of this machine', (t) => {
	assert.deepEqual(
		debianKeys().map(({ fingerprint }) => fingerprint),
		DEBIAN_KEYS.map(({ fingerprint }) => fingerprint),
	);
	const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
	if (!existsSync(keyring)) return t.skip('no Debian keyring here');
	const known = packetsOf(readFileSync(keyring), [TAG.publicKey, TAG.publicSubkey]).map((packet) => readPublicKey(packet).fingerprint);
	for (const { fingerprint } of DEBIAN_KEYS) assert.ok(known.includes(fingerprint), fingerprint);
});

const facts = (more: Partial<ElfFacts>): ElfFacts => ({
	architecture: 'amd64',
	bits: 64,
	type: 'shared',
	needed: [],
	runpath: [],
	versionsNeeded: {},
	versionsDefined: [],
	...more,
});
const LIBC: SharedLibrary = { path: '/usr/lib/libc.so.6', soname: 'libc.so.6', architecture: 'amd64', versions: ['GLIBC_2.2.5', 'GLIBC_2.41'] };

const CLOSURE: readonly (readonly [string, Readonly<Record<string, Partial<ElfFacts>>>, readonly string[]])[] = [
	['all there', { 'app/x.node': { needed: ['libc.so.6'], versionsNeeded: { 'libc.so.6': ['GLIBC_2.2.5'] } } }, []],
	['a library missing', { 'app/x.node': { needed: ['libz.so.1'] } }, ['LIBRARY_MISSING libz.so.1']],
	['a library among the app files', { 'app/x.node': { needed: ['libz.so.1'] }, 'app/lib/libz.so.1': { soname: 'libz.so.1' } }, []],
	['a newer glibc', { 'app/x.node': { needed: ['libc.so.6'], versionsNeeded: { 'libc.so.6': ['GLIBC_2.99'] } } }, ['GLIBC_TOO_OLD libc.so.6']],
	['another architecture', { 'app/tool': { architecture: 'arm64', type: 'executable' } }, ['WRONG_ARCHITECTURE -']],
	[
		'prebuilds for every system',
		{ 'app/node_modules/a/prebuilds/linux-arm64/a.node': { architecture: 'arm64' }, 'app/node_modules/a/prebuilds/linux-x64/a.node': {} },
		[],
	],
	['a binary for musl beside one for glibc', { 'app/node_modules/@img/sharp-linuxmusl-x64/lib/a.node': { needed: ['libc.musl-x86_64.so.1'] } }, []],
	[
		'a dynamic program without its loader',
		{ 'app/tool': { type: 'executable', interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'] } },
		['LIBRARY_MISSING ld-linux-x86-64.so.2'],
	],
	['a static program', { 'app/tool': { type: 'executable' } }, []],
	[
		'add-ons for other systems beside the fitting one',
		{
			'app/node_modules/a/prebuilds/freebsd-x64/a.node': { architecture: 'freebsd/amd64', needed: ['libc++.so.1'] },
			'app/node_modules/a/prebuilds/android-x64/a.node': { needed: ['libc.so'] },
			'app/node_modules/a/prebuilds/linux-x64/a.node': { needed: ['libmissing.so.1'] },
		},
		['LIBRARY_MISSING libmissing.so.1'],
	],
];
for (const [says, binaries, expected] of CLOSURE) {
	test(`closure: ${says}`, () => {
		const found = checkClosure(
			Object.entries(binaries).map(([path, more]) => ({ path, facts: facts(more) })),
			[LIBC],
			'amd64',
		);
		assert.deepEqual(
			found.map(({ code, soname }) => `${code} ${soname ?? '-'}`),
			expected,
		);
	});
}

test('a program inside a dependency is a warning, its libraries are not', () => {
	const program = facts({ type: 'shared', interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libX11.so.6'] });
	const found = checkClosure(
		[
			{ path: 'app/node_modules/a/xsel', facts: program },
			{ path: 'app/node_modules/a/a.node', facts: facts({ needed: ['libX11.so.6'] }) },
		],
		[LIBC, { ...LIBC, path: '/usr/lib64/ld-linux-x86-64.so.2', soname: 'ld-linux-x86-64.so.2' }],
		'amd64',
	);
	assert.deepEqual(
		found.map(({ severity }) => severity),
		['warning', 'error'],
	);
});

test('ELF facts agree with readelf', (t) => {
	if (spawnSync('readelf', ['--version']).status !== 0) return t.skip('needs readelf');
	const path = process.execPath;
	const text = execFileSync('readelf', ['-dV', path], { encoding: 'utf8', maxBuffer: 1 << 26 });
	const size = readFileSync(path).length;
	const read = elfFactsOf(path, 0, size);
	assert.deepEqual(
		read?.needed,
		[...text.matchAll(/Shared library: \[(.+?)\]/g)].map((match) => match[1]),
	);
	const versions = Object.values(read?.versionsNeeded ?? {})
		.flat()
		.sort();
	assert.deepEqual(
		versions,
		[...text.matchAll(/ Name: (\S+) +Flags: \S+ +Version/g)]
			.map((match) => match[1] as string)
			.filter((name) => name.includes('_'))
			.sort(),
	);
});

test('no input makes the ELF reader throw or hang', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
			const file = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.from(bytes)]);
			readElf((offset, length) => file.subarray(Math.min(offset, file.length), Math.min(offset + Math.min(length, 1 << 20), file.length)));
		}),
		{ numRuns: 500 },
	);
});
