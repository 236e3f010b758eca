/** Gradle: the project's wrapper or the installed one packs the app. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { PlanRequest, Reason } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { CommandResult, Toolchain } from '../../../src/toolchain/contract.js';
import { buildFailure, runTool } from '../build-tool.js';
import type { Jdk } from '../jdk.js';
import { settingsOf } from '../settings.js';
import { downloadedGradles, isLike } from './downloaded.js';
import { type GradleScript, settingsFolder } from './files.js';
import { readGradle } from './model.js';
import { gradleModules } from './modules.js';

export interface GradleFacts {
	/** Folder of the settings, where Gradle runs. */
	readonly folder: string;
	/** Folders of all projects. */
	readonly modules: readonly string[];
	/** The wrapper, relative to that folder. */
	readonly wrapper?: string;
	/** Of the wrapper: `8.5`. */
	readonly version?: string;
	/** Gradle finds the JDK for the sources itself. */
	readonly toolchain: boolean;
	/** Newest JDK that this Gradle runs on. */
	readonly most?: number;
	readonly args: readonly string[];
}

const PROPERTIES = 'gradle/wrapper/gradle-wrapper.properties';

export function planGradle(scripts: readonly GradleScript[], request: PlanRequest): GradleFacts {
	const { source, app } = request;
	const folder = settingsFolder((path) => (path.startsWith('../') ? undefined : source.text(path)), app);
	const properties = posix.join(folder, PROPERTIES);
	const version = /gradle-(\d+(?:\.\d+)*)-/.exec(source.text(properties) ?? '')?.[1];
	const text = scripts.map((script) => script.text).join('\n');
	const most = newestJdk(version);
	return {
		folder,
		modules: [...new Set([...scripts.map((script) => script.folder), ...gradleModules(scripts, { source, app: folder }).map((module) => module.folder)])],
		toolchain: /JavaLanguageVersion\.of|\bjvmToolchain\b/.test(text),
		...(most !== undefined && { most }),
		...(source.has(posix.join(folder, 'gradlew')) && source.has(properties) && { wrapper: './gradlew' }),
		...(version !== undefined && { version }),
		args: settingsOf(request).arguments ?? [],
	};
}

/** https://docs.gradle.org/current/userguide/compatibility.html */
const NEWEST: readonly (readonly [string, number])[] = [
	['9.4', 26],
	['9.1', 25],
	['8.14', 24],
	['8.10', 23],
	['8.8', 22],
	['8.5', 21],
	['8.3', 20],
	['7.6', 19],
	['7.5', 18],
	['7.3', 17],
	['7.0', 16],
	['6.7', 15],
	['6.3', 14],
	['5.0', 11],
];

function newestJdk(version: string | undefined): number | undefined {
	if (version === undefined) return undefined;
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return (
		NEWEST.find(([since]) => {
			const [a = 0, b = 0] = since.split('.').map(Number);
			return major > a || (major === a && minor >= b);
		})?.[1] ?? 8
	);
}

/** No daemon: it would outlive the build. */
export function gradleArguments({ args }: GradleFacts): readonly string[] {
	return ['--no-daemon', '--console=plain', ...args, 'assemble', 'tareClassPath', '-x', 'test'];
}

export interface GradleRun {
	readonly facts: GradleFacts;
	readonly jdk: Jdk;
	readonly env: Readonly<Record<string, string>>;
}

/** False where no Gradle can be had. @throws TareError INSTALL_FAILED | BUILD_FAILED */
export async function runGradle(run: GradleRun, tools: Toolchain): Promise<boolean> {
	const workspace = await tools.workspace();
	const cwd = join(workspace, run.facts.folder);
	const script = join(await tools.scratch('gradle'), 'tare.gradle');
	writeFileSync(script, INIT_SCRIPT);
	const result = await firstThatRuns(run, cwd, ['--init-script', script, ...gradleArguments(run.facts)], tools);
	if (result === undefined) return false;
	if (result.exitCode !== 0) throw buildFailure({ tool: 'Gradle', java: run.jdk.java }, result, errorsOf(result.tail, workspace));
	return true;
}

/**
 * The wrapper is the project's own choice, and only what it says itself tells a failed build from a failed download. Then come the version
 * that it has downloaded before, the one on PATH, and another of its downloads.
 */
