/** The main step: reads the inputs, restores the store, builds, and says what came of it. */
import { tmpdir } from 'node:os';
import { EXIT, messageOf, TareError } from '../errors.js';
import { type BuildOptions, type BuildResult, build, compareImages, inspect, type Listener, type RunOptions } from '../index.js';
import { githubReporter } from '../ui/github.js';
import { formatBytes, formatDuration } from '../ui/style.js';
import { command, inert } from '../ui/workflow-commands.js';
import { settleCreated } from './created.js';
import { annotation, describeFailure } from './failure.js';
import { SUMMARY_LIMIT, saveState, setOutput, writeSummary } from './files.js';
import { type Environment, flag, text } from './inputs.js';
import { log, print } from './log.js';
import { type ReadOptions, readOptions } from './options.js';
import { type Places, places } from './places.js';
import { findPrevious, type Previous } from './previous.js';
import { outputsOf } from './results.js';
import { readSecretInputs, type SecretInputs } from './secrets.js';
import { isCached, type Restored, restoreStore, sizeLimit } from './store-cache.js';
import { type SummaryFacts, summarise, summariseFailure } from './summary.js';

/** @param env of the process: variables of the build's own are put there */
export async function run(env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
	const where = places(env, text(env, 'context') || '.', cwd);
	const controller = new AbortController();
	const stop = (): void => controller.abort();
	process.on('SIGINT', stop).on('SIGTERM', stop);
	let secrets: SecretInputs | undefined;
	let read: ReadOptions | undefined;
	try {
		secrets = readSecretInputs(env, env.RUNNER_TEMP || tmpdir());
		for (const value of secrets.values) mask(value);
		read = readOptions(env, secrets);
		const summary = flag(env, 'summary') ?? true;
		const cached = isCached(env);
		sizeLimit(env);
		settleEnvironment(env, secrets);
		for (const says of read.warnings) log('warning', says);
		for (const says of read.notes) log('info', says);
		const restored = cached ? await restoreStore(env, log) : undefined;
		if (restored !== undefined) saveState(env, 'restored', JSON.stringify(restored));
		await buildImage({ ...read.options, portable: cached }, env, where, controller.signal, summary ? storeText(restored) : undefined);
	} catch (error) {
		const cancelled = controller.signal.aborted && !(error instanceof TareError);
		await fail(cancelled ? new TareError('CANCELLED', 'interrupted', { cause: error }) : error, env, where, read);
	} finally {
		secrets?.dispose();
		process.off('SIGINT', stop).off('SIGTERM', stop);
	}
}

/** @param store what the summary says of the store; undefined: no summary is wanted */
async function buildImage(asked: BuildOptions, env: Environment, where: Places, signal: AbortSignal, store: string | undefined): Promise<void> {
	const { options, note } = await settleCreated(asked, env);
	if (note !== undefined) log('info', note);
	const previous = store === undefined ? undefined : await findPrevious(options, { signal });
	const began = performance.now();
	const layers = new Map<string, boolean>();
	const result = await reported(env, where, (onEvent) => {
		const listener: Listener = (event) => {
			if (event.type === 'layer') layers.set(event.digest, event.reused);
			onEvent(event);
		};
		return build(options, { onEvent: listener, signal });
	});
	const ms = performance.now() - began;
	for (const [name, value] of Object.entries(outputsOf(result))) setOutput(env, name, value);
	log(
		'info',
		`${result.unchanged ? 'unchanged' : 'built'} ${result.images.map(({ platform, size }) => `${platform}, ${formatBytes(size)}`).join('; ')}, in ${formatDuration(ms)}`,
	);
	log('info', result.reference);
	if (store === undefined) return;
	const reused = result.unchanged ? undefined : new Set([...layers].flatMap(([digest, kept]) => (kept ? [digest] : [])));
	await tell({ result, ms, places: where, store, ...(reused !== undefined && { reused }) }, previous, env, { signal });
}

/** The image is where it belongs by now: a summary that cannot be written changes nothing of that. */
async function tell(facts: SummaryFacts, previous: Previous | undefined, env: Environment, run: RunOptions): Promise<void> {
	try {
		const since = await changesSince(previous, facts.result, run);
		writeSummary(env, summarise({ ...facts, ...(since !== undefined && { previous: since }) }, SUMMARY_LIMIT));
	} catch (error) {
		log('warning', `the summary is not written: ${messageOf(error)}`);
	}
}

async function reported<T>(env: Environment, { annotate }: Places, work: (onEvent: Listener) => Promise<T>): Promise<T> {
	const reporter = githubReporter({ write: print, columns: 120 }, { debug: env.RUNNER_DEBUG === '1', annotate });
	try {
		return await work((event) => reporter.on(event));
	} finally {
		reporter.end();
	}
}

/** The new image as it is in the store, where every build leaves it. */
async function changesSince(previous: Previous | undefined, { reference }: BuildResult, run: RunOptions): Promise<SummaryFacts['previous']> {
	if (previous === undefined) return undefined;
	const after = await inspect(reference, { contents: 0, from: 'store' }, run);
	return { name: previous.name, changes: compareImages(previous.details, after) };
}

async function fail(error: unknown, env: Environment, where: Places, read: ReadOptions | undefined): Promise<void> {
	const failure = await describeFailure(error, env, (option, index) => read?.inputOf(option, index));
	if (failure.output !== undefined) print(inert(failure.output));
	print(annotation(failure, where));
	if (text(env, 'summary').toLowerCase() !== 'false') writeSummary(env, summariseFailure(failure, where, SUMMARY_LIMIT));
	process.exitCode = error instanceof TareError ? error.exitCode : EXIT.internal;
}

/** The runner masks line by line. */
function mask(value: string): void {
	for (const line of value.split(/\r?\n/)) if (line.trim() !== '') print(command('add-mask', line));
}

/** GitHub's own registry gets the token; what was read is no business of programs that are started from here. */
function settleEnvironment(env: NodeJS.ProcessEnv, secrets: SecretInputs): void {
	const token = text(env, 'github-token');
	if (token !== '') env.GITHUB_TOKEN = token;
	Object.assign(env, secrets.variables);
	delete env.INPUT_SECRETS;
	delete env['INPUT_GITHUB-TOKEN'];
}

function storeText(restored: Restored | undefined): string {
	if (restored === undefined) return '';
	return restored.key === undefined ? "There was no store to restore; this run's is kept for the next." : `The store was restored from ${restored.key}.`;
}
