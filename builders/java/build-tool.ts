/** Running Maven and Gradle: what they may see of their user, and what their failures mean. */
import { TareError } from '../../src/errors.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';
import { type FailedWith, hintFor } from './failures.js';
import type { Jdk } from './jdk.js';

/** Their caches, settings and credentials are the user's own. */
const PASSES = [
	...['HOME', 'MAVEN_OPTS', 'MAVEN_ARGS', 'MAVEN_USER_HOME', 'MVNW_*', 'M2_HOME', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'],
	...['GRADLE_USER_HOME', 'GRADLE_OPTS', 'JAVA_OPTS', 'ORG_GRADLE_PROJECT_*', 'GRADLE_RO_DEP_CACHE'],
];

/** A JVM that starts fast: a build ends before the second compiler would pay. */
export const SHORT_RUN = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export interface ToolCommand {
	readonly step: string;
	readonly argv: readonly string[];
	readonly cwd: string;
	readonly jdk: Jdk;
	readonly env: Readonly<Record<string, string>>;
	/** Further folders for PATH. */
	readonly path?: readonly string[];
	readonly onLine?: (line: string) => void;
}

/** Undefined when the program does not exist. */
export async function runTool({ step, argv, cwd, jdk, env, path = [], onLine }: ToolCommand, tools: Toolchain): Promise<CommandResult | undefined> {
	try {
		return await tools.run({
			step,
			argv,
			cwd,
			passes: PASSES,
			env: { ...env, JAVA_HOME: jdk.home },
			path: [`${jdk.home}/bin`, ...path],
			...(onLine !== undefined && { onLine }),
		});
	} catch (error) {
		if (error instanceof TareError && error.code === 'TOOL_MISSING') return undefined;
		throw error;
	}
}

const SHOWN_LINES = 60;

/** @param shown the lines of the tool's own that say why @param own explains what is missing and is the project's own */
export function buildFailure(
	failed: FailedWith,
	{ exitCode, tail }: CommandResult,
	shown: string,
	own: (output: string, artifact: string | undefined) => TareError | undefined = () => undefined,
): TareError {
	const { tool } = failed;
	const output = shown.split('\n').slice(0, SHOWN_LINES).join('\n');
	const missing =
		/Could not find (?:artifact )?([\w.-]+:[\w.:-]+)|Could not find ([\w.-]+:[\w.-]+:[\w.-]+)\.|([\w.-]+:[\w.:-]+) was not found in \S+ during a previous attempt/.exec(
			tail,
		);
	const artifact = (missing?.[1] ?? missing?.[2] ?? missing?.[3])?.replace(/[.:]+$/, '');
	const explained = own(shown, artifact);
	if (explained !== undefined) return explained;
	if (artifact !== undefined)
		return new TareError('INSTALL_FAILED', `${tool} finds ${artifact} in no repository`, {
			hint: "Check its name and version, and the repositories of the project and of the user's settings; a module of the project itself must be built with it.",
			data: { output, artifact },
		});
	if (/status(?: code)?:? 40[13]|401 Unauthorized|403 Forbidden|Not authorized/.test(tail))
		return new TareError('INSTALL_FAILED', 'a repository wants credentials', {
			hint: `Put them where ${tool} reads them: ~/.m2/settings.xml or ~/.gradle/gradle.properties.`,
			data: { output },
		});
	if (
		/UnknownHostException|Unknown host|Temporary failure in name resolution|Connection refused|Connect timed out|Network is unreachable|PKIX path building/.test(
			tail,
		)
	)
		return new TareError('INSTALL_FAILED', `${tool} cannot reach a repository`, {
			hint: 'Check the network and the proxy, mirror and trust store in the settings of the build tool.',
			data: { output },
		});
	return new TareError('BUILD_FAILED', `${tool} exited with ${exitCode}`, { hint: hintFor(tail, failed), data: { output } });
}
