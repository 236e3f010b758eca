/** The lock file of yarn 1: https://classic.yarnpkg.com/lang/en/docs/yarn-lock/ (indented blocks that look like YAML and are not). */

export interface YarnEntry {
	/** `name@range` of everything that is resolved by it. */
	readonly patterns: readonly string[];
	readonly version: string;
	/** `name@range` of what it depends on. */
	readonly needs: readonly string[];
}

export function parseYarnLock(text: string): ReadonlyMap<string, YarnEntry> {
	const found = new Map<string, YarnEntry>();
	let entry: { patterns: readonly string[]; version: string; needs: string[] } | undefined;
	let inNeeds = false;
	for (const line of text.split(/\r?\n/)) {
		if (line === '' || line.startsWith('#')) continue;
		if (!line.startsWith(' ')) {
			entry = { patterns: line.replace(/:$/, '').split(/,\s*/).map(unquote), version: '', needs: [] };
			for (const pattern of entry.patterns) found.set(pattern, entry);
			inNeeds = false;
		} else if (entry !== undefined && !line.startsWith('    ')) {
			const [key = '', value = ''] = words(line);
			inNeeds = key === 'dependencies:' || key === 'optionalDependencies:';
			if (key === 'version') entry.version = value;
		} else if (entry !== undefined && inNeeds) {
			const [name = '', range = ''] = words(line);
			entry.needs.push(`${name}@${range}`);
		}
	}
	return found;
}

function words(line: string): readonly string[] {
	return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function unquote(text: string): string {
	return text.trim().replace(/^"(.*)"$/, '$1');
}

/** `@scope/name@^1.0.0` → `@scope/name`. */
export function nameOfPattern(pattern: string): string {
	return pattern.slice(0, pattern.indexOf('@', 1));
}
