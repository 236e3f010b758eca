/** A Debian archive of tiny packages on loopback, signed with a throw-away key: good by default, damaged on request. */
import { execFileSync } from 'node:child_process';
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { MirrorConfig } from '../../src/bases/debian/mirrors.js';
import { type PublicKey, readPublicKey } from '../../src/bases/debian/openpgp.js';

export interface TestFile {
	readonly name: string;
	readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'character-device';
	readonly text?: string | Buffer;
	readonly link?: string;
	readonly mode?: number;
}

export interface TestPackage {
	readonly name: string;
	readonly version: string;
	readonly suite?: string;
	readonly architecture?: string;
	readonly depends?: string;
	readonly provides?: string;
	readonly source?: string;
	readonly files?: readonly TestFile[];
}

async function tarOf(files: readonly TestFile[]): Promise<Buffer> {
	const tar = pack();
	for (const { name, type = 'file', text = '', link, mode } of files) {
		const header = { name, type, mtime: new Date(1_700_000_000_000), ...(mode !== undefined && { mode }), ...(link !== undefined && { linkname: link }) };
		if (type === 'file') tar.entry(header, Buffer.from(text));
		else tar.entry(header);
	}
	tar.finalize();
	const parts: Buffer[] = [];
	for await (const part of tar as unknown as AsyncIterable<Buffer>) parts.push(part);
	return Buffer.concat(parts);
}

function arOf(members: readonly (readonly [string, Buffer])[]): Buffer {
	const parts = members.flatMap(([name, body]) => [
		Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(body.length).padEnd(10)}\`\n`),
		body,
		Buffer.alloc(body.length % 2, '\n'),
	]);
	return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

export function controlOf({ name, version, architecture = 'amd64', depends, provides, source }: TestPackage): string {
	const fields = {
		Package: name,
		Source: source,
		Version: version,
		Architecture: architecture,
		Maintainer: 'Test <test@example.org>',
		Depends: depends,
		Provides: provides,
		Description: 'test',
	};
	return Object.entries(fields)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => `${key}: ${value}`)
		.join('\n');
}

/** @param compress `xz` uses the program, where it is installed */
export async function debOf(one: TestPackage, compress: 'gz' | 'xz' = 'gz'): Promise<Buffer> {
	const files = one.files ?? [{ name: `./usr/share/doc/${one.name}/copyright`, text: 'free' }];
	const md5sums = files
		.filter(({ type = 'file' }) => type === 'file')
		.map(({ name, text = '' }) => `${createHash('md5').update(text).digest('hex')}  ${name.replace(/^\.\//, '')}`);
	const control = gzipSync(
		await tarOf([
			{ name: './control', text: `${controlOf(one)}\n` },
			{ name: './md5sums', text: `${md5sums.join('\n')}\n` },
		]),
	);
	const data = await tarOf(files);
	const packed = compress === 'gz' ? gzipSync(data) : execFileSync('xz', ['-c'], { input: data });
	return arOf([
		['debian-binary', Buffer.from('2.0\n')],
		['control.tar.gz', control],
		[`data.tar.${compress}`, packed],
	]);
}

/** An RSA key with its OpenPGP v4 packet. */
export interface SigningKey {
	readonly privateKey: KeyObject;
	readonly publicKey: PublicKey;
}

export function signingKey(): SigningKey {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
	const packet = Buffer.concat([Buffer.from([4, 0x60, 0, 0, 0, 1]), integer(Buffer.from(n, 'base64url')), integer(Buffer.from(e, 'base64url'))]);
	return { privateKey, publicKey: readPublicKey(packet) };
}

/** A multiprecision integer: number of bits, then bytes. */
function integer(bytes: Buffer): Buffer {
	const first = bytes.findIndex((byte) => byte !== 0);
	const trimmed = bytes.subarray(first);
	const head = Buffer.alloc(2);
	head.writeUInt16BE((trimmed.length - 1) * 8 + (32 - Math.clz32(trimmed[0] as number)));
	return Buffer.concat([head, trimmed]);
}

