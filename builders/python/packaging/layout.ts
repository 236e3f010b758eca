/** Where a project's packages are, as its build backend is told; and whether that backend has to build them. */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { at, list, readToml, type Table, table, text, texts } from '../toml.js';
import { readSetupCfg, readSetupPy, type SetupFile } from './setup-files.js';

export interface Layout {
	/** Folders of the source from which the packages are imported, '' for the source itself. */
	readonly roots: readonly string[];
	/** Why files alone do not make the package. */
	readonly builds?: string;
}

type Reader = (toml: Table, source: FileIndex) => Layout;

const BACKENDS: readonly (readonly [RegExp, Reader])[] = [
	[/^(?:setuptools\.build_meta\b|$)/, setuptools],
	[/^hatchling\b/, hatchling],
	[/^(?:poetry\.core|poetry\.masonry|poetry_dynamic_versioning)\b/, poetry],
	[/^uv_build\b/, uvBuild],
	[/^pdm\.(?:backend|pep517)\b/, pdm],
	[/^flit(?:_core)?\b/, flit],
];

export function layoutOf(toml: Table, source: FileIndex): Layout {
	const system = at(toml, 'build-system');
	if (system['backend-path'] !== undefined) return { roots: usual(source), builds: 'the project has a build backend of its own' };
	const backend = text(system['build-backend']) ?? (Object.keys(at(toml, 'tool', 'poetry')).length > 0 ? 'poetry.core' : '');
	const reader = BACKENDS.find(([name]) => name.test(backend))?.[1];
	return reader === undefined ? { roots: usual(source), builds: `${backend} builds the project` } : reader(toml, source);
}

/** `src` where it holds packages, else the source itself. */
function usual(source: FileIndex): readonly string[] {
	return source.has('src/__init__.py') || !source.files.some(({ path }) => path.startsWith('src/')) ? [''] : ['src'];
}

function withDefault(roots: readonly string[], source: FileIndex): readonly string[] {
	const clean = [...new Set(roots.map(normal))];
	return clean.length === 0 ? usual(source) : clean;
}

function normal(folder: string): string {
	const path = posix.normalize(folder).replace(/\/$/, '');
	return path === '.' ? '' : path;
}

function setuptools(toml: Table, source: FileIndex): Layout {
	const own = at(toml, 'tool', 'setuptools');
	const files = [readSetupCfg(source), setupPy(toml, source)].filter((one) => one !== undefined);
	const dirs: Record<string, unknown> = Object.assign({}, ...files.map((one) => one.packageDir), own['package-dir']);
	const { '': all, ...named } = dirs;
	const where = [...files.flatMap((one) => one.where), ...texts(at(own, 'packages', 'find').where)];
	// `{"a.b": "lib/a/b"}` is a place, `{"a": "lib/x"}` another name.
	const renamed = Object.entries(named).find(([name, folder]) => !`/${normal(String(folder))}`.endsWith(`/${name.replaceAll('.', '/')}`));
	const places = Object.entries(named).map(([name, folder]) => normal(String(folder)).slice(0, -name.length).replace(/\/$/, ''));
	const special = ['ext-modules', 'cmdclass', 'data-files'].find((key) => own[key] !== undefined);
	const written = text(at(toml, 'tool', 'setuptools_scm').version_file) ?? text(at(toml, 'tool', 'setuptools_scm').write_to);
	const builds =
		(special === undefined ? undefined : `[tool.setuptools] has ${special}`) ??
		(written === undefined ? undefined : `setuptools-scm writes ${written}`) ??
		(renamed === undefined ? undefined : `package-dir gives ${String(renamed[1])} the name ${renamed[0]}`) ??
		files.map((one) => one.unread).find((one) => one !== undefined);
	const roots = withDefault([...(typeof all === 'string' ? [all] : []), ...where, ...(renamed === undefined ? places : [])], source);
	return { roots, ...(builds !== undefined && { builds }) };
}

