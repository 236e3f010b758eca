/** Commands of continuous integration: GitHub's workflows, GitLab's pipeline, GoReleaser, Taskfile and just. */

import type { FileIndex } from '../../source/file-index.js';
import { isRecord } from '../../source/json.js';
import { LineCounter, parseDocument } from '../../source/yaml.js';
import { type Recipe, scriptRecipes } from './words.js';

const FILES = /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|[Tt]askfile\.ya?ml|\.circleci\/config\.ya?ml)$/;
/** Keys whose text is a script, in the tools above. */
const SCRIPTS = new Set(['run', 'script', 'cmd', 'cmds', 'command']);
const SIZE_LIMIT = 256 * 1024;

export function workflowRecipes(source: FileIndex): readonly Recipe[] {
	return source.files
		.filter(({ path, type, size }) => type === 'file' && size < SIZE_LIMIT && FILES.test(path))
		.flatMap(({ path }) => inYaml(source.text(path) ?? '', path));
}

function inYaml(text: string, file: string): readonly Recipe[] {
	const lines = new LineCounter();
	try {
		const document = parseDocument(text, { lineCounter: lines, strict: false });
		return walk(document.toJS({ maxAliasCount: 100 }), {}, (script, env) => scriptRecipes({ text: script, file, line: lineOf(text, script), env }));
	} catch {
		// Another tool's file: it says nothing then.
		return [];
	}
}

type Read = (script: string, env: Readonly<Record<string, string>>) => readonly Recipe[];

function walk(value: unknown, env: Readonly<Record<string, string>>, read: Read): readonly Recipe[] {
	if (Array.isArray(value)) return value.flatMap((item) => walk(item, env, read));
	if (!isRecord(value)) return [];
	const own = { ...env, ...texts(value.env), ...texts(value.variables) };
	return Object.entries(value).flatMap(([key, item]) => {
		if (!SCRIPTS.has(key)) return walk(item, own, read);
		const all: readonly unknown[] = Array.isArray(item) ? item : [item];
		return all.flatMap((one) => (typeof one === 'string' ? read(one, own) : walk(one, own, read)));
	});
}

function texts(value: unknown): Record<string, string> {
	return isRecord(value) ? Object.fromEntries(Object.entries(value).flatMap(([name, one]) => (isRecord(one) ? [] : [[name, String(one)]]))) : {};
}

/** Where the script's first line is. */
function lineOf(text: string, script: string): number {
	const [first = ''] = script.trim().split('\n');
	return (
		Math.max(
			0,
			text.split('\n').findIndex((line) => line.includes(first.trim())),
		) + 1
	);
}
