/** The pivot of every way to declare dependencies: a list that fixes each version, from which packages are installed as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { redact } from '../../src/errors.js';
import type { Platform } from '../../src/oci/types.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import { type Compiling, plainPython, pythonWithHeaders, wantsHeaders } from './compiling.js';
import type { Origin } from './dependencies.js';
import type { PythonFacts } from './facts.js';
import { installFailure, sourceFailure } from './failures.js';
import { PLACE, type RequirementsFile, readable, readRequirements } from './requirements.js';
import { withTwins } from './twins.js';
import { findUv } from './uv.js';
import { type Resolve, wheelsElsewhere } from './wheel-search.js';

/** @returns lines of requirements; '' when there is nothing to install @throws TareError INSTALL_FAILED */
export function pinnedList(facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<string> {
	const { origin, adds } = facts;
	return tools.once(`pinned ${platform.architecture}`, async () => withTwins(joinedLines(await pinnedText())));
	async function pinnedText(): Promise<string> {
		switch (origin.kind) {
			case 'none':
				return joined(adds);
			case 'pinned':
				return joined([...origin.lines, ...adds]);
			case 'uv':
				return joined([...(await exportUv(origin, facts, tools)), ...adds]);
			case 'resolve':
				return resolve(facts, origin.files, [...origin.lines, ...adds], platform, tools);
		}
	}
}

/** A requirement and its hashes on one line. */
function joinedLines(text: string): string {
	return text.replace(/\\\r?\n\s*/g, '');
}

function joined(lines: readonly string[]): string {
	return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

async function exportUv({ folder, member, flags: chosen }: Extract<Origin, { kind: 'uv' }>, facts: PythonFacts, tools: Toolchain): Promise<readonly string[]> {
	const out = join(await tools.scratch('export'), 'pinned.txt');
	const flags = [
		'--frozen',
		'--no-dev',
		'--no-default-groups',
		'--no-emit-project',
		'--no-editable',
		'--no-header',
		'--no-annotate',
		'--format',
		'requirements-txt',
		...(member === undefined ? [] : ['--package', member]),
	];
	await uv('lock', ['export', ...flags, ...chosen, '--output-file', out], folder, facts, tools);
	return readFileSync(out, 'utf8')
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line) => line.replace(/^((?:-e\s+)?)(\.{1,2}(?:\/\S*)?)(?=\s|$)/, (_, option: string, path: string) => `${option}${belowApp(folder, path)}`));
}

/** Paths of a lock begin at its own folder. */
function belowApp(folder: string, path: string): string {
	const whole = posix.join(folder, path);
	return whole.startsWith('.') ? whole : `./${whole}`;
}

/** What the files leave open is chosen once: tare.lock keeps it until they change, and then moves no more than it must. */
async function resolve(facts: PythonFacts, files: readonly string[], lines: readonly string[], platform: Platform, tools: Toolchain): Promise<string> {
	const read = files.map((file) => readRequirements(tools.source, file));
	const asked = [...read.flatMap((one) => one.lines), ...constraints(read, tools), ...lines];
	const make = (before: readonly string[]) => compile(facts, files, lines, before, platform, tools);
	if (asked.some((line) => redact(line) !== line)) {
		tools.emit({
			type: 'warning',
			says: `${files[0] ?? 'a requirement'} holds credentials: its versions are not kept in tare.lock`,
			hint: 'Keep them in a netrc file or in pip.conf.',
		});
		return joined(await make([]));
	}
	// Versions that an earlier platform has chosen are preferred for this one.
	for (const earlier of earlierThan(platform, tools)) await pinnedList(facts, earlier, tools);
	const name = (architecture: string): string => `python ${architecture}`;
	const question = JSON.stringify([facts.version, facts.manylinux, platform.architecture, files, asked, manifests(facts, tools)]);
	return joined(await tools.choose({ name: name(platform.architecture), question, like: ['amd64', 'arm64'].map(name), make }));
}

