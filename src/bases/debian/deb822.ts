/** deb822 stanzas: `Field: value` with continuation lines (Debian Policy, section 5.1; deb822(5)). */

/** Field names in lower case. */
export type Stanza = ReadonlyMap<string, string>;

export function parseStanza(text: string): Stanza {
	const fields = new Map<string, string>();
	let current: string | undefined;
	for (const line of text.split('\n')) {
		if (line.startsWith('#')) continue;
		const colon = line.indexOf(':');
		if (/^[ \t]/.test(line)) {
			if (current !== undefined) fields.set(current, `${fields.get(current)}\n${line.trim()}`);
		} else if (colon > 0) {
			current = line.slice(0, colon).toLowerCase();
			fields.set(current, line.slice(colon + 1).trim());
		}
	}
	return fields;
}

export function parseStanzas(text: string): readonly Stanza[] {
	return text
		.split(/\n[ \t]*\n+/)
		.map(parseStanza)
		.filter((stanza) => stanza.size > 0);
}
