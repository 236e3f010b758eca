/** How the app is started: an exec array of node and its arguments, from the first place that says so. */

import type { Reason } from '../../../src/builder/contract.js';
import { parseProcfile, processOf } from '../../../src/builder/procfile.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type FrameworkStart, frameworkStart, type Shipped } from '../frameworks.js';
import type { Manifest } from '../manifest.js';
import { productionDependencies } from '../manifest.js';
import { needsCompiler } from '../strip-types.js';
import { fillingIn } from './arguments.js';
import { compiledFile } from './compiled.js';
import { entryFile } from './entry.js';
import { type Translation, translate } from './translate.js';

export interface Start extends Translation {
	readonly reasons: readonly Reason[];
	/** True when the file to run is not in the source: the build has to make it. */
	readonly needsBuild: boolean;
	/** The only parts of the build that the app needs to run. */
	readonly ships?: readonly Shipped[];
	/** The build makes a site: there is nothing of the app's to run. */
	readonly site?: { readonly roots: readonly string[]; readonly singlePage: boolean };
	/** The framework whose output is started, for messages. */
	readonly framework?: string;
	/** Files that may be the entry, likeliest first, where a rule named it and not the project: the build shows which. */
	readonly entries?: readonly string[];
}

export interface StartContext {
	readonly source: FileIndex;
	readonly manifest: Manifest | undefined;
	/** Command by flag or configuration. */
	readonly asked?: string;
	readonly process?: string;
	/** Installed binaries by command name. */
	readonly bins: Readonly<Record<string, string>>;
	/** True when a build script runs, so that files may appear. */
	readonly builds: boolean;
	/** True when the chosen Node runs TypeScript files itself. */
	readonly runsTypeScript: boolean;
	/** The program that runs the app's files. */
	readonly runtime: 'node' | 'bun';
	/** Folders of the workspace's packages. */
	readonly members: readonly string[];
}

type Candidate = { readonly command: string; readonly reason: Reason };

/** Scripts that name the production process where `start` does not. */
const SCRIPTS = ['start', 'start:prod', 'start:production', 'serve:prod', 'production'];
const STEMS = ['server', 'app', 'main', 'index'];
const EXTENSIONS = ['js', 'mjs', 'cjs'];

/** @throws TareError NO_START | START_UNSUPPORTED */
export function chooseStart(context: StartContext): Start {
	const { source, manifest } = context;
	const forced = forcedCommand(context);
	if (forced !== undefined) return resolve(forced, context);
	const refused: TareError[] = [];
	const framework = frameworkStart(source, manifest, context.builds);
	if (framework?.overrides === true) return startFramework(framework, context);
	for (const candidate of scriptCandidates(manifest)) {
		try {
			return resolve(candidate, context);
		} catch (error) {
			// A development server says nothing about production; anything else is what the user means, and guessing would be wrong.
			if (!(error instanceof TareError) || error.data?.development !== true) throw error;
			refused.push(error);
		}
	}
	if (framework !== undefined) return startFramework(framework, context);
	const file = compiledCandidate(refused, context) ?? strippedCandidate(refused, context) ?? fileCandidate(source, manifest, context);
	if (file !== undefined) return resolve(checked(file, refused, context), context);
	throw refused[0] ?? noStart(manifest);
}

const NOTHING_TO_RUN = { command: [], env: {}, folder: '', buildScripts: [], buildCommands: [], notes: [], needsBuild: true };

function startFramework({ name, output, reason }: FrameworkStart, context: StartContext): Start {
	if (output.kind === 'site') return { ...NOTHING_TO_RUN, site: output, framework: name, reasons: [reason] };
	const start = resolve({ command: output.command, reason }, context);
	const { ships, entries } = output;
	return { ...start, env: { ...output.env, ...start.env }, framework: name, ...(ships !== undefined && { ships }), ...(entries !== undefined && { entries }) };
}

