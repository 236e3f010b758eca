/** deno.json and deno.jsonc: https://docs.deno.com/runtime/fundamentals/configuration/ */
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { withoutComments } from '../../src/source/jsonc.js';

export interface DenoConfig {
	readonly file: string;
	/** Command lines by name. */
	readonly tasks: Readonly<Record<string, string>>;
	readonly lineOf: (text: string) => number;
}

export function configFile(source: FileIndex): string | undefined {
	return source.first('deno.json', 'deno.jsonc');
}

/** @throws TareError MANIFEST_INVALID */
export function readConfig(source: FileIndex): DenoConfig {
	const file = configFile(source) ?? 'deno.json';
	const text = source.text(file) ?? '{}';
	let value: { tasks?: Record<string, unknown> };
	try {
		value = JSON.parse(withoutComments(text)) as typeof value;
	} catch (cause) {
		throw new TareError('MANIFEST_INVALID', `${file} is not valid JSON: ${String(cause)}`, { at: { file }, hint: '`deno fmt` shows where.', cause });
	}
	const tasks = Object.entries(value.tasks ?? {}).flatMap(([name, task]): [string, string][] => {
		const command = typeof task === 'object' && task !== null && 'command' in task ? task.command : task;
		return typeof command === 'string' ? [[name, command]] : [];
	});
	return { file, tasks: Object.fromEntries(tasks), lineOf: (part) => text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length };
}