/** A cleartext-signed message (RFC 9580, 7). */
export function clearsign(text: string, { privateKey, publicKey }: SigningKey): string {
	const body = text.replace(/\n$/, '');
	const hashed = Buffer.concat([Buffer.from([4, 1, 1, 8, 0, 23, 22, 33, 4]), Buffer.from(publicKey.fingerprint, 'hex')]);
	const trailer = Buffer.from([4, 0xff, 0, 0, 0, hashed.length]);
	const signed = createSign('sha256').update(body.replace(/\n/g, '\r\n')).update(hashed).update(trailer).sign(privateKey);
	const packet = Buffer.concat([hashed, Buffer.from([0, 0, 0, 0]), integer(signed)]);
	const length = Buffer.alloc(2);
	length.writeUInt16BE(packet.length);
	const armored = Buffer.concat([Buffer.from([0x89]), length, packet])
		.toString('base64')
		.replace(/.{64}/g, '$&\n');
	const escaped = body.replace(/^-/gm, '- -');
	return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${escaped}\n-----BEGIN PGP SIGNATURE-----\n\n${armored}\n-----END PGP SIGNATURE-----\n`;
}

export interface TestMirror {
	readonly config: MirrorConfig;
	readonly key: SigningKey;
	/** Served files by path: tests damage them here. */
	readonly files: Map<string, Buffer>;
	/** Paths asked for, in order. */
	readonly requests: string[];
}

export interface MirrorOptions {
	/** Fields of the Release files to replace. */
	readonly release?: Readonly<Record<string, string>>;
	readonly xz?: boolean;
}

const SUITES = ['trixie', 'trixie-updates', 'trixie-security'];

export async function debianMirror(t: TestContext, packages: readonly TestPackage[], options: MirrorOptions = {}): Promise<TestMirror> {
	const key = signingKey();
	const files = new Map<string, Buffer>();
	for (const suite of SUITES)
		await addSuite(
			files,
			suite,
			packages.filter((one) => (one.suite ?? 'trixie') === suite),
			key,
			options,
		);
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(request.url ?? '');
		const body = files.get(request.url ?? '');
		response.writeHead(body === undefined ? 404 : 200).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => closeServer(server));
	const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { config: { archive: `${root}/debian`, security: `${root}/security` }, key, files, requests };
}

function closeServer(server: Server): void {
	server.closeAllConnections();
	server.close();
}

async function addSuite(
	files: Map<string, Buffer>,
	suite: string,
	packages: readonly TestPackage[],
	key: SigningKey,
	{ release, xz }: MirrorOptions,
): Promise<void> {
	const root = suite.endsWith('-security') ? '/security' : '/debian';
	const stanzas: string[] = [];
	for (const one of packages) {
		const deb = await debOf(one, xz === true ? 'xz' : 'gz');
		const filename = `pool/main/${one.name}_${one.version.replace(/^\d+:/, '')}_${one.architecture ?? 'amd64'}.deb`;
		files.set(`${root}/${filename}`, deb);
		stanzas.push(`${controlOf(one)}\nFilename: ${filename}\nSize: ${deb.length}\nSHA256: ${createHash('sha256').update(deb).digest('hex')}`);
	}
	const index = gzipSync(stanzas.length === 0 ? '' : `${stanzas.join('\n\n')}\n`);
	const hash = createHash('sha256').update(index).digest('hex');
	files.set(`${root}/dists/${suite}/main/binary-amd64/by-hash/SHA256/${hash}`, index);
	const fields = { Suite: suite.replace(/^trixie/, 'stable'), Codename: suite, Date: 'Sat, 21 Nov 2026 09:00:00 UTC', ...release };
	const text = `${Object.entries(fields)
		.map(([name, value]) => `${name}: ${value}`)
		.join('\n')}\nSHA256:\n ${hash} ${index.length} main/binary-amd64/Packages.gz\n`;
	files.set(`${root}/dists/${suite}/InRelease`, Buffer.from(clearsign(text, key)));
}