function forcedCommand({ source, asked, process }: StartContext): Candidate | undefined {
	if (asked !== undefined) return { command: asked, reason: { says: `asked to start with: ${asked}` } };
	const procfile = source.text('Procfile');
	if (procfile === undefined) return process === undefined ? undefined : raiseNoProcess(process, []);
	const entries = parseProcfile(procfile);
	const wanted = process ?? 'web';
	const entry = processOf(entries, wanted) ?? (process === undefined && entries.length === 1 ? entries[0] : undefined);
	if (entry !== undefined) return { command: entry.command, reason: { file: 'Procfile', line: entry.line, says: `process "${entry.type}": ${entry.command}` } };
	return process === undefined
		? undefined
		: raiseNoProcess(
				process,
				entries.map(({ type }) => type),
			);
}

function raiseNoProcess(process: string, types: readonly string[]): never {
	throw new TareError('NO_START', `the Procfile has no process "${process}"`, {
		hint: types.length === 0 ? 'Add a Procfile with the line "NAME: COMMAND".' : `It has: ${types.join(', ')}.`,
		at: { file: 'Procfile' },
	});
}

function scriptCandidates(manifest: Manifest | undefined): readonly Candidate[] {
	if (manifest === undefined) return [];
	return SCRIPTS.flatMap((name) => {
		const command = manifest.json.scripts[name];
		return command === undefined
			? []
			: [{ command, reason: { file: manifest.file, line: manifest.lineOf('scripts', name), says: `script "${name}": ${command}` } }];
	});
}

function fileCandidate(source: FileIndex, manifest: Manifest | undefined, context: StartContext): Candidate | undefined {
	const main = manifest?.json.main;
	const found = main === undefined ? undefined : existing(source, main);
	if (main !== undefined && manifest !== undefined && (found !== undefined || (context.builds && isOutput(main)))) {
		return { command: `${context.runtime} ${quote(found ?? main)}`, reason: { file: manifest.file, line: manifest.lineOf('main'), says: `main "${main}"` } };
	}
	const names = STEMS.flatMap((stem) =>
		[...EXTENSIONS, ...(context.runsTypeScript ? ['ts', 'mts'] : []), ...(context.runtime === 'bun' ? ['tsx'] : [])].map((extension) => `${stem}.${extension}`),
	);
	const file = source.first(...names, ...names.map((name) => `src/${name}`));
	return file === undefined ? undefined : { command: `${context.runtime} ${quote(file)}`, reason: { file, says: `conventional entry file ${file}` } };
}

/** What the build makes of the file that a development tool would run: `ts-node src/index.ts` beside `tsc`. */
function compiledCandidate(refused: readonly TareError[], { source, manifest, builds, runtime }: StartContext): Candidate | undefined {
	if (!builds || manifest === undefined || manifest.json.main !== undefined) return undefined;
	const file = [...filesOf(refused), ...STEMS.flatMap((stem) => ['ts', 'js'].map((extension) => `src/${stem}.${extension}`))].find(
		(name) => /\.[cm]?[jt]sx?$/.test(name) && source.has(name),
	);
	const made = file === undefined ? undefined : compiledFile(file, source, manifest);
	return made === undefined ? undefined : { command: `${runtime} ${quote(made)}`, reason: { file, says: `the build makes ${made} of ${file}` } };
}

/** The TypeScript file that a development tool would run, where Node can. */
function strippedCandidate(refused: readonly TareError[], { source, manifest, runtime, runsTypeScript }: StartContext): Candidate | undefined {
	const file = filesOf(refused).find((name) => /\.[cm]?ts$/.test(name) && source.has(name));
	if (file === undefined || !runsTypeScript || manifest?.json.main !== undefined) return undefined;
	return { command: `${runtime} ${quote(file)}`, reason: { file, says: `${file}, which Node runs without its types` } };
}

