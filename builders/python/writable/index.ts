/** Where a Python app writes: calls of its code, databases in files, settings and frameworks with places of their own. */
import { posix } from 'node:path';
import type { WritablePlace } from '../../../src/builder/contract.js';
import { type CodeRules, type WritingCall, writtenPlaces } from '../../../src/builder/writable/code.js';
import { placesOf } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Dependencies } from '../dependencies.js';
import type { Start } from '../start.js';
import { databasePlaces } from './databases.js';
import { frameworkPlaces } from './frameworks.js';
import { methodPlaces } from './methods.js';

const SETTING = '(?:^|\\n)[ \\t]*';
const CALLS: readonly WritingCall[] = [
	{ before: /\b(?:os\.)?(?:makedirs|mkdir)\s*\(\s*(?=['"rfF(\w])/, kind: 'folder' },
	{ before: /\bshutil\.copytree\s*\(\s*[^,()]+,\s*/, kind: 'folder' },
	{ before: /\bconfig\[\s*['"](?:UPLOAD_FOLDER|UPLOADS?_DIR|UPLOADED_\w+_DEST|CACHE_DIR|SESSION_FILE_DIR)['"]\s*\]\s*=\s*/, kind: 'folder' },
	{ before: new RegExp(`${SETTING}(?:UPLOAD_FOLDER|UPLOADS?_DIR|MEDIA_ROOT|SESSION_FILE_DIR|CACHE_DIR|SESSION_FILE_PATH)\\s*=\\s*`), kind: 'folder' },
	{ before: /['"]BACKEND['"]\s*:\s*['"][\w.]*FileBasedCache['"][^}]*?['"]LOCATION['"]\s*:\s*/, kind: 'folder' },
	{ before: /\b(?:joblib\.)?Memory\s*\(\s*(?:location\s*=\s*)?(?=['"])/, kind: 'folder' },
	{ before: /\bPersistentClient\s*\(\s*(?:path\s*=\s*)?(?=['"\w])/, kind: 'folder' },
	{ before: /\bpersist_directory\s*=\s*(?=['"\w])/, kind: 'folder' },
	{ before: /\b(?:lancedb\.connect|diskcache\.(?:Fanout)?Cache|FileSystemCache)\s*\(\s*/, kind: 'folder' },
	{ before: /\bQdrantClient\s*\(\s*path\s*=\s*/, kind: 'folder' },
	{ before: /\b(?:io\.|codecs\.|aiofiles\.)?open\s*\(\s*(?=['"rfF\w])/, kind: 'file', when: /,\s*(?:mode\s*=\s*)?['"](?:[wax]|r\w?\+)/ },
	{ before: /\b(?:\w+\.)?(?:FileHandler|RotatingFileHandler|TimedRotatingFileHandler|WatchedFileHandler)\s*\(\s*(?:filename\s*=\s*)?(?=['"\w])/, kind: 'file' },
	{ before: /\bbasicConfig\s*\([^)]*?\bfilename\s*=\s*/, kind: 'file' },
	{ before: /['"]filename['"]\s*:\s*(?=['"\w][^\n]*(?:\.log|_DIR|LOG))/, kind: 'file' },
	{ before: /\blogger\.add\s*\(\s*(?=['"])/, kind: 'file' },
	{ before: /\b(?:aio)?sqlite3?\.connect\s*\(\s*(?:database\s*=\s*)?/, kind: 'file' },
	{ before: /\bduckdb\.connect\s*\(\s*(?:database\s*=\s*)?/, kind: 'file' },
	{ before: /\b(?:SqliteDatabase|SqliteExtDatabase|APSWDatabase|SqliteQueueDatabase|SqliteDict)\s*\(\s*/, kind: 'file' },
	{ before: /\bbind\s*\(\s*(?:provider\s*=\s*)?['"]sqlite['"]\s*,\s*(?:filename\s*=\s*)?/, kind: 'file' },
	{ before: /['"]ENGINE['"]\s*:\s*['"][\w.]*(?:sqlite3|spatialite)['"][^}]*?['"]NAME['"]\s*:\s*/, kind: 'file' },
	{ before: /\b(?:TinyDB|shelve\.open|dbm\.open|pickledb\.load|PickleDB|PicklePersistence)\s*\(\s*(?:filepath\s*=\s*)?(?=['"\w])/, kind: 'file' },
	{ before: /\.(?:to_csv|to_parquet|to_json|to_excel|to_pickle|savefig|write_csv|write_parquet)\s*\(\s*(?=['"])/, kind: 'file' },
	{ before: /\b(?:np|numpy)\.savez?\s*\(\s*(?=['"])/, kind: 'file' },
	{ before: /\b(?:joblib\.dump|torch\.save)\s*\(\s*[^,()]+,\s*(?=['"\w])/, kind: 'file' },
	{ before: /\bshutil\.(?:copy2?|copyfile|move)\s*\(\s*[^,()]+,\s*(?=['"\w])/, kind: 'file' },
];

/** Tests, tools, migrations, and what only a developer runs. */
const NOT_LOADED =
	/(?:^|\/)(?:tests?|testing|e2e|scripts?|tools?|migrations|alembic|docs?|examples?|notebooks?|bench(?:marks?)?|node_modules|site-packages|venv|env|fixtures|\.[^/]+)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile|fabfile|tasks|locustfile|seed\w*|train\w*|build\w*|generate\w*|pdm_build)\.py$/;

export interface WritableQuestion {
	readonly source: FileIndex;
	readonly start: Start;
	readonly dependencies: Dependencies;
	/** Absolute folder in the image. */
	readonly workingDir: string;
}

export function writablePlaces(question: WritableQuestion): readonly WritablePlace[] {
	const { source, start, workingDir } = question;
	const rules: CodeRules = {
		files: /\.py$/,
		assignment: /^[ \t]*(?:self\.)?(\w+)\s*(?::[ \t]*[\w.[\]| ]+)?[ \t]*=(?!=)[ \t]*/,
		calls: CALLS,
		folderOf: (path) => posix.relative(start.folder, posix.dirname(path)),
		isOwn: (path) => !NOT_LOADED.test(path),
	};
	const found = [...writtenPlaces(source, rules), ...methodPlaces(source, rules), ...databasePlaces(question, rules), ...frameworkPlaces(question)];
	return placesOf(
		found.filter(({ path }) => !/^~|^\/(?:home|Users|root)\//.test(path)),
		workingDir,
		(path) => isShipped(posix.join(start.folder, path), source),
	);
}

/** Files that keep an empty folder in version control are nothing to read. */
function isShipped(path: string, source: FileIndex): boolean {
	return source.files.some((file) => (file.path === path || file.path.startsWith(`${path}/`)) && !/(?:^|\/)\.(?:git)?(?:keep|ignore)$/.test(file.path));
}