function earlierThan({ architecture }: Platform, { platforms }: Toolchain): readonly Platform[] {
	return platforms.slice(
		0,
		platforms.findIndex((one) => one.architecture === architecture),
	);
}

function constraints(read: readonly RequirementsFile[], { source }: Toolchain): readonly string[] {
	return read.flatMap(({ files }) => files.slice(1).map((file) => source.text(file) ?? ''));
}

/** Folders of the source that are installed say their dependencies in files of their own. */
function manifests({ local }: PythonFacts, { source, contentHash }: Toolchain): readonly string[] {
	const paths = source.files.map(({ path }) => path).filter((path) => /(?:^|\/)(?:pyproject\.toml|setup\.(?:py|cfg))$/.test(path));
	return local ? paths.map((path) => `${path} ${contentHash(path) ?? ''}`) : [];
}

/** @param before versions that are preferred where they still fit */
async function compile(
	facts: PythonFacts,
	files: readonly string[],
	lines: readonly string[],
	before: readonly string[],
	platform: Platform,
	tools: Toolchain,
): Promise<readonly string[]> {
	const [workspace, dir] = [await tools.workspace(), await tools.scratch('resolve')];
	const inputs = files.map((file) => join(workspace, file));
	// Texts of an editor that writes UTF-16 are read as their author meant them.
	for (const file of included(files, tools).map((path) => join(workspace, path))) rewriteReadable(file);
	const own = join(workspace, '.tare-requirements.in');
	if (lines.length > 0) writeFileSync(own, withTwins(joined(lines)));
	const out = join(dir, 'pinned.txt');
	writeFileSync(out, joined(before));
	const flags = ['--generate-hashes', '--no-header', '--no-annotate', '--no-strip-markers'];
	await install('resolve', ['pip', 'compile', ...flags, ...inputs, ...(lines.length > 0 ? [own] : []), '--output-file', out], facts, platform, tools);
	const text = joinedLines(readFileSync(out, 'utf8')).replace(/(?:file:\/\/)?(\/[^\s;]+)/g, (all, path: string) => relativePath(path, workspace, facts) ?? all);
	return text.split('\n').filter((line) => /^\s*[^\s#]/.test(line) && !PLACE.test(line));
}

/** Of a path in the source, which is another folder on another machine. */
function relativePath(path: string, workspace: string, { folder }: PythonFacts): string | undefined {
	const root = folder === '' ? workspace : workspace.slice(0, -folder.length - 1);
	if (path !== root && !path.startsWith(`${root}/`)) return undefined;
	const inside = posix.relative(workspace, path);
	return inside.startsWith('.') ? inside : `./${inside}`;
}

function included(files: readonly string[], { source }: Toolchain): readonly string[] {
	return [...new Set(files.flatMap((file) => readRequirements(source, file).files))];
}

function rewriteReadable(file: string): void {
	if (!existsSync(file) || file.endsWith('.toml')) return;
	const text = readFileSync(file, 'utf8');
	const plain = withTwins(joinedLines(readable(text).replace(/^\uFEFF/, '')));
	if (plain !== text) writeFileSync(file, plain);
}

/** What does not come from a lack of wheels. */
const HOPELESS = /was not found in the package registry|[Hh]ash mismatch|Request failed|Failed to fetch|Failed to parse/;

/** Wheels alone first; what has none is built, with Python's headers where that fails for want of them. @throws TareError INSTALL_FAILED */
export async function install(step: string, args: readonly string[], facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<void> {
	const { version, manylinux } = facts;
	const machine = platform.architecture === 'arm64' ? 'aarch64' : 'x86_64';
	const target = ['--python-version', version, '--python-platform', `${machine}-${manylinux}`];
	const wheels = await run(step, [...args, ...target, '--only-binary', ':all:'], facts, tools);
	if (wheels.exitCode === 0) return;
	if (HOPELESS.test(wheels.tail)) throw installFailure(wheels.tail, facts);
	// Python alone, built anywhere, runs everywhere; what was compiled for this machine is refused by its tags.
	const elsewhere = platform.architecture === tools.host.architecture ? undefined : `linux/${platform.architecture}`;
	const built = await fromSource(step, [...args, ...target], facts, platform, tools);
	if (built.exitCode === 0) return;
	const resolveWheel: Resolve = async (input, output, python) => {
		const argv = ['pip', 'compile', input, '--no-deps', '--quiet', '--no-header', '--python-version', python, '--python-platform', `${machine}-${manylinux}`];
		return (await run('wheels', [...argv, '--only-binary', ':all:', '--output-file', output], facts, tools)).exitCode === 0;
	};
	const search = (requirement: string) => wheelsElsewhere(requirement, version, resolveWheel, tools);
	throw await sourceFailure({ wheels: wheels.tail, built: built.tail, elsewhere, search }, facts);
}

/** The folder of the project itself, built by its backend. @throws TareError INSTALL_FAILED */
export async function installProject(settings: readonly string[], site: string, facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<void> {
	const machine = platform.architecture === 'arm64' ? 'aarch64' : 'x86_64';
	const target = ['--python-version', facts.version, '--python-platform', `${machine}-${facts.manylinux}`, '--target', site];
	const given = settings.flatMap((one) => ['--config-setting', one]);
	const dir = await tools.workspace();
	// Two architectures share the sources, and some backends build there.
	const built = await tools.alone('project', () => fromSource('package', ['pip', 'install', '--no-deps', ...target, ...given, dir], facts, platform, tools));
	if (built.exitCode === 0) return;
	const elsewhere = platform.architecture === tools.host.architecture ? undefined : `linux/${platform.architecture}`;
	throw await sourceFailure({ wheels: '', built: built.tail, elsewhere, search: async () => ({}) }, facts);
}

async function fromSource(step: string, argv: readonly string[], facts: PythonFacts, { architecture }: Platform, tools: Toolchain): Promise<CommandResult> {
	const plain = await run(step, argv, facts, tools, { compiling: await plainPython(facts, tools) });
	if (plain.exitCode === 0 || !wantsHeaders(plain.tail, facts, architecture, tools)) return plain;
	tools.emit({ type: 'note', says: `compiled with the headers of the image's Python ${facts.version} and this machine's compiler` });
	return run(step, argv, facts, tools, { compiling: await pythonWithHeaders(facts, tools) });
}

async function uv(step: string, args: readonly string[], folder: string, facts: PythonFacts, tools: Toolchain): Promise<void> {
	const result = await run(step, args, facts, tools, { folder });
	if (result.exitCode !== 0) throw installFailure(result.tail, facts);
}

interface Running {
	/** Relative to the app's folder. */
	readonly folder?: string;
	readonly compiling?: Compiling;
}

async function run(
	step: string,
	args: readonly string[],
	facts: PythonFacts,
	tools: Toolchain,
	{ folder = '', compiling }: Running = {},
): Promise<CommandResult> {
	const { program, env, passes, python } = await findUv(facts, tools);
	return tools.run({
		step,
		argv: [program, ...args],
		cwd: join(await tools.workspace(), folder),
		env: { ...env, ...compiling?.env, ...facts.buildEnv },
		path: [compiling?.python ?? python],
		passes: [...passes, ...named(facts, tools)],
	});
}

/** `${NAME}` in requirements is how pip keeps credentials out of them. */
function named({ origin }: PythonFacts, tools: Toolchain): readonly string[] {
	const files = 'files' in origin ? included(origin.files ?? [], tools) : [];
	return files.flatMap((file) => [...(tools.source.text(file) ?? '').matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1] as string));
}

/** Lines that say where packages are, as the project's own files do. */
export function placesOf({ origin }: PythonFacts, { source }: Toolchain): readonly string[] {
	const files = 'files' in origin ? (origin.files ?? []) : [];
	return files.flatMap((file) => readRequirements(source, file).places);
}
