/** setup.cfg as its readers see it (https://docs.python.org/3/library/configparser.html): values may continue on indented lines. */

export type Section = ReadonlyMap<string, string>;

/** Sections by name; keys are lower case, with `_` for `-`. */
export function parseIni(text: string): ReadonlyMap<string, Section> {
	const sections = new Map<string, Map<string, string>>();
	let section: Map<string, string> | undefined;
	let key: string | undefined;
	for (const line of text.split(/\r?\n/)) {
		if (/^\s*(?:[#;]|$)/.test(line)) continue;
		const head = /^\[([^\]]+)\]/.exec(line)?.[1];
		if (head !== undefined) {
			section = sections.get(head.trim()) ?? new Map();
			sections.set(head.trim(), section);
			key = undefined;
		} else if (/^\s/.test(line)) {
			if (section !== undefined && key !== undefined) section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim());
		} else {
			const [, name = '', value = ''] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
			key = name.trim() === '' ? undefined : name.trim().toLowerCase().replaceAll('-', '_');
			if (section !== undefined && key !== undefined) section.set(key, value.trim());
		}
	}
	return sections;
}

/** One a line, or separated by commas. */
export function iniList(value: string | undefined): readonly string[] {
	const separator = value?.includes('\n') === true ? '\n' : ',';
	return (value ?? '')
		.split(separator)
		.map((one) => one.trim())
		.filter((one) => one !== '');
}

/** `name = value` lines. */
export function iniPairs(value: string | undefined): Readonly<Record<string, string>> {
	const pairs = iniList(value).map((line) => /^([^=]*?)\s*=\s*(.*)$/.exec(line));
	return Object.fromEntries(pairs.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])));
}
