/** What a task runner of the repository (Turborepo, Nx) runs before a script: read from its configuration, so that the runner need not run. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parseJsonc } from '../../../src/source/jsonc.js';
import { isRecord } from '../manifest.js';

export interface DependsOn {
	/** `^build`, `codegen`, `//#prepare`, `api#generate`. */
	readonly on: readonly string[];
	readonly reason: Reason;
}

/** What has to run before the script of the package in that folder. */
export type TaskGraph = (folder: string, name: string | undefined, script: string) => DependsOn | undefined;

type Group = Readonly<Record<string, unknown>>;

export function readTaskGraph(source: FileIndex): TaskGraph {
	return (folder, name, script) => turbo(source, folder, name, script) ?? nx(source, folder, script);
}

/** https://turborepo.com/docs/reference/configuration#dependson: the package's own file first, then the root's `name#task`, then `task`. */
function turbo(source: FileIndex, folder: string, name: string | undefined, script: string): DependsOn | undefined {
	for (const place of new Set([folder, ''])) {
		const file = source.first(inside(place, 'turbo.json'), inside(place, 'turbo.jsonc'));
		const settings = file === undefined ? {} : read(source, file);
		const tasks = group(settings.tasks ?? settings.pipeline);
		const keys = [...(name === undefined ? [] : [`${name}#${script}`]), ...(folder === '' ? [`//#${script}`] : []), script];
		for (const key of keys) {
			const on = group(tasks[key]).dependsOn;
			if (file !== undefined && Array.isArray(on)) return depends(source, file, key, strings(on));
		}
	}
	return undefined;
}

/** https://nx.dev/reference/nx-json#target-defaults: the project's own targets, then the defaults. */
function nx(source: FileIndex, folder: string, script: string): DependsOn | undefined {
	const places: readonly (readonly [file: string, targets: (json: Group) => unknown])[] = [
		[inside(folder, 'project.json'), ({ targets }) => targets],
		[inside(folder, 'package.json'), (json) => group(json.nx).targets],
		['nx.json', ({ targetDefaults }) => targetDefaults],
	];
	for (const [file, targets] of places) {
		const on = source.has(file) ? group(group(targets(read(source, file)))[script]).dependsOn : undefined;
		if (Array.isArray(on)) return depends(source, file, script, on.flatMap(nxDependency));
	}
	return undefined;
}

function nxDependency(each: unknown): readonly string[] {
	if (typeof each === 'string') return [each.replace(/^([^:^]+):([^:]+)$/, '$1#$2')];
	if (!isRecord(each) || typeof each.target !== 'string') return [];
	if (each.dependencies === true || each.projects === 'dependencies') return [`^${each.target}`];
	const projects = typeof each.projects === 'string' ? [each.projects] : strings(each.projects);
	return projects.length === 0 || projects.includes('self') ? [each.target] : projects.map((project) => `${project}#${each.target}`);
}

function depends(source: FileIndex, file: string, key: string, on: readonly string[]): DependsOn {
	const text = source.text(file) ?? '';
	const at = text.indexOf(`"${key}"`);
	return {
		// Variables are no tasks.
		on: on.filter((each) => !each.startsWith('$')),
		reason: { file, ...(at >= 0 && { line: text.slice(0, at).split('\n').length }), says: `"${key}" depends on ${on.join(', ')}` },
	};
}

function read(source: FileIndex, file: string): Group {
	try {
		return group(parseJsonc(source.text(file) ?? '', file).value);
	} catch {
		// The runner is a tool of development: it reports its own file.
		return {};
	}
}

function inside(folder: string, file: string): string {
	return folder === '' ? file : `${folder}/${file}`;
}

function group(value: unknown): Group {
	return isRecord(value) ? value : {};
}

function strings(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
