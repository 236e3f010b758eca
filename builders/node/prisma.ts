/** Prisma's client is generated from the schema; an installation with the schema at hand would do it, ours runs apart from the source. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseJson } from '../../src/source/json.js';
import { allDependencies, isRecord, type Manifest } from './manifest.js';

export interface PrismaStep {
	readonly reason: Reason;
	/** The schema, where `prisma generate` would not look for it. */
	readonly args: readonly string[];
}

/** Where `prisma generate` looks by itself: https://www.prisma.io/docs/orm/prisma-schema/overview/location */
const SCHEMAS = ['prisma/schema.prisma', 'schema.prisma'];
const CONFIG = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].flatMap((extension) => [`prisma.config.${extension}`, `.config/prisma.${extension}`]);
/** Folders of a schema in several files. */
const FOLDERS = ['prisma/schema', 'prisma/models', 'prisma', 'schema'];

/**
 * Why to run `prisma generate` in a package, where no script that runs does.
 * @param source the package's folder @param root manifest of the repository, whose tools the package can use @param runs text of the scripts that the build runs
 */
export function needsPrismaGenerate(source: FileIndex, manifest: Manifest | undefined, root?: Manifest, runs: readonly string[] = []): PrismaStep | undefined {
	if (manifest === undefined) return undefined;
	const dependencies = { ...allDependencies(root?.json ?? manifest.json), ...allDependencies(manifest.json) };
	if (dependencies['@prisma/client'] === undefined || dependencies.prisma === undefined) return undefined;
	const schema = schemaOf(source);
	if (schema === undefined || runs.some((script) => /\bprisma\s+(?:\S+\s+)*?generate\b/.test(script))) return undefined;
	return {
		reason: { file: prefixed(manifest, schema.file), says: 'the client is generated from the schema, as installing @prisma/client does' },
		args: schema.named ? ['--schema', schema.file] : [],
	};
}

/** `named` where the path has to be given. */
function schemaOf(source: FileIndex): { readonly file: string; readonly named: boolean } | undefined {
	const found = source.first(...CONFIG.filter((file) => /\bschema\s*:/.test(source.text(file) ?? ''))) ?? (keyOfManifest(source) ? 'package.json' : undefined);
	const file = found ?? source.first(...SCHEMAS);
	if (file !== undefined) return { file, named: false };
	const folder = FOLDERS.find((each) => source.files.some(({ path }) => path.startsWith(`${each}/`) && /^[^/]+\.prisma$/.test(path.slice(each.length + 1))));
	return folder === undefined ? undefined : { file: folder, named: true };
}

/** `"prisma": { "schema": "db/schema.prisma" }` */
function keyOfManifest(source: FileIndex): boolean {
	const json = parseJson(source.text('package.json') ?? '{}', 'package.json').value;
	return isRecord(json) && isRecord(json.prisma) && typeof json.prisma.schema === 'string';
}

function prefixed({ file }: Manifest, path: string): string {
	return file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/${path}` : path;
}
