/** A dependency as Poetry and Pipenv write it becomes a requirement line (https://python-poetry.org/docs/dependency-specification/). */
import { list, table, text, texts } from './toml.js';
import { parseVersion } from './versions.js';

/** Undefined for optional ones, and for Python itself. */
export function requirementLine(name: string, value: unknown): string | undefined {
	const spec = table(list(value)[0] ?? value);
	if (name === 'python' || spec.optional === true) return undefined;
	const extras = texts(spec.extras);
	const label = extras.length === 0 ? name : `${name}[${extras.join(',')}]`;
	const marker = text(spec.markers);
	const condition = marker === undefined ? '' : ` ; ${marker}`;
	const git = text(spec.git);
	const revision = text(spec.rev) ?? text(spec.ref) ?? text(spec.tag) ?? text(spec.branch);
	if (git !== undefined) return `${label} @ git+${git}${revision === undefined ? '' : `@${revision}`}${condition}`;
	const path = text(spec.path) ?? text(spec.file);
	if (path !== undefined) return path.startsWith('.') ? path : `./${path}`;
	const url = text(spec.url);
	if (url !== undefined) return `${label} @ ${url}${condition}`;
	return `${label}${specifier(text(value) ?? text(spec.version) ?? '*')}${condition}`;
}

/** `^1.2` → `>=1.2,<2`; `1.2` → `==1.2`. */
function specifier(range: string): string {
	const [first = ''] = range.split('||');
	return first
		.split(',')
		.map((clause) => translate(clause.trim()))
		.filter((clause) => clause !== '')
		.join(',');
}

function translate(clause: string): string {
	if (clause === '*' || clause === '') return '';
	if (clause.startsWith('^')) return `>=${clause.slice(1)},<${afterCaret(clause.slice(1))}`;
	if (/^~(?!=)/.test(clause)) return `>=${clause.slice(1)},<${afterTilde(clause.slice(1))}`;
	return /^[\d]/.test(clause) ? `==${clause}` : clause.replace(/\s+/g, '');
}

/** The left-most number that is not zero stays. */
function afterCaret(version: string): string {
	const parts = parseVersion(version);
	const kept = parts.findIndex((part) => part !== 0);
	const place = kept === -1 ? parts.length - 1 : kept;
	return parts.map((part, at) => (at < place ? part : at === place ? part + 1 : 0)).join('.');
}

function afterTilde(version: string): string {
	const [major = 0, minor] = parseVersion(version);
	return minor === undefined ? `${major + 1}` : `${major}.${minor + 1}`;
}
