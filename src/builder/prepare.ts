/** Source → detect → plan: everything that is decided before anything runs. */
import { relative, sep } from 'node:path';
import { type BuildRequest, DEFAULT_USER } from '../config/request.js';
import { TareError } from '../errors.js';
import type { Listener } from '../events.js';
import { phase } from '../events.js';
import { type Commit, readCommit } from '../source/commit.js';
import { type FileIndex, readFileIndex } from '../source/file-index.js';
import { ignoreRules } from '../source/ignore.js';
import { readIgnoreFile } from '../source/ignore-file.js';
import { subfolder } from '../source/subfolder.js';
import { assetPlan } from './assets.js';
import { chooseBuilder } from './choose.js';
import type { Builder, BuildPlan, Detection, PlanRequest, Process, Reason } from './contract.js';
import { plannedFilesPlan } from './planned-files.js';
import { entryReason, procfileEntries, procfileOf, WEB } from './process-choice.js';
import { procfileWarnings } from './procfile.js';
import { declaredPlaces } from './writable/dockerfile.js';
import { askedPlaces, placeReason, placesOf, writablePlan } from './writable/places.js';

export interface Walked {
	readonly source: FileIndex;
	/** When the walk of the source began, ms since the epoch. */
	readonly walkedAt: number;
}

export interface Prepared extends Walked {
	readonly builder: Builder;
	/** Folder of the app below the source's root. */
	readonly app: string;
	readonly plan: BuildPlan;
}

export interface Detected extends Omit<Prepared, 'plan'> {
	readonly detection: Detection;
	/** Why the folder is built alone, where it is in a repository of several packages. */
	readonly apart?: Reason;
}

export interface PlannedNow extends Prepared, Detected {
	/** The plan says something of the commit that the source is checked out at. */
	readonly ofCommit: boolean;
}

/** @throws TareError SOURCE_NOT_FOUND */
export async function readSource(request: BuildRequest, emit: Listener, now: () => number): Promise<Walked> {
	const walkedAt = now();
	const source = await phase(emit, 'source', 'read the source folder', async () => readFileIndex(request.dir, request.rules));
	for (const path of source.skipped) emit({ type: 'warning', says: `${path} is no file, folder or link: left out` });
	return { source, walkedAt };
}

/** @throws TareError SOURCE_NOT_FOUND | NOTHING_DETECTED | AMBIGUOUS | MANIFEST_INVALID */
export async function detectSource({ source, walkedAt }: Walked, request: BuildRequest, builders: readonly Builder[], emit: Listener): Promise<Detected> {
	const { builder, detection } = await chooseBuilder(builders, source, request.builder ?? (request.entrypoint === undefined ? undefined : 'prebuilt'));
	const root = await builder.rootOf?.(request.dir);
	if (root === undefined) {
		const apart = await builder.apart?.(request.dir);
		return { source, walkedAt, builder, detection, app: '', ...(apart !== undefined && { apart }) };
	}
	const app = relative(root, request.dir).split(sep).join('/');
	emit({ type: 'note', says: `${app} is a part of the repository in ${root}: read and built from there` });
	const whole = await phase(emit, 'source', 'read the workspace', async () => readFileIndex(root, rootRules(root)));
	return { source: whole, walkedAt, builder, detection, app };
}

/** The app's own patterns speak of its folder; the workspace has its own. */
function rootRules(root: string) {
	const { file, patterns } = readIgnoreFile(root);
	return ignoreRules(patterns, file === undefined ? {} : { file });
}

/** @throws TareError as `detectSource`, and what the builder's plan throws */
export async function prepare(walked: Walked, request: BuildRequest, builders: readonly Builder[], emit: Listener): Promise<PlannedNow> {
	const detected = await detectSource(walked, request, builders, emit);
	checkOptimizations(detected.builder, request.optimize);
	checkPrograms(detected.builder, request.mains);
	let ofCommit = false;
	const asked = planRequest(detected, request);
	const commit = (): Commit | undefined => {
		ofCommit = true;
		return readCommit(detected.source.root);
	};
	const planned = await withEveryProcess(await detected.builder.plan(detected.detection, { ...asked, commit }), detected, { ...asked, commit });
	const procfile = procfileOf(detected.source, detected.app) ?? 'Procfile';
	const assets = assetPlan({ ...detected, assets: request.assets });
	const complete: BuildPlan = {
		...planned,
		layers: [...planned.layers, ...(assets === undefined ? [] : [assets])],
		reasons: [...request.notes, ...(detected.apart === undefined ? [] : [detected.apart]), ...planned.reasons],
		warnings: [...request.warnings, ...procfileWarnings(detected.source.text(procfile) ?? '', procfile), ...planned.warnings],
	};
	const plan = await extended(withWritable(complete, detected, request), request);
	for (const { says, file, line } of plan.warnings)
		emit({ type: 'warning', says, ...(file !== undefined && { at: { file, ...(line !== undefined && { line }) } }) });
	return { ...detected, plan, ofCommit };
}

