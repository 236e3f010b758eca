/** Recipes of a Makefile, with the variables that it sets to plain text: https://www.gnu.org/software/make/manual/make.html */
import { type Recipe, scriptRecipes } from './words.js';

const DEPTH = 8;

export function makefileRecipes(text: string, file: string): readonly Recipe[] {
	const lines = joined(text);
	const variables = new Map<string, string>();
	const exported = new Set<string>();
	for (const { content } of lines) {
		const [, keyword, name, value = ''] = /^(export\s+|override\s+)?([A-Za-z_]\w*)\s*(?::{1,3}|\?|\+)?=\s*(.*)$/.exec(content) ?? [];
		if (name !== undefined && !variables.has(name)) variables.set(name, value.replace(/\s+#.*$/, '').trim());
		if (name !== undefined && keyword?.startsWith('export') === true) exported.add(name);
		for (const [, names = ''] of content.matchAll(/^export\s+([\w\s]+)$/g)) for (const one of names.trim().split(/\s+/)) exported.add(one);
	}
	const env = Object.fromEntries([...exported].map((name) => [name, expanded(variables.get(name) ?? '', variables)]));
	let targets: string | undefined;
	return lines.flatMap(({ content, line }) => {
		if (!content.startsWith('\t')) {
			targets = /^([^\s:#=][^:=]*):(?!=)/.exec(content)?.[1]?.trim() ?? (content.trim() === '' ? targets : undefined);
			return [];
		}
		const command = expanded(content.replace(/^\t\s*[@+-]*/, ''), variables).replaceAll('$$', '$');
		return targets === undefined ? [] : scriptRecipes({ text: command, file, line, env, target: targets });
	});
}

function joined(text: string): readonly { readonly content: string; readonly line: number }[] {
	const out: { content: string; line: number }[] = [];
	const lines = text.split(/\r?\n/);
	for (let at = 0; at < lines.length; at++) {
		const line = at + 1;
		let content = lines[at] ?? '';
		while (content.endsWith('\\') && at + 1 < lines.length) content = `${content.slice(0, -1)} ${(lines[++at] ?? '').trim()}`;
		out.push({ content, line });
	}
	return out;
}

/** `$(NAME)` and `${NAME}`; functions and what is not set stay as they are. */
function expanded(text: string, variables: ReadonlyMap<string, string>, depth = 0): string {
	if (depth > DEPTH || text.length > 10_000) return text;
	return text.replace(/\$[({]([A-Za-z_]\w*)[)}]/g, (all, name: string) => {
		const value = variables.get(name);
		return value === undefined ? all : expanded(value, variables, depth + 1);
	});
}
