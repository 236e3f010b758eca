/** The file or folder of an embedded database, from its JDBC URL. */
import type { FoundPlace } from '../../../src/builder/writable/places.js';

type Place = Pick<FoundPlace, 'path' | 'kind'>;

/** By the name of the database; each answers nothing for one in memory or on a server. */
const DATABASES: Readonly<Record<string, (rest: string) => Place | undefined>> = {
	// https://h2database.com/html/features.html#database_url: the file is data.mv.db
	h2: (rest) =>
		/^(?:mem|tcp|ssl|zip|split|classpath):/.test(rest) || rest === '' ? undefined : file(rest.replace(/^(?:file|nio|nioMapped|async):/, ''), '.mv.db'),
	sqlite: (rest) => (/^:memory:|^file::memory:|\bmode=memory\b|^:resource:/.test(rest) || rest === '' ? undefined : file(rest.replace(/^file:/, ''), '')),
	hsqldb: (rest) => (rest.startsWith('file:') ? file(rest.slice('file:'.length), '.script') : undefined),
	derby: (rest) => (/^(?:memory|classpath|jar):|^\/\//.test(rest) ? undefined : { path: plain(rest.replace(/^directory:/, '')), kind: 'folder' }),
	duckdb: (rest) => (rest === '' || rest.startsWith(':memory:') ? undefined : file(rest, '')),
};

export function databaseFile(url: string): Place | undefined {
	const [, name = '', rest = ''] = /^jdbc:(\w+):(.*)$/.exec(url) ?? [];
	const found = Object.hasOwn(DATABASES, name) ? DATABASES[name]?.(rest) : undefined;
	return found === undefined || found.path === '' || /[${}*?<>|]/.test(found.path) ? undefined : found;
}

function file(written: string, ending: string): Place {
	const path = plain(written);
	return { path: path === '' ? '' : `${path}${ending}`, kind: 'file' };
}

/** Without settings. */
function plain(written: string): string {
	return (written.split(/[;?]/, 1)[0] ?? '').replace(/^\/\/(?=\/)/, '');
}