async function firstThatRuns({ facts, jdk, env }: GradleRun, cwd: string, args: readonly string[], tools: Toolchain): Promise<CommandResult | undefined> {
	const attempt = (program: readonly string[]) => runTool({ step: 'assemble', argv: [...program, ...args], cwd, jdk, env }, tools);
	const wrapped = facts.wrapper === undefined ? undefined : await attempt(['sh', facts.wrapper]);
	if (wrapped !== undefined && (wrapped.exitCode === 0 || ranGradle(wrapped.tail))) return wrapped;
	const { HOME = '/', GRADLE_USER_HOME = join(HOME, '.gradle') } = tools.passed(['HOME', 'GRADLE_USER_HOME']);
	const there = downloadedGradles(GRADLE_USER_HOME, facts.version);
	const say = (which: string): void => {
		if (wrapped !== undefined) tools.emit({ type: 'warning', says: `the Gradle wrapper could not fetch its Gradle: built with ${which}` });
		else tools.emit({ type: 'note', says: `built with ${which}` });
	};
	const attempts: readonly (readonly [string | undefined, string])[] = [
		[there.find(({ version }) => version === facts.version)?.program, `Gradle ${facts.version}, which is downloaded already`],
		['gradle', 'the installed gradle'],
		...there
			.filter(({ version }) => version !== facts.version && isLike(version, facts.version))
			.map(({ version, program }) => [program, `Gradle ${version}, which another project has downloaded`] as const),
	];
	for (const [program, which] of attempts) {
		const result = program === undefined ? undefined : await attempt([program]);
		if (result === undefined) continue;
		say(which);
		return result;
	}
	return undefined;
}

/** For the plan, which runs nothing: what will be tried, and whether Maven could stand in. */
export function gradleReason({ wrapper, version, folder }: GradleFacts, scripts: readonly GradleScript[], source: FileIndex): Reason {
	const reading = readGradle(source, scripts);
	const first = wrapper === undefined ? [] : [`${wrapper}${version === undefined ? '' : ` (${version})`}`];
	const tried = [...first, ...(version === undefined ? [] : [`a downloaded Gradle ${version}`]), 'gradle on PATH', 'another one that is downloaded'];
	const last = reading.kind === 'model' ? 'Maven, from what the scripts say' : `nothing else: only Gradle can tell what "${reading.statement}" means`;
	const place = reading.kind === 'model' ? { file: scripts[0]?.file ?? posix.join(folder, 'build.gradle') } : { file: reading.file, line: reading.line };
	return { ...place, says: `the first that is there builds: ${tried.join(', ')}, ${last}` };
}

/** Said when neither Gradle nor another way is there. */
export function gradleMissing(
	{ version, wrapper }: Partial<GradleFacts>,
	why: { readonly file: string; readonly line: number; readonly statement: string },
): TareError {
	const what = wrapper !== undefined ? `the wrapper cannot fetch Gradle${version === undefined ? '' : ` ${version}`}` : 'the project has no wrapper';
	return new TareError('TOOL_MISSING', `Gradle is not installed and ${what}; only Gradle can tell what "${why.statement}" means`, {
		hint: `Install Gradle${version === undefined ? '' : ` ${version}`} and put gradle on PATH, or let the wrapper reach its download (distributionUrl in ${PROPERTIES}).`,
		at: { file: why.file, line: why.line },
	});
}

function ranGradle(output: string): boolean {
	return /^> (?:Task|Configure)|^FAILURE: Build failed|^BUILD FAILED|What went wrong:/m.test(output);
}

function errorsOf(output: string, workspace: string): string {
	const end = output.search(/^\* Try:/m);
	return output
		.slice(0, end < 0 ? undefined : end)
		.split('\n')
		.filter((line) => line.trim() !== '' && !/^> Task .*(?:UP-TO-DATE|NO-SOURCE)?$|^To honour the JVM settings|^Daemon will be stopped/.test(line))
		.map((line) => line.replaceAll(`${workspace}/`, ''))
		.join('\n');
}

/** What the plugin `application` or the jar needs at run time, in a file of each module: the class to start, and jars in order. */
const INIT_SCRIPT = `
allprojects { p ->
	p.afterEvaluate {
		def list = p.tasks.create('tareClassPath')
		def path = p.configurations.findByName('runtimeClasspath')
		if (path != null && p.tasks.findByName('jar') != null) {
			def out = new File(p.layout.buildDirectory.get().asFile, 'tare.classpath')
			def main = ''
			try { main = p.extensions.getByName('application').mainClass.getOrElse('') } catch (Exception ignored) { }
			// Before Gradle 6.4.
			if (main == '' && p.hasProperty('mainClassName')) main = p.property('mainClassName') ?: ''
			list.dependsOn(path)
			list.doLast {
				out.parentFile.mkdirs()
				out.text = ([main] + path.files.collect { it.path }).join('\\n')
			}
		}
	}
}
`;

export interface GradleClassPath {
	readonly main?: string;
	readonly paths: readonly string[];
}

export function readGradleClassPath(workspace: string, module: string): GradleClassPath {
	const file = join(workspace, module, 'build/tare.classpath');
	const [main, ...paths] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return { ...(main !== undefined && main !== '' && { main }), paths: paths.filter((path) => path.endsWith('.jar')) };
}
