/** Is this a Node project? package.json, or one conventional file of JavaScript or TypeScript. */
import type { Detection, Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type Manifest, productionDependencies, readManifest } from './manifest.js';

const STEMS = ['index', 'server', 'app', 'main'];
const ENTRY_FILES = STEMS.flatMap((stem) => ['js', 'mjs', 'cjs'].map((extension) => `${stem}.${extension}`));
/** Other languages have such files for their pages, too, and Deno for its apps. */
const TYPESCRIPT_FILES = STEMS.flatMap((stem) => ['ts', 'mts'].map((extension) => `${stem}.${extension}`));
const DENO = /\bDeno\.\w|\bfrom\s+['"](?:jsr:|npm:|https?:)/;

export async function detectNode(source: FileIndex): Promise<Detection | undefined> {
	const manifest = readManifest(source);
	if (manifest !== undefined && isHelper(manifest, source) && hasPages(manifest, source)) return undefined;
	if (manifest !== undefined) return { builder: 'node', reasons: [{ file: manifest.file, says: 'package.json' }], facts: {}, weak: isHelper(manifest, source) };
	const entry = source.first(...ENTRY_FILES);
	const reasons: Reason[] = entry === undefined ? [] : [{ file: entry, says: `${entry} without package.json` }];
	return entry === undefined ? detectTypeScript(source) : { builder: 'node', reasons, facts: {}, weak: false };
}

function detectTypeScript(source: FileIndex): Detection | undefined {
	const entry = source.first(...TYPESCRIPT_FILES);
	if (entry === undefined || DENO.test(source.text(entry) ?? '')) return undefined;
	return { builder: 'node', reasons: [{ file: entry, says: `${entry} without package.json` }], facts: {}, weak: true };
}

/** A package.json that only holds tools (linters, asset builders) does not make a Node app. */
function isHelper(manifest: Manifest, source: FileIndex): boolean {
	const { scripts, main } = manifest.json;
	return productionDependencies(manifest.json).length === 0 && scripts.start === undefined && main === undefined && source.first(...ENTRY_FILES) === undefined;
}

/** Finished pages that no script of the package makes: a static site with some tools beside it. */
function hasPages({ json }: Manifest, source: FileIndex): boolean {
	return json.scripts.build === undefined && json.workspaces === undefined && source.first('index.html', 'public/index.html', 'dist/index.html') !== undefined;
}
