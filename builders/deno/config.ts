/** deno.json and deno.jsonc: https://docs.deno.com/runtime/fundamentals/configuration/ */
import type { FileIndex } from '../../src/source/file-index.js';
import { isRecord, type LocatedJson } from '../../src/source/json.js';
import { parseJsonc } from '../../src/source/jsonc.js';

export interface DenoConfig {
	readonly file: string;
	/** Command lines by name. */
	readonly tasks: Readonly<Record<string, string>>;
	readonly lineOf: LocatedJson['lineOf'];
}

export function configFile(source: FileIndex): string | undefined {
	return source.first('deno.json', 'deno.jsonc');
}

/** @throws TareError MANIFEST_INVALID */
export function readConfig(source: FileIndex): DenoConfig {
	const file = configFile(source) ?? 'deno.json';
	const text = source.text(file) ?? '{}';
	const { value, lineOf } = parseJsonc(text, file);
	const written = isRecord(value) && isRecord(value.tasks) ? value.tasks : {};
	const tasks = Object.entries(written).flatMap(([name, task]): [string, string][] => {
		const command = isRecord(task) ? task.command : task;
		return typeof command === 'string' ? [[name, command]] : [];
	});
	return { file, tasks: Object.fromEntries(tasks), lineOf };
}
