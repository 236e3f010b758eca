/** Can Node run these TypeScript files as they are? It only takes the types out (https://nodejs.org/api/typescript.html#type-stripping). */
import type { FileIndex } from '../../src/source/file-index.js';
import { type Found, scanFirst } from '../../src/source/scan.js';

const TYPESCRIPT = /(?<!\.d)\.[cm]?ts$/;
/** Syntax that makes code, and imports that only a bundler would find. */
const BEYOND =
	/^\s*(?:export\s+)?(?:const\s+)?enum\s+\w+\s*\{|^\s*(?:export\s+)?namespace\s+\w+\s*\{|\bconstructor\s*\([^)]*\b(?:private|public|protected|readonly)\s|^\s*@\w+(?:\(|\s*$)|^\s*import\s+\w+\s*=\s*require\b|\bfrom\s+['"]\.{1,2}\/(?:[^'"]*\/)?[^'"/.]+['"]|\bfrom\s+['"]\.{1,2}\/[^'"]*\.js['"]|\bfrom\s+['"][@~]\/[^'"]*['"]/m;

/** The first place that needs a compiler. */
export function needsCompiler(source: FileIndex): Found | undefined {
	return scanFirst(source, BEYOND, { files: TYPESCRIPT });
}
