/** SQLite files that addresses name: `sqlite:///app.db`, `sqlite+aiosqlite:///./x.db`, `sqlite://db.sqlite3`. */
import { posix } from 'node:path';
import { type CodeRules, namesIn } from '../../../src/builder/writable/code.js';
import { literalPath, type Names } from '../../../src/builder/writable/expression.js';
import type { FoundPlace } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type Dependencies, has } from '../dependencies.js';
import type { WritableQuestion } from './index.js';

const URL = /[fFrR]?(?:"sqlite(?:\+\w+)?:\/\/(\/?)([^"\n]*)"|'sqlite(?:\+\w+)?:\/\/(\/?)([^'\n]*)')(?:\s*\+\s*([^\n]+))?/g;
const LIMIT = 256 * 1024;

export function databasePlaces({ source, start, dependencies }: WritableQuestion, rules: CodeRules): readonly FoundPlace[] {
	const files = source.files.filter(({ path, size, type }) => type === 'file' && size <= LIMIT && rules.files.test(path) && rules.isOwn(path));
	return files.flatMap(({ path: file }) => {
		const text = source.text(file) ?? '';
		if (!text.includes('sqlite')) return [];
		const names = namesIn(text, rules.assignment);
		return [...text.matchAll(URL)].flatMap((match): FoundPlace[] => {
			const found = fileOf(match[2] ?? match[4] ?? '', match[5], names);
			if (found === undefined) return [];
			const own = found.from === 'file' && !found.path.startsWith('/') ? posix.join(rules.folderOf(file), found.path) : found.path;
			const path = found.from === 'cwd' && inInstance(text, own, source, dependencies) ? posix.join(instanceOf(start, rules), own) : own;
			const line = text.slice(0, match.index).split('\n').length;
			return [{ path, kind: 'file', reason: { file, line, says: `the SQLite database ${path} of ${file}` } }];
		});
	});
}

/** What stands behind the slashes: a path, `{BASE / "x.db"}`, or nothing and then a sum. */
function fileOf(content: string, added: string | undefined, names: Names) {
	const plain = content.replace(/\?.*$/, '');
	if (plain === '' && added !== undefined) return literalPath(added, names);
	const [, expression, rest = ''] = /^\{([^{}]+)\}([^{}]*)$/.exec(plain) ?? [];
	if (expression !== undefined) {
		const base = literalPath(expression, names);
		return base === undefined ? undefined : { from: base.from, path: `${base.path}${rest}` };
	}
	return plain === '' || plain === '/' || /:memory:|[{}*]/.test(plain) ? undefined : { from: 'cwd' as const, path: plain };
}

/** Flask-SQLAlchemy 3 puts relative files into the instance folder (https://flask-sqlalchemy.readthedocs.io/en/stable/config/). */
function inInstance(text: string, path: string, source: FileIndex, dependencies: Dependencies): boolean {
	if (path.startsWith('/') || !has(dependencies, 'flask-sqlalchemy') || !/SQLALCHEMY_(?:DATABASE_URI|BINDS)/.test(text)) return false;
	const pin = dependencies.pins.find(({ name }) => name === 'flask-sqlalchemy')?.pin;
	return !/^[012]\./.test(pin ?? '') && source.files.length > 0;
}

function instanceOf({ roots, folder }: WritableQuestion['start'], { folderOf }: CodeRules): string {
	const [root = folder] = roots;
	return posix.join(folderOf(posix.join(root, 'x')), 'instance');
}
