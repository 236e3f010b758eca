/** A folder of pages becomes the layers of an image: the server with its index, and the files with their compressed copies. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigPatch, LayerSpec } from '../builder/contract.js';
import { TareError } from '../errors.js';
import { directoryEntries } from '../layers/directory.js';
import { type Entry, imagePath } from '../layers/entry.js';
import { stableJson } from '../stable-json.js';
import type { Toolchain } from '../toolchain/contract.js';
import type { PackTask } from './pack.js';
import { parseHeaders, parseRedirects } from './rules.js';
import { SERVER_PATH, SITE_INDEX, SITE_ROOT, type Site, type SiteFile } from './site.js';

export interface SiteOptions {
	/** Absolute folder of the pages. */
	readonly root: string;
	/** Unknown paths get the only page. */
	readonly singlePage: boolean;
	/** Files of the folder that stay out, by path relative to it. */
	readonly skip: (path: string) => boolean;
}

/** The Node line that runs the server, whatever Node a project builds its site with. */
export const SERVER_NODE = '24';
/** What the programs of the site are compiled for. */
export const OLDEST_SERVER_NODE = '20';
export const SITE_PORT = '8080';
export const SITE_COMMAND: readonly string[] = ['node', SERVER_PATH];
export const SITE_CONFIG: ConfigPatch = {
	WorkingDir: SITE_ROOT,
	env: { NODE_ENV: 'production', PORT: SITE_PORT },
	ExposedPorts: { [`${SITE_PORT}/tcp`]: {} },
};

/** Files that say something to hosts and are no page; what begins with a dot is never served, but for /.well-known/. */
const NOT_SERVED = /^(?:_redirects|_headers|Staticfile|Procfile|tare\.lock)$/;
const HIDDEN = /(?:^|\/)\.(?!well-known\/)/;

/** @throws TareError TOOL_MISSING | BUILD_FAILED */
export function siteLayers(options: SiteOptions, tools: Toolchain): readonly LayerSpec[] {
	const packed = () => tools.once(`site:${options.root}`, () => pack(options, tools));
	return [
		{ name: 'server', purpose: 'runtime', entries: async () => [text(SERVER_PATH, readFileSync(program('site-server'), 'utf8'))] },
		{
			name: 'app',
			purpose: 'app',
			entries: async () => {
				const { entries, site } = await packed();
				return [...entries, text(SITE_INDEX, stableJson(site))];
			},
		},
	];
}

/** A program of ours that lies beside the bundle. */
function program(name: string): string {
	return fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
}

function text(path: string, content: string): Entry {
	const bytes = Buffer.from(content);
	return { type: 'file', path: imagePath(path), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}

interface Packed {
	readonly entries: readonly Entry[];
	readonly site: Site;
}

async function pack(options: SiteOptions, tools: Toolchain): Promise<Packed> {
	const into = SITE_ROOT.slice(1);
	const files = directoryEntries({
		from: options.root,
		into,
		skip: (path, isFolder) => (HIDDEN.test(isFolder ? `${path}/` : path) || NOT_SERVED.test(path) || options.skip(path)) && !/^\.well-known\/?$/.test(path),
	});
	const served = files.filter(({ type }) => type === 'file').map(({ path }) => path.slice(into.length + 1));
	const out = await tools.scratch('site');
	const found = await describe(options.root, out, served, tools);
	return { entries: [...files, ...directoryEntries({ from: out, into })], site: { files: found, ...rulesOf(options, tools) } };
}

async function describe(root: string, out: string, paths: readonly string[], tools: Toolchain): Promise<Readonly<Record<string, SiteFile>>> {
	const node = join((await tools.runtime('node')).bin, 'node');
	const work = await tools.scratch('compressed');
	const [cache, taskFile, resultFile] = [join(work, 'kept'), join(work, 'task.json'), join(work, 'result.json')];
	await tools.store.takeTree('compressed', tools.source.root, cache);
	writeFileSync(taskFile, JSON.stringify({ root, out, paths, cache } satisfies PackTask));
	const result = await tools.run({ step: 'compress', argv: [node, program('site-pack'), taskFile, resultFile], cwd: root });
	if (existsSync(cache)) await tools.store.giveTree('compressed', tools.source.root, cache);
	if (result.exitCode === 0) return JSON.parse(readFileSync(resultFile, 'utf8')) as Record<string, SiteFile>;
	throw new TareError('BUILD_FAILED', 'the files of the site could not be compressed', { hint: 'Run again with --verbose.', data: { output: result.tail } });
}

function rulesOf({ root, singlePage }: SiteOptions, { emit }: Toolchain): Omit<Site, 'files'> {
	const read = (name: string): string => (existsSync(join(root, name)) && statSync(join(root, name)).isFile() ? readFileSync(join(root, name), 'utf8') : '');
	const [redirects, headers] = [parseRedirects(read('_redirects')), parseHeaders(read('_headers'))];
	for (const [file, { problems }] of [
		['_redirects', redirects],
		['_headers', headers],
	] as const)
		for (const { line, says } of problems) emit({ type: 'warning', says: `${file}:${line}: ${says}` });
	return { singlePage, redirects: redirects.rules, headers: headers.rules };
}
