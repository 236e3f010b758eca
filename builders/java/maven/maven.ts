/** Maven: the project's wrapper or the installed one packs the app, and says which jars it needs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TareError } from '../../../src/errors.js';
import type { CommandResult, Toolchain } from '../../../src/toolchain/contract.js';
import { buildFailure, runTool, SHORT_RUN } from '../build-tool.js';
import type { Jdk } from '../jdk.js';
import type { Frontend } from './frontend.js';
import { prepareNode } from './node.js';
import type { SystemJar } from './system-jars.js';
import { unresolvedOwn } from './unresolved.js';

export interface MavenFacts {
	/** The wrapper, relative to the folder of the pom. */
	readonly wrapper?: string;
	/** Module to build with what it needs, relative to the folder of the pom; '' for the whole project. */
	readonly module: string;
	/** Folder of the pom, where that is not the root. */
	readonly folder?: string;
	/** Folders of all modules. */
	readonly modules: readonly string[];
	/** Arguments beyond the usual. */
	readonly args: readonly string[];
	/** Files below the workspace that are written before Maven runs. */
	readonly files?: readonly { readonly path: string; readonly content: string }[];
	/** Jars of the scope `system` below the workspace, by the folder of the module that needs them. */
	readonly system?: readonly SystemJar[];
	/** The build runs programs of Node. */
	readonly frontend?: Frontend;
	/** No plugin puts the libraries into the app's jar. */
	readonly needsClassPath: boolean;
}

/** A plugin's version is pinned so that a newer one does not change the build. */
const CLASS_PATH_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath';
export const CLASS_PATH_FILE = 'target/tare.classpath';

/** Its compiler plugin then says which options javac gets. */
const SAYS_OPTIONS = ['-Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.compiler.CompilerMojo=debug'];

export interface MavenRun {
	readonly jdk: Jdk;
	readonly env: Readonly<Record<string, string>>;
	/** Hears what Maven says, the compiler's options among it. */
	readonly onLine?: (line: string) => void;
}

/** `-B -ntp`: no questions, no progress of downloads. */
export function mavenArguments({ module, args, needsClassPath }: MavenFacts): readonly string[] {
	return [
		...['-B', '-ntp', '-DskipTests', ...args],
		...(module === '' ? [] : ['-pl', module, '-am']),
		'package',
		...(needsClassPath ? [CLASS_PATH_GOAL, `-Dmdep.outputFile=${CLASS_PATH_FILE}`, '-DincludeScope=runtime'] : []),
	];
}

/** @throws TareError TOOL_MISSING | INSTALL_FAILED | BUILD_FAILED */
export async function runMaven(facts: MavenFacts, run: MavenRun, tools: Toolchain): Promise<void> {
	const workspace = await tools.workspace();
	const cwd = join(workspace, facts.folder ?? '');
	for (const { path, content } of facts.files ?? []) {
		mkdirSync(dirname(join(workspace, path)), { recursive: true });
		writeFileSync(join(workspace, path), content);
	}
	const result = await firstThatRuns(facts, cwd, run, tools);
	if (result.exitCode === 0) return;
	const failed = { tool: 'Maven', java: run.jdk.java };
	throw buildFailure(failed, result, errorsOf(result.tail, workspace), (output, artifact) => unresolvedOwn(output, artifact, facts.folder ?? '', tools.source));
}

/** A wrapper that cannot fetch its Maven is no reason to fail where another is installed. */
async function firstThatRuns(facts: MavenFacts, cwd: string, { jdk, env: given, onLine }: MavenRun, tools: Toolchain): Promise<CommandResult> {
	const args = [...mavenArguments(facts), ...(onLine === undefined ? [] : SAYS_OPTIONS)];
	const env = tools.passed(['MAVEN_OPTS']).MAVEN_OPTS === undefined ? { MAVEN_OPTS: SHORT_RUN.join(' '), ...given } : given;
	const path = facts.frontend === undefined ? [] : await prepareNode(facts.frontend, await tools.workspace(), tools);
	const command = { step: 'package', cwd, jdk, env, path, ...(onLine !== undefined && { onLine }) };
	const wrapped = facts.wrapper === undefined ? undefined : await runTool({ ...command, argv: ['sh', facts.wrapper, ...args] }, tools);
	if (wrapped !== undefined && (wrapped.exitCode === 0 || ranMaven(wrapped.tail))) return wrapped;
	const installed = await runTool({ ...command, argv: ['mvn', ...args] }, tools);
	if (installed !== undefined && wrapped !== undefined)
		tools.emit({ type: 'warning', says: 'the project has a Maven wrapper that could not fetch its Maven: built with the installed mvn' });
	if (installed !== undefined) return installed;
	if (wrapped !== undefined) throw buildFailure({ tool: 'The Maven wrapper', java: jdk.java }, wrapped, wrapped.tail);
	throw new TareError('TOOL_MISSING', 'Maven is not installed, and pom.xml says this is a Maven project', {
		hint: 'Install Maven 3.6.3 or newer and put mvn on PATH, or add a wrapper to the project: mvn wrapper:wrapper.',
		at: { file: 'pom.xml' },
	});
}

function ranMaven(output: string): boolean {
	return /^\[(?:INFO|ERROR)\] /m.test(output);
}

/** Maven repeats an error and then explains how to read errors: what stands first is enough. */
function errorsOf(output: string, workspace: string): string {
	const compiler = /COMPILATION ERROR[^\n]*\n(?:\[INFO\] -+\n)?([\s\S]*?)\n\[INFO\] \d+ errors?\b/.exec(output)?.[1];
	const lines = (compiler ?? output)
		.split('\n')
		.flatMap((line) => (compiler === undefined ? (/^\[ERROR\] ?(.*)$/.exec(line)?.[1] ?? []) : line.replace(/^\[ERROR\] ?/, '')));
	const end = lines.findIndex((line) => /^(?:-> \[Help|To see the full stack trace|Re-run Maven)/.test(line.trim()));
	const own = lines.slice(0, end < 0 ? undefined : end).map((line) => line.replaceAll(`${workspace}/`, '').replace(/ -> \[Help \d+\]$/, ''));
	return own.filter((line, at) => line.trim() !== '' && (compiler !== undefined || own.indexOf(line) === at)).join('\n');
}

/** The jars that the module's app needs at run time, in order. */
export function readClassPath(workspace: string, module: string): readonly string[] | undefined {
	const path = join(workspace, module, CLASS_PATH_FILE);
	if (!existsSync(path)) return undefined;
	return readFileSync(path, 'utf8')
		.trim()
		.split(':')
		.filter((part) => part !== '');
}
