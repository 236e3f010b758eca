/** A Java project becomes a plan: what packs it, which Java it gets, how it is started. Files are read, nothing runs. */
import { join, posix } from 'node:path';
import type { BaseRequest, DebianSet } from '../../src/bases/contract.js';
import type { BuildPlan, Detection, LayerPlan, PlanRequest, Reason, Step, WritablePlace } from '../../src/builder/contract.js';
import type { Outside } from '../../src/builder/runtime-files.js';
import { execForm, namesVariable } from '../../src/builder/start-command.js';
import { TareError } from '../../src/errors.js';
import type { Kind } from './detect.js';
import { findFiles } from './files.js';
import { findFramework } from './framework.js';
import { type GradleFacts, gradleArguments, gradleReason, planGradle } from './gradle/gradle.js';
import { chooseJava, type JavaChoice } from './java-version.js';
import { type Layout, readLayout } from './layout.js';
import { type JibSettings, readJib } from './maven/jib.js';
import type { ExtraDirectory } from './maven/jib-directories.js';
import { type MavenFacts, mavenArguments } from './maven/maven.js';
import { mainOf, planMaven } from './maven/plan.js';
import { definedProperties } from './maven/profiles.js';
import { findPort, type Port, portOf } from './port.js';
import { findJar, finishedTree, neededBy } from './prebuilt.js';
import { javaRecipe } from './recipe.js';
import { setFor } from './sets.js';
import { settingsOf } from './settings.js';
import { findStart, type JavaStart, withoutPortFlags } from './start.js';
import { javaPlaces } from './writable/places.js';
import { textOf } from './xml.js';

export interface JavaFacts {
	readonly kind: Kind;
	/** The jar, the manifest or the source file that was found. */
	readonly file: string;
	/** Feature release of the runtime in the image. */
	readonly line: number;
	/** Debian release that has the runtime. */
	readonly release: string;
	/** Of the sources, where the project says one. */
	readonly level?: number;
	readonly because: Reason;
	/** Folder of the module that is the app, where the user named one. */
	readonly module?: string;
	readonly maven?: MavenFacts;
	readonly gradle?: GradleFacts;
	/** Class to start, where somebody names it. */
	readonly main?: string;
	readonly flags: readonly string[];
	readonly args: readonly string[];
	/** Flags or arguments name variables: a launcher fills them in, and sets these. */
	readonly launch?: Readonly<Record<string, string>>;
	readonly workdir: string;
	readonly ships: readonly string[];
	/** Beyond `workdir`. */
	readonly outside: readonly Outside[];
	readonly buildEnv: Readonly<Record<string, string>>;
	readonly hasPort: boolean;
	/** Modules of a runtime to link, in place of the whole one. */
	readonly jlink?: 'auto' | readonly string[];
	/** With an archive of classes. */
	readonly cds: boolean;
	/** Version of the server for a war. */
	readonly tomcat?: string;
	/** As Jib's configuration has them. */
	readonly extra: readonly ExtraDirectory[];
	/** Debian packages that the user added. */
	readonly packages: readonly string[];
}

const DEFAULT_PORT = '8080';
/** Below /app. */
export const CLASS_PATH = 'class-path';

/** @throws TareError NO_START | START_UNSUPPORTED | VERSION_UNSATISFIABLE | MANIFEST_INVALID | BASE_INVALID */
export function planJava(detection: Detection, asked: PlanRequest): BuildPlan {
	const { request, reasons, warnings } = javaRecipe(asked);
	const plan = planProject(detection, request);
	return { ...plan, reasons: [...plan.reasons, ...reasons], warnings: [...plan.warnings, ...warnings] };
}

