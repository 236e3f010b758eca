/** Packages that the code of an app imports and only the root of its repository names: a developer's machine finds them above the app, an image that lacks them does not start. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type Found, scan } from '../../../src/source/scan.js';
import { subfolder } from '../../../src/source/subfolder.js';
import { allDependencies, type Manifest, productionDependencies } from '../manifest.js';
import type { Member } from '../workspaces.js';

export interface RootDependencies {
	/** Production dependencies of the root that are installed with the app's own. */
	readonly names: readonly string[];
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const NONE: RootDependencies = { names: [], reasons: [], warnings: [] };
/** `from 'x'`, `import 'x'`, `import('x')`, `require('x')`, `require.resolve('x')`; types alone are gone when the code runs. */
const IMPORT =
	/(?:\bimport\s+type\b[^'";]*?\bfrom\s*|\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\.resolve)?\s*\(\s*)(['"])(?:@[\w.-]+\/)?[a-zA-Z0-9][\w.-]*(?:\/[^'"\n]*)?\1/;
const NAME = /(['"])((?:@[\w.-]+\/)?[\w.-]+)[^'"]*\1$/;
const TESTS =
	/(?:^|\/)(?:__tests__|__mocks__|tests?|e2e|cypress|playwright|\.storybook|stories|benchmarks?)\/|[.-](?:test|spec|stories|bench|e2e)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/;
/** Read by tools of development; some servers read theirs while they run. */
const TOOL_FILES = /(?:^|\/)(?:[\w.-]*\.config|\.[\w-]+rc|[gG]ulpfile|[gG]runtfile|scripts\/.*)(?:\.[cm]?[jt]sx?)$/;

/** @param packages the app and the packages of the repository that it needs */
export function rootDependencies(source: FileIndex, root: Manifest | undefined, packages: readonly Member[]): RootDependencies {
	if (root === undefined || packages.every(({ folder }) => folder === '')) return NONE;
	const production = new Set(productionDependencies(root.json));
	const named = new Set(Object.keys(allDependencies(root.json)));
	const first = new Map<string, Found>();
	for (const each of packages) for (const [name, found] of imports(source, each, named)) if (!first.has(name)) first.set(name, found);
	const shipped = [...first].filter(([name]) => production.has(name));
	const missing = [...first].filter(([name, { path }]) => !production.has(name) && !TOOL_FILES.test(path));
	return {
		names: shipped.map(([name]) => name).sort(),
		reasons: shipped.map(([name, found]) => ({
			...at(found),
			says: `${name} is shipped: ${found.path} imports it, and only package.json in the root names it`,
		})),
		warnings: missing.map(([name, found]) => ({
			...at(found),
			says: `${found.path} imports ${name}, which only "devDependencies" in the root name: unless the build bundles it, it is not in the image; name it in "dependencies" of the package`,
		})),
	};
}

function at({ path, line }: Found): Pick<Reason, 'file' | 'line'> {
	return { file: path, line };
}

/** The first import of each name that the root has and the package does not. */
function imports(source: FileIndex, { folder, manifest }: Member, named: ReadonlySet<string>): ReadonlyMap<string, Found> {
	const { json } = manifest;
	const own = new Set([...Object.keys({ ...allDependencies(json), ...json.peerDependencies }), json.name]);
	const wanted = [...named].filter((name) => !own.has(name));
	const found = new Map<string, Found>();
	if (wanted.length === 0) return found;
	for (const each of scan(subfolder(source, folder), IMPORT, { total: Number.POSITIVE_INFINITY })) {
		const name = NAME.exec(each.text)?.[2] ?? '';
		if (/\bimport\s+type\b/.test(each.text) || found.has(name) || own.has(name) || !named.has(name) || TESTS.test(each.path)) continue;
		found.set(name, { ...each, path: `${folder}/${each.path}` });
	}
	return found;
}
