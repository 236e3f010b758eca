/** Is this a folder of web pages, and where do they begin? */
import type { Detection, Reason } from '../../src/builder/contract.js';
import { parseStaticfile } from '../../src/site/rules.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { findServerFile } from './server-files.js';

export interface StaticFacts {
	/** Folder of the pages, '' for the source folder itself. */
	readonly root: string;
	readonly singlePage: boolean;
	/** Of another server's configuration. */
	readonly leftOut: readonly Reason[];
}

/** Where tools and people put finished pages, in the order in which they are looked for. */
const ROOTS = ['', 'public', 'dist', 'build', '_site', 'site', 'out', 'www'];

export function detectStatic(source: FileIndex): Detection | undefined {
	const text = source.text('Staticfile');
	const file = text === undefined ? undefined : parseStaticfile(text);
	const server = file === undefined ? findServerFile(source) : undefined;
	const root = file?.root ?? server?.root ?? ROOTS.find((folder) => source.has(folder === '' ? 'index.html' : `${folder}/index.html`));
	if (root === undefined && file === undefined) return undefined;
	const index = root === undefined || root === '' ? 'index.html' : `${root}/index.html`;
	const reasons: Reason[] = [
		...(file === undefined ? [] : [{ file: 'Staticfile', says: `Staticfile${file.singlePage ? ': unknown paths get index.html' : ''}` }]),
		...(server === undefined ? [] : [server.reason]),
		...(source.has(index) ? [{ file: index, says: index }] : []),
	];
	const facts: StaticFacts = {
		root: root ?? '',
		singlePage: file?.singlePage ?? server?.singlePage ?? false,
		leftOut: server?.warning === undefined ? [] : [server.warning],
	};
	// Pages beside another language's files belong to that app.
	return { builder: 'static', reasons, facts: { ...facts }, weak: true };
}