function planProject(detection: Detection, request: PlanRequest): BuildPlan {
	const { kind, file: found } = detection.facts as { kind: Kind; file: string };
	const { source, base, buildEnv } = request;
	if (base.kind === 'scratch') throw new TareError('BASE_INVALID', 'a Java app cannot run on scratch: there is no java in it', { hint: 'Leave --base out.' });
	const settings = settingsOf(request);
	if ((settings.jlink !== undefined || settings.cds === true) && base.kind !== 'debian') throw foreignBase();
	const layout = readLayout(kind, request);
	const { poms, scripts, module } = layout;
	const asked = findStart(request);
	const file = kind === 'jar' ? findJar(source, asked?.jar) : (layout.maven?.own.file ?? posix.join(request.app, found));
	const finished = kind === 'jar' || kind === 'exploded' ? finishedTree(source, kind, file) : undefined;
	const java = chooseJava(request, layout, finished === undefined ? undefined : neededBy(finished));
	checkArchive(settings.cds, java);
	const roots = module === undefined ? [''] : [module, ''];
	const files = findFiles(source, { roots, args: asked?.args ?? [], war: packsWar(layout), owns: layout.owns });
	const framework = findFramework(poms, scripts);
	const bySettings = finished === undefined ? findPort(source, module ?? request.app, framework) : portOf(finished);
	const start = withoutPortFlags(asked, bySettings);
	const port = bySettings ?? portOfStart(start);
	const jib = readJib(layout.own, source, layout.maven === undefined ? undefined : definedProperties(request));
	const main = start?.main?.replaceAll('$$', '$') ?? jib.main ?? mainOf(layout);
	const maven = layout.maven === undefined ? undefined : planMaven(layout, layout.maven, request, java.level);
	const gradle = kind === 'gradle' ? planGradle(scripts, request) : undefined;
	const facts: JavaFacts = {
		kind,
		file,
		line: java.line,
		release: java.release,
		...(java.level !== undefined && { level: java.level }),
		because: java.reason,
		...(module !== undefined && { module }),
		...(maven !== undefined && { maven: maven.facts }),
		...(gradle !== undefined && { gradle }),
		...(main !== undefined && { main }),
		flags: start?.flags ?? jib.flags,
		args: start?.args ?? jib.args,
		...(start?.variables === true && { launch: start.env }),
		workdir: files.workdir,
		ships: kind === 'exploded' ? [] : files.paths,
		outside: files.outside,
		buildEnv: withoutArguments(buildEnv),
		hasPort: port !== undefined,
		...(settings.jlink !== undefined && { jlink: settings.jlink }),
		cds: settings.cds === true,
		...(settings.tomcat !== undefined && { tomcat: settings.tomcat }),
		extra: jib.extra,
		packages: base.kind === 'debian' ? base.packages : [],
	};
	return toPlan(facts, request, {
		jib,
		start,
		java,
		port,
		reasons: [
			...layout.reasons,
			...jib.reasons,
			...files.reasons,
			...(maven?.reasons ?? []),
			...(gradle === undefined ? [] : [gradleReason(gradle, scripts, source)]),
		],
		warnings: [...files.warnings, ...(maven?.warnings ?? [])],
		writable: javaPlaces(layout, request, facts, jib.workdir),
	});
}

function packsWar({ poms, scripts }: Layout): boolean {
	return poms.some(({ xml }) => textOf(xml, 'packaging') === 'war') || scripts.some(({ text }) => /\bwar\b/.test(text));
}

interface Found {
	readonly jib: JibSettings;
	readonly start: JavaStart | undefined;
	readonly java: JavaChoice;
	readonly port: Port | undefined;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
	readonly writable: readonly WritablePlace[];
}

/** They are on Maven's command line already. */
function withoutArguments({ MAVEN_ARGS: _, ...others }: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return others;
}

function toPlan(facts: JavaFacts, { base, baseAsked, process }: PlanRequest, { jib, start, java, port, reasons, warnings, writable }: Found): BuildPlan {
	const toolSets = toolSetsOf(facts);
	return {
		builder: 'java',
		steps: stepsOf(facts),
		layers: [...(facts.jlink === undefined ? [] : [LINKED]), ...LAYERS, ...(facts.extra.length === 0 ? [] : [EXTRA]), ...(facts.cds ? [ARCHIVED] : [])],
		base: baseFor(base, baseAsked === true ? undefined : jib.base, facts),
		...(toolSets.length > 0 && { runsBase: true, toolSets }),
		processes: [
			{ type: process ?? 'web', command: commandOf(facts, facts.main), reasons: [start?.reason ?? { file: facts.file, says: 'what the build makes' }] },
		],
		config: {
			WorkingDir: jib.workdir ?? '/app',
			...(jib.user !== undefined && { User: jib.user }),
			...(jib.volumes.length > 0 && { Volumes: Object.fromEntries(jib.volumes.map((path) => [path, {}])) }),
			Labels: jib.labels,
			env: { ...MEMORY, ...port?.env, ...jib.env, ...(start?.variables === true ? {} : start?.env) },
			...exposed([...(port === undefined || jib.ports.length > 0 ? [] : [`${port.port}/tcp`]), ...jib.ports]),
		},
		reasons: [java.reason, ...(port === undefined ? [] : [port.reason]), ...reasons],
		warnings: [...jib.warnings, ...warnings],
		tools: { ...facts.maven?.frontend?.tools },
		...(writable.length > 0 && { writable }),
		facts: { ...facts },
	};
}

