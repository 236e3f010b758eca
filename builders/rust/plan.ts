/** A Cargo project becomes a plan: which program, for which toolchain, what it opens at run time, how it starts. */
import type { AppTarget, BuildPlan, PlanRequest, Reason } from '../../src/builder/contract.js';
import { readStartCommand, type StartCommand, unsupportedStart } from '../../src/builder/start-command.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseToml } from '../../src/source/toml.js';
import { type Cargo, type CargoPackage, readCargo, strings, table } from './manifests.js';
import { type ChosenProgram, chooseProgram, programsOf } from './programs.js';
import { findListening, rustFiles, rustRuntimeFiles } from './sources.js';

/** What `build` needs to know and the plan prints. */
export interface RustFacts {
	/** Folder where cargo runs. */
	readonly folder: string;
	/** How cargo is told which package: its name may be that of a crate, too. */
	readonly selects: readonly string[];
	readonly program: string;
	/** Place of the binary below /app. */
	readonly binary: string;
	readonly locked: boolean;
	readonly env: Readonly<Record<string, string>>;
	/** What rust-toolchain.toml or rust-version ask for. */
	readonly toolchain?: { readonly wanted: string; readonly file: string };
	/** Compiler flags of the project's own .cargo/config.toml, which ours would replace. */
	readonly rustflags: readonly string[];
	/** Becomes /app. */
	readonly workdir: string;
	readonly ships: readonly string[];
}

const PORT = '8080';
const ROCKET_PORT = '8000';
const OTHER_PROGRAMS = new Set(['node', 'npm', 'python', 'python3', 'sh', 'bash', 'make', 'trunk', 'docker']);

/** @throws TareError AMBIGUOUS | NO_START | START_UNSUPPORTED | MANIFEST_INVALID */
export function planRust(request: PlanRequest): BuildPlan {
	const { source, base } = request;
	const cargo = readCargo(source, request.app);
	const start = readStartCommand(
		request,
		programsOf(cargo).map(({ name }) => name),
	);
	const { named, args } = readWords(start, source);
	const program = chooseProgram(cargo, request, named);
	const local = neededPackages(cargo, program.package);
	const files = rustFiles(
		source,
		local.map(({ folder }) => folder),
	);
	const data = rustRuntimeFiles(
		source,
		[...new Set(program.package.folder === request.app ? [program.package.folder, ''] : ['', program.package.folder])],
		files,
	);
	const listening = findListening(files);
	const rocket = local.some(({ dependencies }) => dependencies.includes('rocket'));
	const facts = factsFor(request, cargo, program, data);
	const port = rocket ? rocketPort(source, data.workdir) : listening.reads === undefined ? listening.fixed : PORT;
	const lock: Reason = facts.locked
		? { file: 'Cargo.lock', says: 'dependencies by Cargo.lock' }
		: { says: 'there is no Cargo.lock: versions are chosen anew at every build, so images are not reproducible; commit Cargo.lock' };
	return {
		builder: 'rust',
		steps: [{ id: 'compile', command: compileCommand(facts), env: facts.env, ...(facts.folder !== '' && { cwd: facts.folder }), reasons: [program.reason] }],
		layers: [
			...(data.paths.length > 0 ? [{ name: 'files', purpose: 'assets' as const, says: `what the program opens while it runs: ${data.paths.join(', ')}` }] : []),
			{ name: 'app', purpose: 'app', says: `the program, /app/${facts.binary}` },
		],
		base,
		processes: [{ type: request.process ?? 'web', command: [`/app/${facts.binary}`, ...args], reasons: [start?.reason ?? program.reason] }],
		config: {
			WorkingDir: '/app',
			env: { ...(rocket && { ROCKET_ADDRESS: '0.0.0.0' }), ...(!rocket && listening.reads !== undefined && { PORT }), ...start?.env },
			...(port !== undefined && { ExposedPorts: { [`${port}/tcp`]: {} } }),
		},
		reasons: [
			program.reason,
			...(facts.locked ? [lock] : []),
			...(rocket ? [{ says: 'Rocket listens on every address; set ROCKET_PORT for another port' }] : listening.reads === undefined ? [] : [listening.reads]),
			...data.reasons,
		],
		warnings: [...(facts.locked ? [] : [lock]), ...(rocket ? [] : listening.warnings)],
		tools: {},
		facts: { ...facts },
	};
}

