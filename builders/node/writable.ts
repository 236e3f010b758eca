/** Where a Node app writes: calls of its code, and the places of frameworks. */
import { posix } from 'node:path';
import type { WritablePlace } from '../../src/builder/contract.js';
import { type CodeRules, writtenPlaces } from '../../src/builder/writable/code.js';
import { JAVASCRIPT_ASSIGNMENT, JAVASCRIPT_CALLS } from '../../src/builder/writable/javascript.js';
import { type FoundPlace, placesOf } from '../../src/builder/writable/places.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { allDependencies, type Manifest, productionDependencies } from './manifest.js';

/** What frameworks and stores write without a call in the app's code. */
const FRAMEWORKS: readonly (readonly [dependency: string, path: string, kind: FoundPlace['kind'], what: string])[] = [
	['next', '.next/cache', 'folder', 'Next.js keeps optimized images and pages there'],
	['@strapi/strapi', '.tmp', 'folder', 'Strapi keeps its SQLite database there'],
	['@strapi/strapi', 'public/uploads', 'folder', 'Strapi keeps uploads there'],
	['session-file-store', 'sessions', 'folder', 'session-file-store keeps sessions there'],
];

/** Tests, tools and what only the build runs. */
const NOT_LOADED =
	/(?:^|\/)(?:tests?|__tests__|e2e|spec|scripts?|tools?|seeds?|seeders?|bench(?:marks?)?|examples?|docs?|stories|\.[\w-]+)\/|\.(?:test|spec|stories|config)\.[cm]?[jt]sx?$|(?:^|\/)(?:gulpfile|gruntfile|webpack[\w.]*|rollup[\w.]*|vite[\w.]*|build|seed|generate[\w-]*|make[\w-]*)\.[cm]?[jt]s$/i;

export interface WritableQuestion {
	readonly source: FileIndex;
	readonly manifest: Manifest | undefined;
	/** Absolute folder in the image. */
	readonly workingDir: string;
	/** The file that the build makes of a source file, where it does. */
	readonly compiled: (path: string) => string | undefined;
	/** Files that scripts of the build run. */
	readonly builds: readonly string[];
}

export function writablePlaces({ source, manifest, workingDir, compiled, builds }: WritableQuestion): readonly WritablePlace[] {
	const rules: CodeRules = {
		files: /\.[cm]?[jt]s$/,
		assignment: JAVASCRIPT_ASSIGNMENT,
		calls: JAVASCRIPT_CALLS,
		folderOf: (path) => posix.dirname(compiled(path) ?? path),
		isOwn: (path) => !NOT_LOADED.test(path) && !builds.includes(path),
	};
	const found = [...writtenPlaces(source, rules), ...(manifest === undefined ? [] : [...frameworkPlaces(manifest), ...prismaPlaces(source, manifest)])];
	return placesOf(found, workingDir, (path) => isShipped(path, source));
}

function frameworkPlaces({ file, json, lineOf }: Manifest): readonly FoundPlace[] {
	const production = new Set(productionDependencies(json));
	return FRAMEWORKS.filter(([dependency]) => production.has(dependency)).map(([dependency, path, kind, what]) => ({
		path,
		kind,
		reason: { file, line: lineOf('dependencies', dependency), says: what },
	}));
}

/** `url = "file:./dev.db"`: relative to the schema. */
function prismaPlaces(source: FileIndex, { json }: Manifest): readonly FoundPlace[] {
	const schema = source.first('prisma/schema.prisma', 'schema.prisma');
	const text = schema === undefined || allDependencies(json)['@prisma/client'] === undefined ? '' : (source.text(schema) ?? '');
	const match = /^[^\S\n]*url\s*=\s*"file:([^"]+)"/m.exec(text);
	if (schema === undefined || match === null) return [];
	const line = text.slice(0, match.index).split('\n').length;
	return [{ path: posix.join(posix.dirname(schema), match[1] ?? ''), kind: 'file', reason: { file: schema, line, says: `the SQLite database of ${schema}` } }];
}

/** Files that keep an empty folder in version control are nothing to read. */
function isShipped(path: string, source: FileIndex): boolean {
	return source.files.some((file) => (file.path === path || file.path.startsWith(`${path}/`)) && !/(?:^|\/)\.(?:git)?(?:keep|ignore)$/.test(file.path));
}
