/** The places that may say how the app is started, in their order. */
import type { Reason } from '../../../src/builder/contract.js';
import { chooseProcess } from '../../../src/builder/process-choice.js';
import { TareError } from '../../../src/errors.js';
import { needsCompiler } from '../strip-types.js';
import { isBrowserCode, isServerCode } from './browser-code.js';
import type { StartContext } from './choose.js';
import { compiledFiles } from './compiled.js';
import { tidyPath } from './entry.js';
import { type Development, isDevelopment, quoted } from './walk.js';

export interface Candidate {
	readonly command: string;
	readonly reason: Reason;
	/** The script whose text the command is. */
	readonly script?: string;
	/** Files that may be the entry, likeliest first. */
	readonly entries?: readonly string[];
}

/** Scripts that name the production process where `start` does not. */
export const SCRIPTS = ['start', 'start:prod', 'start:production', 'serve:prod', 'production'];
export const STEMS = ['server', 'app', 'main', 'index'];
const EXTENSIONS = ['js', 'mjs', 'cjs'];

/** Of a flag, tare.yaml or the Procfile. @throws TareError NO_START */
export function forcedCommand(context: StartContext): Candidate | undefined {
	const { asked, manifest } = context;
	if (asked !== undefined) return { command: asked, reason: { says: `asked to start with: ${asked}` } };
	const choice = chooseProcess(context, { kind: 'script', names: Object.keys(manifest?.json.scripts ?? {}) });
	if (choice.kind === 'entry') return { command: choice.entry.command, reason: choice.reason };
	return choice.kind === 'own' ? scriptCandidate(choice.name, manifest) : undefined;
}

function scriptCandidate(script: string, manifest: StartContext['manifest']): Candidate | undefined {
	const command = manifest?.json.scripts[script];
	if (manifest === undefined || command === undefined) return undefined;
	return { command, script, reason: { file: manifest.file, line: manifest.lineOf('scripts', script), says: `script "${script}": ${command}` } };
}

export function scriptCandidates({ manifest, delegated }: StartContext): readonly Candidate[] {
	if (manifest === undefined) return [];
	if (delegated?.line !== undefined) return [{ command: delegated.line, reason: delegated.reason }];
	return SCRIPTS.flatMap((script) => scriptCandidate(script, manifest) ?? []);
}

/** What production has in place of the development tools that the scripts name. @throws TareError START_UNSUPPORTED */
export function fallback(refused: readonly TareError[], context: StartContext): Candidate | undefined {
	const tools = refused.map(({ data }) => data).filter(isDevelopment);
	return (
		sameTool(tools, context) ??
		compiledCandidate(tools, context) ??
		checked(strippedCandidate(tools, context) ?? fileCandidate(tools, context), refused, context)
	);
}

/** `next start` for `next dev`, with what its build made. */
function sameTool(tools: readonly Development[], { builds }: StartContext): Candidate | undefined {
	const found = tools.find(({ instead }) => instead !== undefined);
	if (found?.instead === undefined || !builds) return undefined;
	return { command: found.instead, reason: { says: `${found.tool} has "${found.instead}" for production` } };
}

/** What the build makes of the file that a development tool would run (`ts-node src/index.ts` with `tsc`), or of a conventional one. */
function compiledCandidate(tools: readonly Development[], { source, manifest, builds, runtime }: StartContext): Candidate | undefined {
	if (!builds || manifest === undefined || manifest.json.main !== undefined) return undefined;
	const named = runOf(tools);
	const conventional = STEMS.flatMap((stem) =>
		['ts', 'js'].flatMap((extension) => [`src/${stem}.${extension}`, ...(extension === 'ts' ? [`${stem}.ts`] : [])]),
	);
	const file = [...(named === undefined ? [] : [named.file]), ...conventional].find((name) => /\.[cm]?[jt]sx?$/.test(name) && source.has(name));
	if (file === undefined || !isForNode(file, tools, source)) return undefined;
	const entries = compiledFiles(file, source, manifest);
	const [made] = entries;
	if (made === undefined) return undefined;
	const command = file === named?.file ? named.line(made) : `${runtime} ${quoted(made)}`;
	return { command, reason: { file, says: `the build makes ${made} of ${file}` }, entries };
}

/** The TypeScript file that a development tool would run, where Node can. */
function strippedCandidate(tools: readonly Development[], { source, manifest, runsTypeScript }: StartContext): Candidate | undefined {
	const named = runOf(tools);
	if (named === undefined || !/\.[cm]?ts$/.test(named.file) || !source.has(named.file) || !runsTypeScript || manifest?.json.main !== undefined)
		return undefined;
	return { command: named.line(named.file), reason: { file: named.file, says: `${named.file}, which Node runs without its types` } };
}

function runOf(tools: readonly Development[]): { readonly file: string; readonly line: (file: string) => string } | undefined {
	const found = tools.find(({ run }) => run !== undefined)?.run;
	return found === undefined ? undefined : { file: tidyPath(found.file), line: found.line };
}

function fileCandidate(tools: readonly Development[], context: StartContext): Candidate | undefined {
	const { source, manifest, builds, runtime } = context;
	const main = manifest?.json.main;
	const found = main === undefined ? undefined : existing(main, context);
	if (main !== undefined && manifest !== undefined && (found === undefined ? builds && isOutput(main) : isForNode(found, tools, source)))
		return { command: `${runtime} ${quoted(found ?? main)}`, reason: { file: manifest.file, line: manifest.lineOf('main'), says: `main "${main}"` } };
	const names = STEMS.flatMap((stem) =>
		[...EXTENSIONS, ...(context.runsTypeScript ? ['ts', 'mts'] : []), ...(runtime === 'bun' ? ['tsx'] : [])].map((extension) => `${stem}.${extension}`),
	);
	const file = [...names, ...names.map((name) => `src/${name}`)].find((name) => source.has(name) && isForNode(name, tools, source));
	return file === undefined ? undefined : { command: `${runtime} ${quoted(file)}`, reason: { file, says: `conventional entry file ${file}` } };
}

/** A project with a bundler's development server has files for browsers under the same names. */
function isForNode(file: string, tools: readonly Development[], source: StartContext['source']): boolean {
	return tools.some(({ browser }) => browser) ? isServerCode(file, source) : !isBrowserCode(file, source);
}

/** TypeScript that Node cannot run by itself needs what the project meant to run it with. @throws TareError START_UNSUPPORTED */
function checked(candidate: Candidate | undefined, refused: readonly TareError[], { source, runtime }: StartContext): Candidate | undefined {
	const file = candidate?.reason.file;
	const place = runtime === 'node' && candidate !== undefined && /\.[cm]?ts\b/.test(candidate.command) ? needsCompiler(source) : undefined;
	if (place === undefined) return candidate;
	const why = refused[0]?.message ?? `Node cannot run ${file ?? 'the entry file'} as it is`;
	throw new TareError('START_UNSUPPORTED', `${why}, and Node alone cannot run the sources: "${place.text.trim()}"`, {
		hint: 'Add a "build" script that compiles them and start its output, or move tsx to "dependencies" and start with "tsx FILE".',
		at: { file: place.path, line: place.line },
	});
}

/** As Node resolves `main`: the file, with .js, or its index.js. */
function existing(main: string, { source }: StartContext): string | undefined {
	const path = tidyPath(main);
	return source.first(path, `${path}.js`, `${path}.cjs`, `${path}/index.js`);
}

function isOutput(path: string): boolean {
	return /^(?:\.\/)?(?:dist|build|lib|out|output|\.output)\//.test(path);
}