/** The other process types of the Procfile: what an image of them would start, or why there can be none. */
async function withEveryProcess(planned: BuildPlan, { builder, detection, source, app }: Detected, request: PlanRequest): Promise<BuildPlan> {
	if (request.start !== undefined || request.entrypoint !== undefined) return planned;
	const [first, ...more] = planned.processes;
	const entries = procfileEntries(source, app);
	const started = entries.find(({ file, line }) => first?.reasons.some((reason) => reason.file === file && reason.line === line))?.type ?? first?.type ?? WEB;
	const plan = first === undefined ? planned : { ...planned, processes: [{ ...first, type: started }, ...more.filter(({ type }) => type !== started)] };
	const others = entries.filter(({ type }) => !plan.processes.some((process) => process.type === type));
	const processes: Process[] = [];
	const reasons: Reason[] = [];
	for (const entry of others) {
		try {
			const [process] = (await builder.plan(detection, { ...request, process: entry.type })).processes;
			if (process !== undefined) processes.push({ ...process, type: entry.type });
		} catch (error) {
			if (!(error instanceof TareError)) throw error;
			reasons.push({ ...entryReason(entry), says: `process "${entry.type}" has no image of this builder: ${error.message}` });
		}
	}
	return others.length === 0 ? plan : { ...plan, processes: [...plan.processes, ...processes], reasons: [...plan.reasons, ...reasons] };
}

/** Nothing of it is loaded where there are none. */
export async function extended(plan: BuildPlan, { extensions }: BuildRequest): Promise<BuildPlan> {
	const made = extensions.length === 0 ? plan : await (await import('./extend-plan.js')).extendPlan(plan, extensions);
	const own = [plannedFilesPlan(made), writablePlan(made)].filter((layer) => layer !== undefined);
	return own.length === 0 ? made : { ...made, layers: [...made.layers, ...own] };
}

/** What the user asks for, else what the project's files and the builder say. @throws TareError CONFIG_INVALID */
function withWritable(plan: BuildPlan, { source, app }: Detected, { writable: asked }: BuildRequest): BuildPlan {
	const workingDir = plan.config.WorkingDir ?? '/app';
	const found = asked === false ? [] : [...placesOf(declaredPlaces(subfolder(source, app)), workingDir), ...(plan.writable ?? [])];
	const wanted = [...askedPlaces(asked === false ? [] : asked, workingDir), ...found];
	const writable = wanted.filter(({ path }, at) => wanted.findIndex((other) => other.path === path) === at);
	return writable.length === 0 ? plan : { ...plan, writable, reasons: [...plan.reasons, ...writable.map(placeReason)] };
}

function checkOptimizations({ id, optimizations = {} }: Builder, asked: readonly string[]): void {
	const unknown = asked.find((name) => !(name in optimizations));
	if (unknown === undefined) return;
	const known = Object.entries(optimizations).map(([name, says]) => `${name} (${says})`);
	throw new TareError('CONFIG_INVALID', `the ${id} builder has no optimization "${unknown}"`, {
		hint: known.length === 0 ? 'It has none: leave --optimize out.' : `It has ${known.join(', ')}.`,
	});
}

function checkPrograms({ id, takesMain, severalPrograms }: Builder, mains: readonly string[]): void {
	if (mains.length > 0 && takesMain === false)
		throw new TareError('CONFIG_INVALID', `the ${id} builder has no programs to choose from, and --main ${mains[0]} is given`, {
			hint: `Say how the app starts: --start "COMMAND", or --process NAME.`,
		});
	if (mains.length < 2 || severalPrograms === true) return;
	throw new TareError('CONFIG_INVALID', `the ${id} builder makes an image of one program, and ${mains.length} are named`, {
		hint: `Name one: --main ${mains[0]}.`,
	});
}

/** What a builder is asked for a request. */
export function planRequest({ source, app, builder }: Pick<Detected, 'source' | 'app' | 'builder'>, request: BuildRequest): PlanRequest {
	const settings = request.settings[builder.id] ?? {};
	const { runtime = typeof settings.version === 'string' ? settings.version : undefined } = request;
	return { source, app, ...wishes(request), runtimeVersion: runtime, settings };
}

/** What the user asked for, whichever builder is chosen. */
export function wishes(request: BuildRequest): Omit<PlanRequest, 'source' | 'app' | 'runtimeVersion' | 'settings' | 'commit'> {
	const [main, ...moreMains] = request.mains;
	return {
		base: request.base,
		baseAsked: request.baseAsked,
		start: request.start,
		process: request.process,
		main,
		moreMains,
		buildScript: request.buildScript,
		optimize: request.optimize,
		buildEnv: request.buildEnv,
		projectEnv: request.projectEnv,
		env: request.env,
		epoch: request.epoch,
		user: request.user ?? DEFAULT_USER,
		entrypoint: request.entrypoint,
	};
}