function readWords(start: StartCommand | undefined, source: FileIndex) {
	const [program = '', ...args] = start?.words ?? [];
	if (start === undefined) return { named: undefined, args };
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (program === 'cargo' && args[0] === 'run') {
		const bin = args[args.indexOf('--bin') + 1];
		const rest = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
		return { named: args.includes('--bin') && bin !== undefined ? { name: bin, reason: start.reason } : undefined, args: rest };
	}
	if (OTHER_PROGRAMS.has(name) || source.has(program.replace(/^\.\//, '')))
		throw unsupportedStart(start.words.join(' '), `${program} is not the Rust program, and the image has nothing else`, start.reason);
	return { named: { name, reason: start.reason }, args };
}

/** The package and those of the source that it takes by path. */
function neededPackages({ packages }: Cargo, from: CargoPackage): readonly CargoPackage[] {
	const needed = new Set([from]);
	for (const one of needed) for (const other of packages) if (one.dependencies.includes(other.name)) needed.add(other);
	return [...needed];
}

function factsFor(
	{ source, app, buildEnv }: PlanRequest,
	cargo: Cargo,
	program: ChosenProgram,
	{ workdir, paths }: { workdir: string; paths: readonly string[] },
): RustFacts {
	const folder = source.has('Cargo.toml') ? '' : app;
	const at = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
	const offline = source.files.some(({ path }) => path.startsWith('.sqlx/') || path.endsWith('sqlx-data.json') || path.includes('/.sqlx/'));
	return {
		folder,
		selects: selectorOf(program.package, cargo, folder),
		program: program.name,
		binary: paths.some((path) => path.split('/')[0] === program.name) ? `bin/${program.name}` : program.name,
		locked: source.has(at('Cargo.lock')),
		// Queries are checked against what the project saved, not against a database.
		env: { ...(offline && { SQLX_OFFLINE: 'true' }), ...buildEnv },
		...wantedToolchain(source, at, program.package),
		rustflags: projectFlags(source, at),
		workdir,
		ships: paths,
	};
}

function selectorOf({ folder, name }: CargoPackage, { defaults }: Cargo, from: string): readonly string[] {
	const below = from === '' ? folder : folder.slice(from.length + 1);
	// At the root of a workspace, default-members would be meant.
	if (below === '') return defaults === undefined ? [] : ['--package', name];
	return ['--manifest-path', `${below}/Cargo.toml`];
}

/** https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file */
function wantedToolchain(source: FileIndex, at: (path: string) => string, { rustVersion }: CargoPackage): Pick<RustFacts, 'toolchain'> {
	const file = source.first(at('rust-toolchain'), at('rust-toolchain.toml'));
	const text = file === undefined ? '' : (source.text(file) ?? '');
	const channel = /^\s*channel\s*=\s*["']([^"']+)/m.exec(text)?.[1] ?? /^\s*([\w.-]+)\s*$/.exec(text)?.[1];
	if (file !== undefined && channel !== undefined) return { toolchain: { wanted: channel, file } };
	return rustVersion === undefined ? {} : { toolchain: { wanted: rustVersion, file: at('Cargo.toml') } };
}

/** https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags */
function projectFlags(source: FileIndex, at: (path: string) => string): readonly string[] {
	const file = source.first(at('.cargo/config.toml'), at('.cargo/config'));
	if (file === undefined) return [];
	const flags = table(parseToml(source.text(file) ?? '').build).rustflags;
	return typeof flags === 'string' ? flags.split(/\s+/).filter((flag) => flag !== '') : strings(flags);
}

function rocketPort(source: FileIndex, workdir: string): string {
	const text = source.text(workdir === '' ? 'Rocket.toml' : `${workdir}/Rocket.toml`) ?? '';
	return /^\s*port\s*=\s*(\d+)/m.exec(text)?.[1] ?? ROCKET_PORT;
}

export function compileCommand({ selects, program, locked }: RustFacts): readonly string[] {
	return ['cargo', 'build', '--release', ...(locked ? ['--locked'] : []), ...selects, '--bin', program];
}

/** For `--all`: a package with one program is its folder. */
export function everyProgram({ source, app }: PlanRequest): readonly AppTarget[] {
	return readCargo(source, app).packages.flatMap(({ programs, folder }) =>
		programs.length === 1 && folder !== '' ? [{ folder }] : programs.map(({ name }) => ({ folder, main: name })),
	);
}
