/** A Cargo project becomes a plan: which program, for which toolchain, what it opens at run time, how it starts. */
import type { AppTarget, BuildPlan, PlanRequest, Process, Reason } from '../../src/builder/contract.js';
import { recipesOf } from '../../src/builder/recipes/recipes.js';
import type { Outside, RuntimeFiles } from '../../src/builder/runtime-files.js';
import { execForm, namesVariable } from '../../src/builder/start-command.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { projectConfig } from './cargo-config.js';
import { chooseImagePrograms, type ImagePrograms } from './image-programs.js';
import { type Cargo, type CargoPackage, readCargo } from './manifests.js';
import { type RustRecipe, rustRecipe } from './recipe.js';
import type { RustSettings } from './settings.js';
import { findListening, rustFiles, rustRuntimeFiles } from './sources.js';
import { writablePlaces } from './writable.js';

export interface RustProgram {
	readonly name: string;
	/** Place of the binary below /app. */
	readonly binary: string;
}

export interface Linker {
	readonly name: string;
	/** As an option of the compiler: -fuse-ld. */
	readonly option?: boolean;
	readonly file: string;
	readonly line: number;
}

/** What `build` needs to know and the plan prints. */
export interface RustFacts {
	/** Folder where cargo runs. */
	readonly folder: string;
	/** How cargo is told which package: its name may be that of a crate, too. */
	readonly selects: readonly string[];
	readonly programs: readonly RustProgram[];
	/** A start command names variables. */
	readonly launches: boolean;
	readonly locked: boolean;
	readonly features: readonly string[];
	readonly noDefaultFeatures: boolean;
	readonly profile: string;
	readonly env: Readonly<Record<string, string>>;
	/** What rust-toolchain.toml or rust-version ask for. */
	readonly toolchain?: { readonly wanted: string; readonly file: string };
	/** Compiler flags of the project's own .cargo/config.toml, which ours would replace. */
	readonly rustflags: readonly string[];
	/** Linkers that the same file names. */
	readonly linkers: readonly Linker[];
	/** Becomes /app. */
	readonly workdir: string;
	readonly ships: readonly string[];
	readonly outside: readonly Outside[];
	/** The folder that the program was compiled in leads to /app. */
	readonly linked: boolean;
}

const PORT = '8080';
const ROCKET_PORT = '8000';

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | MANIFEST_INVALID */
export function planRust(request: PlanRequest): BuildPlan {
	const { source, base } = request;
	const cargo = readCargo(source, request.app);
	const programs = chooseImagePrograms(cargo, request);
	const { program, start, all } = programs;
	const local = [...new Set(all.flatMap((one) => neededPackages(cargo, one.package)))];
	const files = rustFiles(source, local, cargo.packages);
	const data = rustRuntimeFiles(
		source,
		[...new Set(all.flatMap(({ package: { folder } }) => (folder === request.app ? [folder, cargo.folder] : [cargo.folder, folder])))],
		files,
	);
	const listening = findListening(files);
	const rocket = local.some(({ dependencies }) => dependencies.includes('rocket'));
	const recipe = recipeFor(request, cargo, programs);
	const facts = factsFor(request, cargo, programs, data, recipe);
	const own = execForm(placeOf(program.name, facts), start.args, start);
	const reads = listening.reads ?? (namesVariable(start, 'PORT') ? start.reason : undefined);
	const port = rocket ? rocketPort(source, data.workdir) : reads === undefined ? listening.fixed : PORT;
	const lock: Reason = facts.locked
		? { file: 'Cargo.lock', says: 'dependencies by Cargo.lock' }
		: { says: 'there is no Cargo.lock: versions are chosen anew at every build, so images are not reproducible; commit Cargo.lock' };
	return {
		builder: 'rust',
		steps: [{ id: 'compile', command: compileCommand(facts), env: facts.env, ...(facts.folder !== '' && { cwd: facts.folder }), reasons: [program.reason] }],
		layers: [
			...(data.paths.length + data.outside.length > 0 ? [{ name: 'files', purpose: 'assets' as const, says: filesSay(data) }] : []),
			{ name: 'app', purpose: 'app', says: facts.programs.map(({ binary }) => `the program, /app/${binary}`).join(', ') },
		],
		base,
		processes: [{ type: request.process ?? 'web', command: own.command, reasons: [start.reason ?? program.reason] }, ...otherProcesses(programs, facts)],
		config: {
			WorkingDir: '/app',
			env: { ...(rocket && { ROCKET_ADDRESS: '0.0.0.0' }), ...(reads !== undefined && (!rocket || start.variables) && { PORT }), ...own.env },
			...(port !== undefined && { ExposedPorts: { [`${port}/tcp`]: {} } }),
		},
		reasons: [
			program.reason,
			...(facts.locked ? [lock] : []),
			...(rocket ? [{ says: 'Rocket listens on every address; set ROCKET_PORT for another port' }] : listening.reads === undefined ? [] : [listening.reads]),
			...data.reasons,
			...recipe.reasons,
		],
		warnings: [...(facts.locked ? [] : [lock]), ...(rocket ? [] : listening.warnings), ...data.warnings, ...recipe.warnings],
		tools: {},
		writable: writablePlaces(source, files, data.paths),
		facts: { ...facts },
	};
}

function filesSay({ paths, outside }: RuntimeFiles): string {
	return `what the program opens while it runs: ${[...paths, ...outside.map(({ to }) => `/${to}`)].join(', ')}`;
}

