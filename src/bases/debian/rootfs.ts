/** The files that maintainer scripts would make on an installed system, made here once and for all. */
import { comparePaths, type Entry, imagePath } from '../../layers/entry.js';

const PASSWD = [
	'root:x:0:0:root:/root:/sbin/nologin',
	'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin',
	'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin',
];
const GROUP = ['root:x:0:', 'nobody:x:65534:', 'tty:x:5:', 'staff:x:50:', 'nonroot:x:65532:'];
const NSSWITCH = [
	'passwd: files',
	'group: files',
	'shadow: files',
	'hosts: files dns',
	'networks: files',
	'protocols: files',
	'services: files',
	'ethers: files',
	'rpc: files',
];
/** Runtimes mount their own; bare ones need it to resolve `localhost`. */
const HOSTS = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback'];

export const CA_BUNDLE = 'etc/ssl/certs/ca-certificates.crt';
const BUNDLE_LINK = `/${CA_BUNDLE}`;

export function textEntry(path: string, text: string): Entry {
	const bytes = Buffer.from(text);
	return { type: 'file', path: imagePath(path), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}

const lines = (path: string, all: readonly string[]): Entry => textEntry(path, `${all.join('\n')}\n`);
const folder = (path: string, mode: number, owner = 0): Entry => ({ type: 'directory', path: imagePath(path), mode, uid: owner, gid: owner });
const link = (path: string, target: string): Entry => ({ type: 'symlink', path: imagePath(path), mode: 0o777, target });

/** @param architecture OCI name: 64-bit x86 has its loader in /lib64 */
export function generatedEntries(architecture: string): readonly Entry[] {
	const merged = ['bin', 'sbin', 'lib', ...(architecture === 'amd64' ? ['lib64'] : [])];
	return [
		lines('etc/passwd', PASSWD),
		lines('etc/group', GROUP),
		lines('etc/nsswitch.conf', NSSWITCH),
		lines('etc/hosts', HOSTS),
		folder('tmp', 0o1777),
		folder('var/tmp', 0o1777),
		folder('root', 0o700),
		folder('home/nonroot', 0o700, 65532),
		...merged.flatMap((name) => [link(name, `usr/${name}`), folder(`usr/${name}`, 0o755)]),
		// OpenSSL's default places belong to the package openssl, which a base does not have.
		link('usr/lib/ssl/cert.pem', BUNDLE_LINK),
		link('usr/lib/ssl/certs', '/etc/ssl/certs'),
		link('etc/ssl/cert.pem', BUNDLE_LINK),
	];
}

/** The names that Debian's python3 and python-is-python3 would bring. @param version `3.13` */
export function pythonEntries(version: string): readonly Entry[] {
	return ['python', 'python3'].map((name) => link(`usr/bin/${name}`, `python${version}`));
}

/** Where Debian's alternatives and default-jre-headless would point. @param home folder of the runtime below /usr/lib/jvm */
export function javaEntries(home: string): readonly Entry[] {
	return [link('usr/bin/java', `../lib/jvm/${home}/bin/java`), link('usr/lib/jvm/default-java', home)];
}

/** As update-ca-certificates concatenates: by path in byte order, one newline after each. */
export function caBundle(certificates: readonly { readonly path: string; readonly text: string }[]): Entry {
	const sorted = [...certificates].sort((a, b) => comparePaths(a.path, b.path));
	return textEntry(CA_BUNDLE, sorted.map(({ text }) => `${text.replace(/\n+$/, '')}\n`).join(''));
}

/** What scanners read: the control file by package, and checksums of the files that are really there. */
export function statusEntries(name: string, control: string, md5sums: string, shipped: ReadonlySet<string>): readonly Entry[] {
	const kept = md5sums.split('\n').filter((line) => shipped.has(line.slice(line.indexOf('  ') + 2).replace(/^(bin|sbin|lib|lib64)\//, 'usr/$1/')));
	const folderPath = 'var/lib/dpkg/status.d';
	return [
		textEntry(`${folderPath}/${name}`, `${control.trimEnd()}\n`),
		textEntry(`${folderPath}/${name}.md5sums`, kept.length === 0 ? '' : `${kept.join('\n')}\n`),
	];
}

/** Packages whose library update-alternatives would link to where the loader looks. */
export const WITH_ALTERNATIVES: ReadonlySet<string> = new Set(['libblas3', 'liblapack3']);

/** The links that update-alternatives makes when such a package is installed. @param paths of the files of packages */
export function alternativeEntries(paths: Iterable<string>): readonly Entry[] {
	return [...paths].flatMap((path) => {
		const [, folder, place, name] = /^(usr\/lib\/[^/]+)\/(blas|lapack)\/(lib(?:blas|lapack)\.so\.3)$/.exec(path) ?? [];
		return folder === undefined || name === undefined ? [] : [link(`${folder}/${name}`, `${place}/${name}`)];
	});
}
