/** pyproject.toml (PEP 621), Poetry's tables, setup.cfg, setup.py: what a project says of itself. */
import type { FileIndex } from '../../src/source/file-index.js';
import { readSetupCfg, readSetupPy, type SetupFile } from './packaging/setup-files.js';
import { requirementLine } from './poetry-requirement.js';
import { at, readToml, type Table, table, text, texts } from './toml.js';
import { withMembers } from './workspace/members.js';

export interface Project {
	readonly file: string;
	readonly name?: string;
	/** As written; undefined where something else says it. */
	readonly version?: string;
	readonly requiresPython?: string;
	/** Requirement lines. */
	readonly dependencies: readonly string[];
	/** Files that hold them instead (setuptools' dynamic dependencies). */
	readonly dependencyFiles: readonly string[];
	/** Console commands: `name` → `module:function`. */
	readonly scripts: Readonly<Record<string, string>>;
	/** Entry points by group, console commands left out. */
	readonly entryPoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Made with PDM or another standard tool, or with Poetry. */
	readonly poetry: boolean;
	/** The project itself is a package that its tool would install. */
	readonly packaged: boolean;
	/** Its dependencies come from where `[tool.uv.sources]` says. */
	readonly uvSources: boolean;
	/** Line of a text in the file. */
	lineOf(part: string): number | undefined;
}

/** Undefined when pyproject.toml only configures tools, or is not there. @throws TareError MANIFEST_INVALID */
export function readProject(source: FileIndex): Project | undefined {
	const file = 'pyproject.toml';
	const toml = readToml(source, file) ?? {};
	const [project, poetry] = [at(toml, 'project'), at(toml, 'tool', 'poetry')];
	const isPoetry = Object.keys(poetry).length > 0;
	if (Object.keys(project).length === 0 && !isPoetry && Object.keys(at(toml, 'tool', 'pdm')).length === 0) return ofSetupFiles(source);
	const setup = readSetupCfg(source);
	const said = Object.keys(project).length === 0 ? setup : undefined;
	const name = text(project.name) ?? text(poetry.name) ?? said?.name;
	const version = text(project.version) ?? text(poetry.version) ?? setup?.version;
	const requiresPython = text(project['requires-python']) ?? pythonOf(poetry);
	return {
		file,
		...(name !== undefined && { name }),
		...(version !== undefined && { version }),
		...(requiresPython !== undefined && { requiresPython }),
		dependencies: withMembers(dependenciesOf(project, poetry), source),
		dependencyFiles: dynamicFiles(toml),
		scripts: { ...scriptsOf(poetry.scripts), ...scriptsOf(project.scripts) },
		entryPoints: entryPointsOf(project, poetry),
		poetry: isPoetry,
		packaged: isPackaged(toml, poetry),
		uvSources: Object.keys(at(toml, 'tool', 'uv', 'sources')).length > 0,
		lineOf: lineFinder(source.text(file) ?? ''),
	};
}

/** The older files alone. A setup.cfg that only configures tools is no project. */
function ofSetupFiles(source: FileIndex): Project | undefined {
	const files = [readSetupCfg(source), readSetupPy(source)].filter((one) => one !== undefined);
	const one = <K extends keyof SetupFile>(key: K): SetupFile[K] | undefined => files.find((file) => file[key] !== undefined)?.[key];
	const [name, version, requiresPython] = [one('name'), one('version'), one('requiresPython')];
	const file = files.find((each) => each.name !== undefined)?.file;
	if (file === undefined) return undefined;
	return {
		file,
		...(name !== undefined && { name }),
		...(version !== undefined && { version }),
		...(requiresPython !== undefined && { requiresPython }),
		dependencies: [],
		dependencyFiles: [],
		scripts: Object.assign({}, ...files.map(({ scripts }) => scripts)),
		entryPoints: Object.assign({}, ...files.map(({ entryPoints }) => entryPoints)),
		poetry: false,
		packaged: true,
		uvSources: false,
		lineOf: lineFinder(source.text(file) ?? ''),
	};
}

export function lineFinder(content: string): (part: string) => number | undefined {
	return (part) => {
		const place = content.indexOf(part);
		return place === -1 ? undefined : content.slice(0, place).split('\n').length;
	};
}

function pythonOf(poetry: Table): string | undefined {
	const python = at(poetry, 'dependencies').python;
	return text(python) ?? text(table(python).version);
}

function dependenciesOf(project: Table, poetry: Table): readonly string[] {
	const listed = texts(project.dependencies);
	if (listed.length > 0) return listed;
	return Object.entries(at(poetry, 'dependencies'))
		.map(([name, value]) => requirementLine(name, value))
		.filter((line) => line !== undefined);
}

function dynamicFiles(toml: Table): readonly string[] {
	if (!texts(at(toml, 'project').dynamic).includes('dependencies')) return [];
	const { file } = at(toml, 'tool', 'setuptools', 'dynamic', 'dependencies');
	const one = text(file);
	return one === undefined ? texts(file) : [one];
}

function scriptsOf(value: unknown): Record<string, string> {
	const pairs = Object.entries(table(value)).map(([name, target]) => [name, text(target) ?? text(table(target).callable) ?? text(table(target).reference)]);
	return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function entryPointsOf(project: Table, poetry: Table): Record<string, Record<string, string>> {
	const groups = { ...at(poetry, 'plugins'), ...at(project, 'entry-points') };
	return Object.fromEntries(Object.entries(groups).map(([group, value]) => [group, scriptsOf(value)]));
}

function isPackaged(toml: Table, poetry: Table): boolean {
	if (at(toml, 'tool', 'uv').package === false || poetry['package-mode'] === false || at(toml, 'tool', 'pdm').distribution === false) return false;
	return Object.hasOwn(toml, 'build-system') || Object.keys(poetry).length > 0 || at(toml, 'tool', 'uv').package === true;
}
