/** RUN lines of a Dockerfile, with the values that ARG and ENV give: https://docs.docker.com/reference/dockerfile/ */
import { filled, type Recipe, scriptRecipes } from './words.js';

export interface Instruction {
	/** In capitals. */
	readonly name: string;
	readonly text: string;
	readonly line: number;
}

/** With continued lines and here-documents joined; line breaks stay, so that lines can be counted. */
export function dockerfileInstructions(text: string): readonly Instruction[] {
	const lines = text.split(/\r?\n/);
	const out: Instruction[] = [];
	for (let at = 0; at < lines.length; at++) {
		const from = at;
		let joined = lines[at] ?? '';
		while (/\\\s*$/.test(joined) && at + 1 < lines.length) joined += `\n${lines[++at]}`;
		const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+([\s\S]*)$/.exec(joined) ?? [];
		if (name === '') continue;
		const ends = [...rest.matchAll(/<<-?["']?(\w+)["']?/g)].map(([, word]) => word);
		let body = '';
		for (const end of ends) while (at + 1 < lines.length && lines[++at]?.trim() !== end) body += `\n${lines[at]}`;
		out.push({ name: name.toUpperCase(), text: rest + body, line: from + 1 });
	}
	return out;
}

export function dockerfileRecipes(text: string, file: string): readonly Recipe[] {
	const recipes: Recipe[] = [];
	let global: Record<string, string> = {};
	let env: Record<string, string> = {};
	for (const instruction of dockerfileInstructions(text)) {
		const { name } = instruction;
		if (name === 'FROM') {
			if (recipes.length === 0 && Object.keys(global).length === 0) global = env;
			env = {};
		} else if (name === 'ARG' || name === 'ENV') env = { ...env, ...values(instruction, { ...global, ...env }, global) };
		else if (name === 'RUN') recipes.push(...scriptRecipes({ text: scriptOf(instruction.text), file, line: instruction.line, env }));
	}
	return recipes;
}

/** `NAME=value ...`, `NAME value`, or an ARG without a value, which repeats one of before the first FROM. */
function values({ name, text }: Instruction, known: Readonly<Record<string, string>>, global: Readonly<Record<string, string>>): Record<string, string> {
	const pairs = [...text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s\\]*)/g)].map(([, key = '', value = '']) => [key, value] as const);
	const [, key = '', rest = ''] = /^([A-Za-z_]\w*)(?:\s+([^\n]*))?\s*$/.exec(text.trim()) ?? [];
	const all =
		pairs.length > 0 ? pairs : key === '' ? [] : name === 'ENV' ? [[key, rest] as const] : global[key] === undefined ? [] : [[key, global[key]] as const];
	return Object.fromEntries(all.map(([one, value]) => [one, filled(value.replace(/^(["'])([\s\S]*)\1$/, '$2'), known)]));
}

/** Without `--mount=...`; the exec form as words. */
function scriptOf(text: string): string {
	const plain = text.replace(/^(?:--[\w-]+(?:=\S+)?\s+(?:\\\s*)?)+/, '');
	if (!plain.startsWith('[')) return plain.replace(/<<-?["']?\w+["']?/g, '');
	return [...plain.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => `'${word.replaceAll("'", '')}'`).join(' ');
}
