/** How the app is started: an exec array of node and its arguments, from the first place that says so. */

import type { Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type AdapterKind, adapterReason } from '../adapters.js';
import type { Shipped } from '../frameworks/output.js';
import { type FrameworkStart, frameworkStart } from '../frameworks.js';
import type { Manifest } from '../manifest.js';
import { fillingIn } from './arguments.js';
import { type Candidate, fallback, forcedCommand, SCRIPTS, STEMS, scriptCandidates } from './candidates.js';
import { entryFile } from './entry.js';
import { translate } from './translate.js';
import { asText, type Development, type Found, isDevelopment, type StartProject, unsupported } from './walk.js';

export interface Start extends Readonly<Found> {
	/** `node` and its arguments. */
	readonly command: readonly string[];
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
	/** What the build puts in to make a server of the framework's output. */
	readonly adapter?: AdapterKind;
}

export interface StartContext extends StartProject {
	/** Command by flag or configuration. */
	readonly asked?: string;
	readonly process?: string;
	/** True when the chosen Node runs TypeScript files itself. */
	readonly runsTypeScript: boolean;
	/** The program that runs the app's files. */
	readonly runtime: 'node' | 'bun';
	/** The repository's root starts this package, with this command where it is not its start script. */
	readonly delegated?: { readonly line?: string; readonly reason: Reason };
}

/** @throws TareError NO_START | START_UNSUPPORTED */
export function chooseStart(context: StartContext): Start {
	if (context.delegated === undefined) return chooseOwn(context);
	const start = chooseOwn(context);
	return { ...start, reasons: [context.delegated.reason, ...start.reasons.filter((reason) => reason !== context.delegated?.reason)] };
}

function chooseOwn(context: StartContext): Start {
	const { source, manifest } = context;
	const forced = context.delegated === undefined ? forcedCommand(context) : undefined;
	if (forced !== undefined) return resolve(forced, context);
	const refused: TareError[] = [];
	const framework = frameworkStart(source, manifest, context.builds);
	if (framework?.overrides === true) return startFramework(framework, context);
	for (const candidate of scriptCandidates(context)) {
		try {
			return resolve(candidate, context);
		} catch (error) {
			// A development server says nothing about production; anything else is what the user means, and guessing would be wrong.
			if (!(error instanceof TareError) || !isDevelopment(error.data)) throw error;
			refused.push(error);
		}
	}
	const start = framework === undefined ? withoutFramework(refused, context) : startFramework(framework, context);
	return { ...start, reasons: [...refused.map((error) => passedOver(error, context)), ...start.reasons] };
}

/** Why a script of the project is not what the image starts. */
function passedOver({ message, at }: TareError, { manifest }: StartContext): Reason {
	return {
		file: at?.file ?? manifest?.file ?? 'package.json',
		...(at?.line !== undefined && { line: at.line }),
		says: message.replace(/^cannot start with/, 'not started:'),
	};
}

function withoutFramework(refused: readonly TareError[], context: StartContext): Start {
	const candidate = fallback(refused, context);
	if (candidate !== undefined) {
		const start = resolve(candidate, context);
		return { ...start, ...(candidate.entries !== undefined && { entries: candidate.entries }) };
	}
	const tool = refused.map(({ data }) => data).find((data): data is Record<string, unknown> & Development => isDevelopment(data) && data.site !== undefined);
	if (tool?.site === undefined || !context.builds) throw refused[0] ?? noStart(context.manifest);
	const reason = { says: `${tool.tool}: its build makes a site in ${tool.site[0]}` };
	return { ...NOTHING_TO_RUN, site: { roots: tool.site, singlePage: true }, framework: tool.tool, reasons: [reason] };
}

const NOTHING_TO_RUN = { command: [], env: {}, folder: '', buildScripts: [], buildCommands: [], notes: [], needsBuild: true };

function startFramework({ name, output, reason }: FrameworkStart, context: StartContext): Start {
	if (output.kind === 'site') return { ...NOTHING_TO_RUN, site: output, framework: name, reasons: [reason] };
	const start = resolve({ command: output.command, reason }, context);
	const { ships, entries, adapter } = output;
	return {
		...start,
		env: { ...output.env, ...start.env },
		framework: name,
		...(ships !== undefined && { ships }),
		...(entries !== undefined && { entries }),
		...(adapter !== undefined && { adapter, reasons: [...start.reasons, { ...reason, says: adapterReason(adapter) }] }),
	};
}

function resolve({ command: line, reason, script }: Candidate, context: StartContext): Start {
	const { program, ...found } = translate(line, context, reason, script);
	const reasons = [reason, ...found.notes.map((says) => ({ ...reason, says }))];
	if (program.kind === 'site') return { ...found, command: [], site: program, framework: 'the start script', needsBuild: false, reasons };
	const { words } = program;
	const entry = entryFile(words);
	const needsBuild = entry !== undefined && !isInSource(context.source, entry, found.folder);
	if (needsBuild && !context.builds && found.buildScripts.length === 0 && found.buildCommands.length === 0) throw missingEntry(entry, reason);
	// Nitro's output is complete in itself.
	const ships = entry?.startsWith('.output/') === true ? { ships: [{ from: '.output', to: '.output' }] } : {};
	return { ...found, command: filled(words, line, reason), ...ships, needsBuild, reasons };
}

/** The command as the image has it: with a program in front that fills in variables, where words name some. */
function filled(words: readonly string[], line: string, reason: Reason): readonly string[] {
	if (!words.some((word) => word.replaceAll('$$', '').includes('$'))) return words.map(asText);
	const command = fillingIn(words);
	if (command !== undefined) return command;
	throw unsupported(
		{ line, at: reason },
		'a variable outside of the arguments needs a shell, and the image has none',
		'Write the value, or read the variable in the app.',
	);
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
