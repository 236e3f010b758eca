/** Prisma's client is generated from the schema; an installation with the schema at hand would do it, ours runs apart from the source. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { allDependencies, type Manifest } from './manifest.js';

const SCHEMAS = ['prisma/schema.prisma', 'schema.prisma'];

/** The reason to run `prisma generate`, where no script of the project does. */
export function needsPrismaGenerate(source: FileIndex, manifest: Manifest | undefined): Reason | undefined {
	if (manifest === undefined) return undefined;
	const dependencies = allDependencies(manifest.json);
	const schema = source.first(...SCHEMAS);
	if (schema === undefined || dependencies['@prisma/client'] === undefined || dependencies.prisma === undefined) return undefined;
	if (Object.values(manifest.json.scripts).some((script) => /\bprisma\s+generate\b/.test(script))) return undefined;
	return { file: schema, says: 'the client is generated from the schema, as installing @prisma/client does' };
}
