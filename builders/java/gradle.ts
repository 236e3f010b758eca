/** Gradle: the project's wrapper or the installed one packs the app. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanRequest } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import { buildFailure, runTool } from './build-tool.js';
import type { Jdk } from './jdk.js';

export interface GradleFacts {
	/** `./gradlew` is there. */
	readonly wrapper: boolean;
	/** Of the wrapper: `8.5`. */
	readonly version?: string;
	/** Newest JDK that this Gradle runs on. */
	readonly most?: number;
	readonly args: readonly string[];
}

const PROPERTIES = 'gradle/wrapper/gradle-wrapper.properties';

export function planGradle(source: FileIndex, _request: PlanRequest): GradleFacts {
	const version = /gradle-(\d+(?:\.\d+)*)-/.exec(source.text(PROPERTIES) ?? '')?.[1];
	return { wrapper: source.has('gradlew') && source.has(PROPERTIES), ...(version !== undefined && { version }), args: [] };
}

/** No daemon: it would outlive the build. */
export function gradleArguments({ args }: GradleFacts): readonly string[] {
	return ['--no-daemon', '--console=plain', ...args, 'assemble', '-x', 'test'];
}

/** @throws TareError TOOL_MISSING | INSTALL_FAILED | BUILD_FAILED */
export async function runGradle(facts: GradleFacts, jdk: Jdk, env: Readonly<Record<string, string>>, tools: Toolchain): Promise<void> {
	const cwd = await tools.workspace();
	const result = await firstThatRuns(facts, cwd, jdk, env, tools);
	if (result.exitCode !== 0) throw buildFailure('Gradle', result, errorsOf(result.tail, cwd));
}

async function firstThatRuns(facts: GradleFacts, cwd: string, jdk: Jdk, env: Readonly<Record<string, string>>, tools: Toolchain): Promise<CommandResult> {
	const args = gradleArguments(facts);
	const wrapped =
		facts.wrapper && existsSync(join(cwd, 'gradlew'))
			? await runTool({ step: 'assemble', argv: ['sh', './gradlew', ...args], cwd, jdk, env }, tools)
			: undefined;
	if (wrapped !== undefined && (wrapped.exitCode === 0 || ranGradle(wrapped.tail))) return wrapped;
	const installed = await runTool({ step: 'assemble', argv: ['gradle', ...args], cwd, jdk, env }, tools);
	if (installed !== undefined) return installed;
	if (wrapped !== undefined) throw buildFailure('The Gradle wrapper', wrapped, wrapped.tail);
	throw new TareError('TOOL_MISSING', 'Gradle is not installed, and the project has no wrapper', {
		hint: `Install Gradle${facts.version === undefined ? '' : ` ${facts.version}`} and put it on PATH, or add a wrapper to the project: gradle wrapper.`,
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
