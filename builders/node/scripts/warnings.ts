/** What a plan says of scripts: those that ask git, those that nothing runs. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { PackageManager } from '../package-managers/contract.js';
import type { Member } from '../workspaces.js';
import type { PackageScript } from './order.js';
import { reachableScripts } from './reachable.js';

/** Names under which projects write the sources that a build needs. */
const GENERATES = /^(?:codegen|generate|gen)(?::|$)/;
/** A developer runs these by hand, and commits what they write. */
const BY_HAND = /\b(?:drizzle-kit|plop|hygen|migrat\w*|scaffold\w*|changelog|nuxt|prisma)\b/;
const ASKS_GIT = /(?:^|[\s"'`(&|;])git\s+(?:rev-parse|describe|log|show|branch|diff|rev-list|status|tag|symbolic-ref|ls-files)\b/;
const GIT_ADVICE = 'there is no .git where the build runs: pass what it asks for, e.g. --build-env GIT_SHA="$(git rev-parse HEAD)"';

export function scriptWarnings(root: FileIndex, scripts: readonly PackageScript[], manager: PackageManager, packages: readonly Member[]): readonly Reason[] {
	return packages.flatMap((each) => {
		const asked = scripts.filter(({ folder }) => folder === each.folder).map(({ script }) => script);
		const running = reachableScripts(each.manifest.json.scripts, asked, runsPrePost(manager));
		return [...gitWarnings(each, running), ...configWarnings(root, each, running), ...aroundWarnings(each, running, manager), ...unusedWarnings(each, running)];
	});
}

function runsPrePost({ id }: PackageManager): boolean {
	return id !== 'yarn-berry';
}

function gitWarnings({ manifest }: Member, running: ReadonlySet<string>): readonly Reason[] {
	return [...running]
		.filter((name) => ASKS_GIT.test(manifest.json.scripts[name] ?? ''))
		.map((name) => ({ file: manifest.file, line: manifest.lineOf('scripts', name), says: `script "${name}" asks git, and ${GIT_ADVICE}` }));
}

/** A configuration that a build reads may ask, too. */
function configWarnings(root: FileIndex, { folder }: Member, running: ReadonlySet<string>): readonly Reason[] {
	if (running.size === 0) return [];
	const prefix = folder === '' ? '' : `${folder}/`;
	return root.files
		.map(({ path }) => path)
		.filter((path) => path.startsWith(prefix) && /^[\w.-]+\.config\.[cm]?[jt]s$/.test(path.slice(prefix.length)))
		.flatMap((file) => {
			const text = root.text(file) ?? '';
			const at = text.search(ASKS_GIT);
			return at < 0 ? [] : [{ file, line: text.slice(0, at + 1).split('\n').length, says: `${file} asks git, and ${GIT_ADVICE}` }];
		});
}

function aroundWarnings({ manifest }: Member, running: ReadonlySet<string>, manager: PackageManager): readonly Reason[] {
	if (runsPrePost(manager)) return [];
	return [...running]
		.flatMap((name) => [`pre${name}`, `post${name}`])
		.filter((name) => manifest.json.scripts[name] !== undefined && !running.has(name))
		.map((name) => ({
			file: manifest.file,
			line: manifest.lineOf('scripts', name),
			says: `script "${name}" is not run: Yarn 2 and later run no script for its name alone; call it from the other`,
		}));
}

function unusedWarnings({ manifest }: Member, running: ReadonlySet<string>): readonly Reason[] {
	const { scripts } = manifest.json;
	if (![...running].some((name) => /build/.test(name))) return [];
	return Object.keys(scripts)
		.filter((name) => GENERATES.test(name) && !running.has(name) && !BY_HAND.test(scripts[name] ?? ''))
		.filter((name) => ![...running].some((other) => (scripts[other] ?? '') === scripts[name]))
		.map((name) => ({
			file: manifest.file,
			line: manifest.lineOf('scripts', name),
			says: `script "${name}" is not run: no script that runs calls it; if the build needs what it writes, call it from "build"`,
		}));
}