/** Beside `[project]` it adds what cannot be said there; its metadata does not count. */
function setupPy(toml: Table, source: FileIndex): SetupFile | undefined {
	const setup = readSetupPy(source);
	if (setup === undefined || Object.keys(at(toml, 'project')).length === 0) return setup;
	const isMetadata = /has (?:version|entry_points)$/.test(setup.unread ?? '');
	const { unread, ...rest } = setup;
	return isMetadata || unread === undefined ? rest : { ...rest, unread };
}

function hatchling(toml: Table, source: FileIndex): Layout {
	const hatch = { ...at(toml, 'tool', 'hatch'), ...(readToml(source, 'hatch.toml') ?? {}) };
	const [build, wheel] = [at(hatch, 'build'), at(hatch, 'build', 'targets', 'wheel')];
	const hook = [...Object.keys(at(build, 'hooks')), ...Object.keys(at(wheel, 'hooks')), ...Object.keys(at(hatch, 'metadata', 'hooks'))][0];
	const forced = [build, wheel].some((one) => Object.keys(at(one, 'force-include')).length > 0 || Object.keys(at(one, 'shared-data')).length > 0);
	const sources = wheel.sources ?? build.sources;
	const moved = Object.entries(table(sources)).find(([, to]) => to !== '');
	const builds =
		(hook === undefined ? undefined : `hatchling runs the hook "${hook}"`) ??
		(forced ? 'hatchling puts further files into the package' : undefined) ??
		(moved === undefined ? undefined : `hatchling gives ${moved[0]} the name ${String(moved[1])}`);
	const packages = texts(wheel.packages ?? build.packages).map((one) => posix.dirname(one));
	const roots = [...packages, ...texts(sources), ...Object.entries(table(sources)).flatMap(([from, to]) => (to === '' ? [from] : []))];
	return { roots: withDefault([...roots, ...texts(build['dev-mode-dirs'])], source), ...(builds !== undefined && { builds }) };
}

function poetry(toml: Table, source: FileIndex): Layout {
	const own = at(toml, 'tool', 'poetry');
	const packages = list(own.packages).map(table);
	const moved = packages.find((one) => text(one.to) !== undefined);
	const builds =
		own.build !== undefined
			? 'Poetry runs a build script'
			: moved === undefined
				? undefined
				: `Poetry puts ${text(moved.include) ?? ''} into ${text(moved.to)}`;
	return {
		roots: withDefault(
			packages.map((one) => text(one.from) ?? ''),
			source,
		),
		...(builds !== undefined && { builds }),
	};
}

function uvBuild(toml: Table): Layout {
	const own = at(toml, 'tool', 'uv', 'build-backend');
	const builds = Object.keys(at(own, 'data')).length > 0 ? { builds: 'uv_build puts further files into the package' } : {};
	return { roots: [normal(text(own['module-root']) ?? 'src')], ...builds };
}

function pdm(toml: Table, source: FileIndex): Layout {
	const build = at(toml, 'tool', 'pdm', 'build');
	const hook = build['custom-hook'] ?? build['run-setuptools'] ?? build['setup-script'] ?? (source.has('pdm_build.py') ? 'pdm_build.py' : undefined);
	const written = text(at(toml, 'tool', 'pdm', 'version').write_to);
	const builds = hook !== undefined ? 'PDM runs a build hook' : written === undefined ? undefined : `PDM writes ${written}`;
	const folder = text(build['package-dir']) ?? text(at(toml, 'tool', 'pdm')['package-dir']);
	return { roots: withDefault(folder === undefined ? [] : [folder], source), ...(builds !== undefined && { builds }) };
}

function flit(toml: Table, source: FileIndex): Layout {
	const external = at(toml, 'tool', 'flit', 'external-data').directory !== undefined;
	return { roots: usual(source), ...(external && { builds: 'flit puts further files into the package' }) };
}
