/** What failures of Maven, Gradle and javac mean, and what to do: one table, by what they print. */

export interface FailedWith {
	/** `Maven` */
	readonly tool: string;
	/** Feature release of the JDK that ran it. */
	readonly java?: number;
}

type Hint = (match: RegExpExecArray, failed: FailedWith) => string;

/** Class files are numbered from 45 on. */
const javaOf = (major: string | undefined): number => Number(major) - 44;
const jdk = ({ java }: FailedWith): string => (java === undefined ? 'The JDK' : `JDK ${java}`);

const HINTS: readonly (readonly [pattern: RegExp, hint: Hint])[] = [
	[
		/(?:Source|Target) option (\d+) is no longer supported/,
		([, level], failed) =>
			`${jdk(failed)} has given up level ${level}. Raise the level of the sources to 8 or newer, or install an older JDK and set JAVA_HOME to it.`,
	],
	[
		/(?:invalid (?:source|target) release|release version)[: ]+(\d+(?:\.\d+)?)/,
		([, level = ''], failed) =>
			`${jdk(failed)} is older than the sources, which are for Java ${level.replace(/^1\./, '')}: install JDK ${level.replace(/^1\./, '')} or newer and set JAVA_HOME to it.`,
	],
	[
		/class file has wrong version (\d+)\.\d+, should be (\d+)/,
		([, major, most]) =>
			`A library is compiled for Java ${javaOf(major)}, and the sources for ${javaOf(most)}: build with Java ${javaOf(major)} (a file .java-version with "${javaOf(major)}"), or take an older version of the library.`,
	],
	[
		/class file version (\d+)\.\d+\)?,? this version of the Java Runtime only recognizes class file versions up to (\d+)/,
		([, major, most]) =>
			`A plugin of the build needs Java ${javaOf(major)}, and it runs on ${javaOf(most)}: install JDK ${javaOf(major)} or newer and set JAVA_HOME to it.`,
	],
	[
		/Unsupported class file major version (\d+)/,
		([, major], { tool }) =>
			`${tool} or one of its plugins is too old for JDK ${javaOf(major)}: use a newer one, or set JAVA_HOME to the JDK that the project is written for.`,
	],
	[
		/(?:Cannot find matching toolchain definitions|No matching toolchain(?:s)? found)[^\n]*\n?[^\n]*?(?:version\s*=\s*'?|languageVersion=)(\d[\w.]*)/i,
		([, version], { tool }) => toolchain(tool, version),
	],
	[/Cannot find a Java installation[^\n]*languageVersion=(\d+)/, ([, version], { tool }) => toolchain(tool, version)],
	[/Cannot find matching toolchain|No toolchain (?:found|matched)|Misconfigured toolchains/i, (_, { tool }) => toolchain(tool, undefined)],
	[
		/Detected JDK (?:Version:?|version) ?(\S+) (?:\(JAVA_HOME=[^)]*\) )?is not in the allowed range ([[(][^\])]*[\])]?)/i,
		([, version, range]) => `The project allows JDK ${range}, and ${version} ran: install one and set JAVA_HOME to it, or say the version in .java-version.`,
	],
	[
		/Detected Maven Version:? ?(\S+) is not in the allowed range ([[(]?[^\])\n]*[\])]?)/i,
		([, version, range]) => `The project allows Maven ${range}, and ${version} ran: add a wrapper of such a version (mvn wrapper:wrapper -Dmaven=VERSION).`,
	],
	[
		/TypeTag :: UNKNOWN|lombok\.javac|JCTree\$\w+/,
		() => 'Lombok is older than the JDK that compiles: use a newer Lombok, or install the JDK that the project is written for.',
	],
	[/OutOfMemoryError/, () => 'The compiler had too little memory: set MAVEN_OPTS or GRADLE_OPTS to -Xmx2g.'],
];

function toolchain(tool: string, version: string | undefined): string {
	const which = version === undefined ? 'a JDK that is not set up' : `JDK ${version}`;
	const where =
		tool === 'Gradle'
			? 'Install it below /usr/lib/jvm, or name its folder in ~/.gradle/gradle.properties (org.gradle.java.installations.paths).'
			: 'Install it and list it in ~/.m2/toolchains.xml.';
	return `The project asks for ${which} as a toolchain. ${where}`;
}

export function hintFor(output: string, failed: FailedWith): string {
	for (const [pattern, hint] of HINTS) {
		const match = pattern.exec(output);
		if (match !== null) return hint(match, failed);
	}
	return `The lines above are ${failed.tool}'s; --verbose shows all of them.`;
}
