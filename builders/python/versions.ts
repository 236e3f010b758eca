/** Versions and version specifiers of Python projects, as far as a choice between two interpreters needs them (PEP 440, Poetry's carets). */

export type Version = readonly number[];

export function parseVersion(text: string): Version {
	return (/^\d+(?:\.\d+)*/.exec(text.trim().replace(/^v/, ''))?.[0] ?? '').split('.').map(Number);
}

export function compareVersions(a: Version, b: Version): number {
	for (let at = 0; at < Math.max(a.length, b.length); at++) {
		const difference = (a[at] ?? 0) - (b[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** @param range `>=3.9,<4`, `^3.10`, `3.11.*`, alternatives joined by `||` */
export function satisfies(version: Version, range: string): boolean {
	return range.split('||').some((part) => clauses(part).every((clause) => holds(version, clause)));
}

function clauses(text: string): string[] {
	return text
		.replace(/(===?|!=|~=|>=|<=|[<>^~])\s+/g, '$1')
		.split(/[\s,]+/)
		.filter((clause) => clause !== '');
}

function holds(version: Version, clause: string): boolean {
	const [, operator = '', text = ''] = /^(===?|!=|~=|>=|<=|>|<|\^|~)?(.*)$/.exec(clause) ?? [];
	if (text === '*' || text === '') return true;
	const wanted = parseVersion(text);
	const order = compareVersions(version, wanted);
	const within = compareVersions(version.slice(0, wanted.length), wanted) === 0;
	switch (operator) {
		case '>=':
			return order >= 0;
		case '<=':
			return order <= 0 || within;
		case '>':
			return order > 0 && !within;
		case '<':
			return order < 0;
		case '!=':
			return !(text.includes('*') ? within : order === 0);
		case '^':
			return order >= 0 && version[0] === wanted[0];
		case '~':
			return order >= 0 && startsAlike(version, wanted, Math.min(2, wanted.length));
		case '~=':
			return order >= 0 && startsAlike(version, wanted, wanted.length - 1);
		default:
			// A patch release is no promise: the line counts.
			return startsAlike(version, wanted, Math.min(2, wanted.length));
	}
}

function startsAlike(a: Version, b: Version, length: number): boolean {
	return compareVersions(a.slice(0, length), b.slice(0, length)) === 0;
}