/** Words of the refused commands. */
function filesOf(refused: readonly TareError[]): readonly string[] {
	return refused.flatMap(({ data }) => String(data?.words ?? '').split(/\s+/)).map((word) => word.replace(/^\.\//, ''));
}

/** TypeScript that Node cannot run by itself needs what the project meant to run it with. @throws TareError START_UNSUPPORTED */
function checked(candidate: Candidate, refused: readonly TareError[], { source, runtime }: StartContext): Candidate {
	const place = runtime === 'node' && /\.[cm]?ts'?$/.test(candidate.command) ? needsCompiler(source) : undefined;
	if (place === undefined) return candidate;
	const why = refused[0]?.message ?? `Node cannot run ${candidate.reason.file ?? 'the entry file'} as it is`;
	throw new TareError('START_UNSUPPORTED', `${why}, and Node alone cannot run the sources: "${place.text.trim()}"`, {
		hint: 'Add a "build" script that compiles them and start its output, or move tsx to "dependencies" and start with "tsx FILE".',
		at: { file: place.path, line: place.line },
	});
}

/** As Node resolves `main`: the file, with .js, or its index.js. */
function existing(source: FileIndex, main: string): string | undefined {
	const path = main.replace(/^\.\//, '').replace(/\/$/, '');
	return source.first(path, `${path}.js`, `${path}.cjs`, `${path}/index.js`);
}

function isOutput(path: string): boolean {
	return /^(?:\.\/)?(?:dist|build|lib|out|output|\.output)\//.test(path);
}

function quote(path: string): string {
	return /^[\w./@-]+$/.test(path) ? path : `'${path}'`;
}

function resolve({ command, reason }: Candidate, context: StartContext): Start {
	const translation = translate(command, {
		scripts: context.manifest?.json.scripts ?? {},
		bins: context.bins,
		production: context.manifest === undefined ? [] : productionDependencies(context.manifest.json),
		at: reason,
		members: context.members,
	});
	if (translation.site !== undefined)
		return {
			...translation,
			site: translation.site,
			framework: 'the start script',
			needsBuild: false,
			reasons: [reason, ...translation.notes.map((says) => ({ ...reason, says }))],
		};
	const entry = entryFile(translation.command);
	const needsBuild = entry !== undefined && !isInSource(context.source, entry, translation.folder);
	if (needsBuild && !context.builds && translation.buildScripts.length === 0) throw missingEntry(entry, reason);
	// Nitro's output is complete in itself.
	const ships = entry?.startsWith('.output/') === true ? { ships: [{ from: '.output', to: '.output' }] } : {};
	const filled =
		translation.expands === true && translation.command.some((word) => word.includes('$'))
			? fillingIn(translation.command, wordOf(translation.command, entry))
			: translation.command;
	if (filled === undefined) throw cannotFill(command, reason);
	return { ...translation, command: filled, ...ships, needsBuild, reasons: [reason, ...translation.notes.map((says) => ({ ...reason, says }))] };
}

/** The entry as the command writes it. */
function wordOf(command: readonly string[], entry: string | undefined): string {
	return command.find((word) => word.replace(/^\.\//, '') === entry) ?? '';
}

function cannotFill(command: string, { file, line }: Reason): TareError {
	return new TareError('START_UNSUPPORTED', `cannot start with "${command}": a variable that is no argument of the app needs a shell, and the image has none`, {
		hint: 'Write the value, or read the variable in the app.',
		...(file !== undefined && { at: { file, ...(line !== undefined && { line }) } }),
	});
}

function isInSource(source: FileIndex, entry: string, folder: string): boolean {
	const path = (folder === '' ? entry : `${folder}/${entry}`).replace(/\/$/, '') || '.';
	if (entry.startsWith('node_modules/') || entry === '.') return true;
	return (
		source.first(path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}.json`, `${path}/index.js`, `${path}/index.mjs`, `${path}/package.json`) !==
		undefined
	);
}

function missingEntry(entry: string, reason: Reason): TareError {
	return new TareError('NO_START', `the start command names ${entry}, which does not exist and no build script makes it (${reason.says})`, {
		hint: 'Add a "build" script to package.json that makes the file, or correct the start script.',
		...(reason.file !== undefined && { at: { file: reason.file, ...(reason.line !== undefined && { line: reason.line }) } }),
	});
}

function noStart(manifest: Manifest | undefined): TareError {
	return new TareError('NO_START', 'nothing says how the app is started', {
		hint: `Add "start": "node FILE" to the scripts of package.json, a Procfile, or --start "node FILE". Looked for: Procfile, scripts ${SCRIPTS.join(', ')}, "main", ${STEMS.map((stem) => `${stem}.js`).join(', ')}.`,
		...(manifest !== undefined && { at: { file: manifest.file } }),
	});
}
