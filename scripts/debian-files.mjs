/**
 * Writes src/builder/system/debian.ts: the Debian package of each library and program of src/builder/system/needs.ts, in each release, as the
 * archive's own index of contents has them.
 *
 *   node scripts/debian-files.mjs MIRROR      for example the archive of your apt sources
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { build } from 'esbuild';

const RELEASES = ['trixie', 'bookworm'];
const FILE = fileURLToPath(new URL('../src/builder/system/debian.ts', import.meta.url));
const [mirror] = process.argv.slice(2);
if (mirror === undefined) throw new Error('name a mirror: node scripts/debian-files.mjs http://MIRROR/debian');

const { outputFiles } = await build({
	entryPoints: [fileURLToPath(new URL('../src/builder/system/needs.ts', import.meta.url))],
	bundle: true,
	format: 'esm',
	write: false,
});
const { NEEDS, APART } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const needs = Object.values(NEEDS).flatMap((table) => Object.values(table));
const libraries = [...new Set(needs.flatMap((need) => need.libraries ?? []))];
const programs = [...new Set(needs.flatMap((need) => need.programs ?? []))].filter((name) => APART[name] === undefined);

/** Sonames and program names with the packages that have them. */
async function contents(release, architecture, found) {
	const answer = await fetch(`${mirror}/dists/${release}/main/Contents-${architecture}.gz`);
	if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
	const lines = createInterface({ input: Readable.fromWeb(answer.body).pipe(createGunzip()) });
	for await (const line of lines) {
		const [, folder, name, packages] = /^(?:usr\/)?(bin|lib\/x86_64-linux-gnu)\/([^/\s]+)\s+(\S+)$/.exec(line) ?? [];
		if (name === undefined) continue;
		const key = folder === 'bin' ? `bin ${name}` : `lib ${name}`;
		found.set(key, [...(found.get(key) ?? []), ...packages.split(',').map((one) => one.replace(/^.*\//, ''))]);
	}
}

/** Of several packages the one that has the program's own name. */
function pick(packages, name) {
	if (packages === undefined) return undefined;
	const distinct = [...new Set(packages)].sort();
	return distinct.includes(name) ? name : distinct[0];
}

const rows = new Map([...libraries, ...programs].sort().map((name) => [name, {}]));
for (const release of RELEASES) {
	const found = new Map();
	for (const architecture of ['amd64', 'all']) await contents(release, architecture, found);
	for (const names of libraries)
		rows.get(names)[release] = names
			.split('|')
			.map((name) => pick(found.get(`lib ${name}`), name))
			.find(Boolean);
	for (const name of programs) rows.get(name)[release] = pick(found.get(`bin ${name}`), name);
}

const quoted = (name) => (/^[a-z]\w*$/i.test(name) ? name : `'${name}'`);
const row = ([name, by]) => {
	const there = RELEASES.filter((release) => by[release] !== undefined);
	if (there.length === 0) throw new Error(`no release of Debian has ${name}`);
	return `\t${quoted(name)}: { ${there.map((release) => `${release}: '${by[release]}'`).join(', ')} },\n`;
};
writeFileSync(
	FILE,
	`/** Debian's packages of libraries and programs, by release. Made by scripts/debian-files.mjs from the archive's indexes of contents on ${new Date().toISOString().slice(0, 10)}. */

export type Release = 'trixie' | 'bookworm';

export const DEBIAN_FILES: Readonly<Record<string, Readonly<Partial<Record<Release, string>>>>> = {
${[...rows].map(row).join('')}};
`,
);
