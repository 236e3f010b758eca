/** The scripts of all packages that a build runs, in order: what installing runs in the root, then each package's own, each after what it depends on. */

import type { Reason } from '../../../src/builder/contract.js';
import { boundedPattern, escapePattern } from '../../../src/source/pattern.js';
import { lifecycleScripts, type ScriptStep, scriptStep } from '../build-script.js';
import { allDependencies, type Manifest } from '../manifest.js';
import type { Project } from '../project.js';
import { type DependsOn, readTaskGraph, type TaskGraph } from './tasks.js';

export interface PackageScript extends ScriptStep {
	readonly folder: string;
	readonly manifest: Manifest;
}

interface Package {
	readonly folder: string;
	readonly manifest: Manifest;
}

export interface OrderedScripts {
	readonly scripts: readonly PackageScript[];
	/** What a task runner would run, and no script does. */
	readonly warnings: readonly Reason[];
}

/**
 * @param wanted scripts of the packages in the order in which they are built, dependencies first
 * @returns those with what the task runner's configuration asks for before them
 */
export function orderScripts(project: Project, wanted: readonly PackageScript[]): OrderedScripts {
	const scheduler = new Scheduler(project);
	for (const script of wanted) scheduler.run(script);
	return { scripts: scheduler.scripts, warnings: scheduler.warnings };
}

class Scheduler {
	readonly scripts: PackageScript[] = [];
	readonly warnings: Reason[] = [];
	private readonly seen = new Set<string>();
	private readonly graph: TaskGraph;
	private readonly byName: ReadonlyMap<string | undefined, Package>;

	private readonly project: Project;

	constructor(project: Project) {
		const { root, rootManifest, manifest, folder, workspace } = project;
		this.project = project;
		this.graph = readTaskGraph(root);
		const app = manifest === undefined ? [] : [{ folder, manifest }];
		const named = [...app, ...workspace].map((each) => [each.manifest.json.name, each] as const);
		this.byName = new Map<string | undefined, Package>([
			...named,
			...(rootManifest === undefined ? [] : [['//', { folder: '', manifest: rootManifest }] as const]),
		]);
	}

	run(script: PackageScript): void {
		if (!this.isFirst(script, script.script)) return;
		this.runBefore(script, script.script);
		this.scripts.push(script);
	}

	private runBefore(of: Package, task: string): void {
		const depends = this.graph(of.folder, of.manifest.json.name, task);
		for (const each of depends?.on ?? [])
			for (const [other, name] of this.targets(of, each, depends as DependsOn)) this.runTask(other, name, depends as DependsOn);
	}

	/** `^build` is that of every dependency, `api#build` of one package, `build` of the same. */
	private targets(of: Package, each: string, { reason }: DependsOn): readonly (readonly [Package, string])[] {
		if (each.startsWith('^')) return dependenciesOf(of, this.byName).map((other) => [other, each.slice(1)]);
		const [, name, task] = /^(.+)#(.+)$/.exec(each) ?? [];
		if (name === undefined || task === undefined) return [[of, each]];
		const other = this.byName.get(name);
		if (other === undefined) this.warnings.push({ ...reason, says: `${reason.says}: there is no package ${name}, and ${each} is not run` });
		return other === undefined ? [] : [[other, task]];
	}

	private runTask(of: Package, task: string, { reason }: DependsOn): void {
		const { scripts } = of.manifest.json;
		if (scripts[task] !== undefined) {
			const step = scriptStep(of.manifest, task);
			this.run({ ...of, ...step, reason: { ...step.reason, says: `${step.reason.says}; ${reason.file}: ${reason.says}` } });
			return;
		}
		if (!this.isFirst(of, task)) return;
		// A task without a script still stands for what it depends on.
		this.runBefore(of, task);
		if (this.isTarget(of, task))
			this.warnings.push({ ...reason, says: `${reason.says}: ${task} of ${of.folder || 'the root'} is not a script of package.json, and is not run` });
	}

	private isFirst({ folder }: Package, task: string): boolean {
		const key = `${folder}#${task}`;
		const first = !this.seen.has(key);
		this.seen.add(key);
		return first;
	}

	/** Nx runs targets of project.json by programs of its own. */
	private isTarget({ folder }: Package, task: string): boolean {
		const text = this.project.root.text(folder === '' ? 'project.json' : `${folder}/project.json`) ?? '';
		return boundedPattern(`"${escapePattern(task)}"\\s*:\\s*\\{`).test(text);
	}
}

function dependenciesOf({ manifest }: Package, byName: ReadonlyMap<string | undefined, Package>): readonly Package[] {
	return Object.keys(allDependencies(manifest.json)).flatMap((name) => {
		const other = byName.get(name);
		return other === undefined || other.manifest === manifest ? [] : [other];
	});
}

/** What installing the whole repository runs in its root; a package alone is installed with none of it. */
export function rootScripts({ rootManifest, manifest, folder }: Project): readonly PackageScript[] {
	if (folder === '' || rootManifest === undefined || rootManifest === manifest) return [];
	return lifecycleScripts(rootManifest).map((step) => ({ ...step, folder: '', manifest: rootManifest }));
}
