/** Scripts that install packages for a folder of the project: they build with them, and an image has none of them. */
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { manifestFile, productionDependencies, readManifest } from '../manifest.js';
import type { PackageScript } from './order.js';

const GOES_INTO = /\bcd\s+["']?(?:\.\/)?([\w@./-]+?)\/?["']?\s*(?:&&|;)\s*(?:npm|pnpm|yarn|bun)(?:\s+(?:i|install|ci)\b|\s*(?:&&|;|$))/g;
const NAMES_FOLDER =
	/\b(?:npm|pnpm|yarn|bun)\s(?=[^&;|]*\b(?:i|install|ci)\b)[^&;|]*?(?:--prefix|--dir|--cwd|-C)[\s=]+["']?(?:\.\/)?([\w@./-]+?)\/?["']?(?=\s|&|;|$)/g;

/** @param lines text of the scripts that run @returns folders, as the scripts write them */
export function nestedInstalls(lines: readonly string[]): readonly string[] {
	const found = lines.flatMap((line) => [GOES_INTO, NAMES_FOLDER].flatMap((pattern) => [...line.matchAll(pattern)].map(([, folder = '']) => folder)));
	return [...new Set(found)].sort();
}

/**
 * @param entry the file that is started, in the app's folder
 * @throws TareError START_UNSUPPORTED where that file is in a folder whose packages only a script installs
 */
export function refuseNestedServer(source: FileIndex, scripts: readonly PackageScript[], lines: readonly string[], entry: string | undefined): void {
	const own = new Set(scripts.flatMap(({ manifest }) => productionDependencies(manifest.json)));
	const folder = nestedInstalls(lines).find((each) => entry?.startsWith(`${each}/`) === true);
	const manifest = folder === undefined ? undefined : readManifest(source, manifestFile(folder));
	const missing = manifest === undefined ? [] : productionDependencies(manifest.json).filter((name) => !own.has(name));
	if (missing.length === 0) return;
	const at = scripts.at(-1)?.reason;
	throw new TareError(
		'START_UNSUPPORTED',
		`the app starts ${entry}, and only a script installs what ${folder} depends on (${missing.slice(0, 5).join(', ')}): the image would lack it`,
		{
			hint: `Build that folder: tare build ${folder}. Or make it a package of the workspace ("workspaces": ["${folder}"]), or name its dependencies in package.json of the app.`,
			...(at?.file !== undefined && { at: { file: at.file, ...(at.line !== undefined && { line: at.line }) } }),
			data: { folder, missing },
		},
	);
}
