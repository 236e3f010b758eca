/** Texts of others in GitHub's Markdown: as they are, never as markup, mention or formula. */

/** Characters that could begin markup in the middle of a line. */
const MARKUP = /[\\`*_{}[\]()|<>~&@$"]|:(?=\/\/)/g;

export function plain(text: string): string {
	return text.replace(MARKUP, (character) => `&#${character.charCodeAt(0)};`).replace(/\s+/g, ' ');
}

export function code(text: string): string {
	return `<code>${plain(text)}</code>`;
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function details(summary: string, content: string): string {
	return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** At most `limit` bytes, cut after a whole line. */
export function cut(markdown: string, limit: number): string {
	if (Buffer.byteLength(markdown) <= limit) return markdown;
	const note = '\n\n</details>\n\nThe rest is left out: it is more than a summary holds.\n';
	const kept = Buffer.from(markdown)
		.subarray(0, limit - note.length)
		.toString();
	return kept.slice(0, kept.lastIndexOf('\n')) + note;
}