/** A linked runtime is Debian's; else the project's own choice stands, as it does with Jib. */
function baseFor(base: BaseRequest, named: string | undefined, { jlink, line, release }: JavaFacts): BaseRequest {
	if (base.kind !== 'debian') return base;
	if (named !== undefined && jlink === undefined) return { kind: 'registry', ref: named };
	return { ...base, release: release as JavaChoice['release'], sets: ['static', 'cc', setFor(jlink === undefined ? 'jre' : 'jlink', line)] };
}

function foreignBase(): TareError {
	return new TareError('BASE_INVALID', "jlink and cds work with the Debian base's Java, and --base asks for another", { hint: 'Leave --base out, or these.' });
}

/** Older ones write another archive at every dump: the image would have another digest every time. */
function checkArchive(cds: boolean | undefined, { line, reason }: JavaChoice): void {
	if (cds !== true || line >= FIRST_WITH_SAME_ARCHIVE) return;
	throw new TareError(
		'VERSION_UNSATISFIABLE',
		`java.cds needs Java ${FIRST_WITH_SAME_ARCHIVE}, whose archives are the same every time, and the image has Java ${line} (${reason.says})`,
		{
			hint: 'Say that the app runs on it: `java: { version: "25", cds: true }` in tare.yaml.',
		},
	);
}

const FIRST_WITH_SAME_ARCHIVE = 25;

/** What the build uses of Debian's Java beside what the image gets. */
function toolSetsOf({ jlink, cds, line }: JavaFacts): readonly DebianSet[] {
	return jlink !== undefined ? [setFor('jdk', line), setFor('jmods', line)] : cds ? [setFor('jre', line)] : [];
}

const EXTRA: LayerPlan = { name: 'extra', purpose: 'assets', says: "Jib's extra directories" };
const ARCHIVED: LayerPlan = { name: 'cds', purpose: 'app', says: 'classes as java holds them in memory' };
const LINKED: LayerPlan = { name: 'runtime', purpose: 'runtime', says: "the JDK's modules that the app needs, linked" };

function exposed(ports: readonly string[]) {
	return ports.length === 0 ? {} : { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) };
}

/** Java takes a quarter of the memory it finds; in a container it has all but some. A heap that is full ends it: whoever started it starts it again. */
const MEMORY = { JAVA_TOOL_OPTIONS: '-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError', MALLOC_ARENA_MAX: '2' };

const LAYERS: readonly LayerPlan[] = [
	{ name: 'dependencies', purpose: 'dependencies', says: 'released libraries, in /app/lib' },
	{ name: 'snapshots', purpose: 'dependencies', says: 'libraries whose version may change' },
	{ name: 'modules', purpose: 'dependencies', says: "the project's other modules" },
	{ name: 'files', purpose: 'assets', says: 'files that the app opens' },
	{ name: 'app', purpose: 'app', says: "the app's own classes, in /app" },
];

export function commandOf({ flags, args, launch }: JavaFacts, main: string | undefined, place = `/app/${CLASS_PATH}`): readonly string[] {
	return startedBy(launch, [...flags, `@${place}`, ...(main === undefined ? [] : [escaped(main, launch), ...args])]);
}

/** `java` itself, or by way of the launcher. */
export function startedBy(launch: JavaFacts['launch'], words: readonly string[]): readonly string[] {
	return execForm('java', words, { variables: launch !== undefined, env: launch ?? {} }).command;
}

/** To the launcher a dollar is two: the name of a nested class has one. */
function escaped(name: string, launch: JavaFacts['launch']): string {
	return launch === undefined ? name : name.replaceAll('$', '$$$$');
}

function portOfStart(start: JavaStart | undefined): Port | undefined {
	if (start === undefined || !namesVariable({ args: [...start.flags, ...start.args], env: start.env, variables: start.variables }, 'PORT')) return undefined;
	return { port: DEFAULT_PORT, env: { PORT: DEFAULT_PORT }, reason: { ...start.reason, says: 'the start command names PORT' } };
}

function stepsOf({ kind, maven, gradle, because, file }: JavaFacts): readonly Step[] {
	const step = (id: string, command: readonly string[]): Step[] => [{ id, command, env: {}, reasons: [{ file, says: because.says }] }];
	if (maven !== undefined) return step('package', [maven.wrapper ?? 'mvn', ...mavenArguments(maven)]);
	if (gradle !== undefined) return step('assemble', [gradle.wrapper ?? 'gradle', ...gradleArguments(gradle)]);
	return kind === 'source' ? step('compile', ['javac', '-d', join('classes'), file]) : [];
}
