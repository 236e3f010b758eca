/** The project's dependencies, installed as the image has them: once for a list of versions, then kept. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import { type Entry, type FileEntry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { BYTECODE_RECIPE, compileModules } from './bytecode.js';
import type { PythonFacts } from './facts.js';
import { normalName } from './names.js';
import { install, pinnedList, placesOf } from './pinned.js';

const RECIPE = 4;

export interface Installed {
	/** Folder of the modules, with their bytecode. */
	readonly site: string;
	/** Names of commands. */
	readonly programs: readonly string[];
	readonly packages: readonly PackageRef[];
	/** For the layer that is made of it; undefined when the source's own folders decide it, too. */
	readonly key?: string;
}

export function sitePackages(version: string): string {
	return `usr/local/lib/python${version}/dist-packages`;
}

/** Undefined when nothing is to be installed. @throws TareError INSTALL_FAILED */
export function installed(facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<Installed | undefined> {
	return tools.once(`installed ${platform.architecture}`, async () => {
		const list = await pinnedList(facts, platform, tools);
		if (!/^[^\S\n]*[^\s#-]/m.test(list)) return undefined;
		const lines = list.replace(/^(?:-e|--editable)\s+/gm, '');
		const isLocal = facts.local && /^\s*(?:\.|\/|file:|[^=\n]*@\s*(?:file:|\.))/m.test(lines);
		const fill = (dir: string) => fillSite(dir, lines, facts, platform, tools);
		if (isLocal) {
			const dir = await tools.scratch('site');
			await fill(dir);
			return describe(dir);
		}
		const key = createHash('sha256')
			.update(JSON.stringify([RECIPE, BYTECODE_RECIPE, facts.version, facts.manylinux, platform.architecture, lines]))
			.digest('hex');
		return { ...describe(await tools.store.tree('python-site', key, fill)), key: `python ${key}` };
	});
}

async function fillSite(dir: string, lines: string, facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<void> {
	const list = join(await tools.workspace(), `.tare-pinned-${platform.architecture}.txt`);
	writeFileSync(list, [...placesOf(facts, tools), lines].join('\n'));
	const site = join(dir, 'site');
	mkdirSync(site);
	await install('install', ['pip', 'install', '--no-deps', '--target', site, '-r', list], facts, platform, tools);
	refuseForeign(site, facts, platform);
	await compileModules(facts.version, { from: site, out: site, place: `/${sitePackages(facts.version)}` }, tools);
}

/** What was built here for this machine's own Python would not be found by the image's. */
export function refuseForeign(site: string, { version }: PythonFacts, { architecture }: Platform): void {
	const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64';
	const line = `cp${version.replace('.', '')}`;
	for (const { name, tags } of distributions(site)) {
		const fits = tags.length === 0 || tags.some((tag) => /-none-any$/.test(tag) || ((tag.includes(line) || /abi3|-none-/.test(tag)) && tag.includes(machine)));
		if (fits) continue;
		throw new TareError('INSTALL_FAILED', `${name} has no wheel for linux/${architecture} and Python ${version}; built here it is for ${tags[0]}`, {
			hint: `Choose a version of ${name} with wheels for Python ${version}, or build on a linux/${architecture} machine.`,
		});
	}
}

interface DistributionInfo {
	readonly name: string;
	readonly version: string;
	readonly tags: readonly string[];
}

function distributions(site: string): readonly DistributionInfo[] {
	return readdirSync(site)
		.filter((folder) => folder.endsWith('.dist-info'))
		.sort()
		.map((folder) => {
			const metadata = textOf(join(site, folder, 'METADATA'));
			return {
				name: /^Name: *(.+)$/m.exec(metadata)?.[1]?.trim() ?? folder,
				version: /^Version: *(.+)$/m.exec(metadata)?.[1]?.trim() ?? '',
				tags: [...textOf(join(site, folder, 'WHEEL')).matchAll(/^Tag: *(\S+)/gm)].map((match) => match[1] as string),
			};
		});
}

function textOf(path: string): string {
	return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

export function describe(dir: string): Installed {
	const site = join(dir, 'site');
	const bin = join(site, 'bin');
	return {
		site,
		programs: existsSync(bin) ? readdirSync(bin).filter((name) => lstatSync(join(bin, name)).isFile()) : [],
		packages: distributions(site).map(({ name, version }) => ({
			type: 'pypi',
			name: normalName(name),
			version,
			purl: `pkg:pypi/${normalName(name)}@${version}`,
		})),
	};
}

/** What installers note of this machine, and what only they read. */
const TRACES = /(?:^|\/)(?:[^/]+\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)|\.lock)$/;
/** Folders of a wheel's data, which are no modules. */
const DATA = /^(?:share|etc|include|man)\//;

/** Modules to where Debian's Python looks for local ones, commands and data to their places under /usr/local. */
export function siteEntries({ site, programs }: Installed, facts: PythonFacts): readonly Entry[] {
	const into = sitePackages(facts.version);
	const prefix = `${into}/`;
	return directoryEntries({ from: site, into, skip: (path) => TRACES.test(path) }).map((entry) => {
		const path = entry.path.startsWith(prefix) ? entry.path.slice(prefix.length) : entry.path;
		const name = path.slice('bin/'.length);
		if (path.startsWith('bin/') && programs.includes(name) && entry.type === 'file') return programEntry(entry, join(site, path), name, facts);
		if (DATA.test(path) && !existsSync(join(site, path.split('/')[0] ?? '', '__init__.py'))) return { ...entry, path: imagePath(`usr/local/${path}`) };
		if (path.endsWith('.dist-info/RECORD') && entry.type === 'file') return recordEntry(entry, join(site, path));
		return entry;
	});
}

/** The first line of a command names the Python of the machine that installed it; a compiled one stays as it is, and is looked into. */
function programEntry(entry: FileEntry, file: string, name: string, facts: PythonFacts): Entry {
	const program = { ...entry, path: imagePath(`usr/local/bin/${name}`), mode: 0o755 };
	const whole = readFileSync(file);
	if (whole.subarray(0, 2).toString('latin1') !== '#!') return program;
	const bytes = Buffer.from(`${interpreterLine(facts)}\n${withoutInterpreter(whole.toString('utf8'))}`);
	return { type: 'file', path: program.path, mode: program.mode, size: bytes.length, content: { kind: 'bytes', bytes } };
}

/** uv wraps a path that is too long for the kernel in a line of shell. */
function withoutInterpreter(text: string): string {
	return text.replace(/^#!\/bin\/sh\n'''exec' .*\n' '''\n/, '').replace(/^#!.*\n/, '');
}

export function interpreterLine({ debian, version }: Pick<PythonFacts, 'debian' | 'version'>): string {
	return debian ? `#!/usr/bin/python${version}` : '#!/usr/bin/env python3';
}

/** Hashes of commands and of bytecode are of this machine's; files are still listed for those who ask. */
function recordEntry(entry: Entry, file: string): Entry {
	const lines = readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !/(?:^|\/)bin\/|__pycache__|dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_\w+\.json)/.test(line));
	const bytes = Buffer.from(`${lines.sort().join('\n')}\n`);
	return { type: 'file', path: entry.path, mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}