function placeOf(program: string, { programs }: RustFacts): string {
	return `/app/${programs.find(({ name }) => name === program)?.binary ?? ''}`;
}

function otherProcesses({ others }: ImagePrograms, facts: RustFacts): readonly Process[] {
	return others.map(({ type, program: { name, file }, start }) => ({
		type,
		command: execForm(placeOf(name, facts), start.args, start).command,
		reasons: [start.reason ?? { file, says: `program ${name}` }],
	}));
}

/** The package and those of the source that it takes by path. */
function neededPackages({ packages }: Cargo, from: CargoPackage): readonly CargoPackage[] {
	const needed = new Set([from]);
	for (const one of needed) for (const other of packages) if (one.dependencies.includes(other.name)) needed.add(other);
	return [...needed];
}

function factsFor(
	{ source, buildEnv }: PlanRequest,
	cargo: Cargo,
	{ all, program, start, others }: ImagePrograms,
	{ workdir, paths, outside, whereCompiled }: RuntimeFiles,
	{ features, noDefaultFeatures, profile, rustflags }: RustRecipe,
): RustFacts {
	const { folder } = cargo;
	const at = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
	const offline = source.files.some(({ path }) => path.startsWith('.sqlx/') || path.endsWith('sqlx-data.json') || path.includes('/.sqlx/'));
	return {
		folder,
		selects: selectorsOf([...new Set(all.map((one) => one.package))], cargo, folder),
		programs: all.map(({ name }) => ({ name, binary: paths.some((path) => path.split('/')[0] === name) ? `bin/${name}` : name })),
		launches: start.variables || others.some((other) => other.start.variables),
		locked: source.has(at('Cargo.lock')),
		// Queries are checked against what the project saved, not against a database.
		env: { ...(offline && { SQLX_OFFLINE: 'true' }), ...buildEnv },
		...wantedToolchain(source, at, program.package),
		features,
		noDefaultFeatures,
		profile,
		...projectConfig(source, at, rustflags),
		workdir,
		ships: paths,
		outside,
		linked: whereCompiled,
	};
}

/** Features of several packages are named with their package. */
function recipeFor({ source, app, settings }: PlanRequest, { packages, profiles }: Cargo, { program, all }: ImagePrograms): RustRecipe {
	const several = new Set(all.map((one) => one.package)).size > 1;
	const requires = all.flatMap((one) => one.requires.map((feature) => (several ? `${one.package.name}/${feature}` : feature)));
	return rustRecipe({
		recipes: recipesOf(source, app),
		settings: settings as RustSettings,
		program: { name: program.name, package: program.package.name, requires: [...new Set(requires)] },
		profiles,
		features: packages.find((one) => one === program.package)?.features ?? [],
	});
}

function selectorsOf(packages: readonly CargoPackage[], { defaults }: Cargo, from: string): readonly string[] {
	const [only, ...others] = packages;
	if (only === undefined || others.length > 0) return packages.flatMap(({ name }) => ['--package', name]);
	const { folder, name } = only;
	const below = from === '' ? folder : folder.slice(from.length + 1);
	// At the root of a workspace, default-members would be meant.
	if (below === '') return defaults === undefined ? [] : ['--package', name];
	return ['--manifest-path', `${below}/Cargo.toml`];
}

/** https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file */
function wantedToolchain(source: FileIndex, at: (path: string) => string, { rustVersion }: CargoPackage): Pick<RustFacts, 'toolchain'> {
	const file = source.first(at('rust-toolchain'), at('rust-toolchain.toml'));
	const text = file === undefined ? '' : (source.text(file) ?? '');
	const channel = /^[^\S\n]*channel\s*=\s*["']([^"']+)/m.exec(text)?.[1] ?? /^[^\S\n]*([\w.-]+)\s*$/.exec(text)?.[1];
	if (file !== undefined && channel !== undefined) return { toolchain: { wanted: channel, file } };
	return rustVersion === undefined ? {} : { toolchain: { wanted: rustVersion, file: at('Cargo.toml') } };
}

function rocketPort(source: FileIndex, workdir: string): string {
	const text = source.text(workdir === '' ? 'Rocket.toml' : `${workdir}/Rocket.toml`) ?? '';
	return /^[^\S\n]*port\s*=\s*(\d+)/m.exec(text)?.[1] ?? ROCKET_PORT;
}

export function compileCommand(facts: RustFacts): readonly string[] {
	const { selects, programs, locked, profile } = facts;
	const how = profile === 'release' ? ['--release'] : ['--profile', profile];
	return ['cargo', 'build', ...how, ...(locked ? ['--locked'] : []), ...selects, ...featureOptions(facts), ...programs.flatMap(({ name }) => ['--bin', name])];
}

export function featureOptions({ features, noDefaultFeatures }: Pick<RustFacts, 'features' | 'noDefaultFeatures'>): readonly string[] {
	return [...(noDefaultFeatures ? ['--no-default-features'] : []), ...(features.length > 0 ? ['--features', features.join(',')] : [])];
}

/** Where cargo puts what it makes with a profile, below the target's folder. */
export function profileFolder(profile: string): string {
	return profile === 'dev' || profile === 'test' ? 'debug' : profile === 'bench' ? 'release' : profile;
}

/** For `--all`: a package with one program is its folder. */
export function everyProgram({ source, app }: PlanRequest): readonly AppTarget[] {
	return readCargo(source, app).packages.flatMap(({ programs, folder }) =>
		programs.length === 1 && folder !== '' ? [{ folder }] : programs.map(({ name }) => ({ folder, main: name })),
	);
}
