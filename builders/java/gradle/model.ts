/**
 * What a plain Gradle project says: plugins, dependencies, the class to start. Every statement must be one of the known ones, for a
 * build script is a program: with any other, only Gradle itself can tell what it builds.
 */
import type { FileIndex } from '../../../src/source/file-index.js';
import { catalogOf } from './catalog.js';
import type { GradleScript } from './files.js';
import { parseStatements, type Statement } from './statements.js';

export interface GradleDependency {
	readonly scope: 'compile' | 'runtime' | 'provided' | 'processor' | 'bom';
	readonly group: string;
	readonly name: string;
	readonly version?: string;
}

export interface GradleModel {
	readonly group: string;
	readonly name: string;
	readonly version: string;
	readonly plugins: ReadonlyMap<string, string>;
	/** Properties that replace versions of Spring's list: `lombok.version`. */
	readonly versions: ReadonlyMap<string, string>;
	readonly dependencies: readonly GradleDependency[];
	readonly main?: string;
	/** Folder of the only subproject, '' for the root. */
	readonly folder: string;
}

export type GradleReading =
	| { readonly kind: 'model'; readonly model: GradleModel }
	| { readonly kind: 'unknown'; readonly file: string; readonly line: number; readonly statement: string };

class Unknown extends Error {
	readonly statement: Statement;
	constructor(statement: Statement) {
		super(statement.head);
		this.statement = statement;
	}
}

interface Draft {
	readonly values: Map<string, string>;
	readonly plugins: Map<string, string>;
	readonly dependencies: GradleDependency[];
	readonly catalog: ReadonlyMap<string, string>;
	main?: string;
}

export function readGradle(source: FileIndex, scripts: readonly GradleScript[]): GradleReading {
	const properties = [...(source.text('gradle.properties') ?? '').matchAll(/^[^\S\n]*([\w.]+)\s*[=:]\s*(.*?)\s*$/gm)].map((match): [string, string] => [
		match[1] as string,
		match[2] as string,
	]);
	const draft: Draft = { values: new Map(properties), plugins: new Map(), dependencies: [], catalog: catalogOf(source) };
	for (const { file, text } of [...scripts].sort((a, b) => Number(b.file.startsWith('settings')) - Number(a.file.startsWith('settings')))) {
		try {
			for (const statement of parseStatements(text, file)) (file.startsWith('settings') ? settings : script)(statement, draft);
		} catch (error) {
			if (!(error instanceof Unknown)) throw error;
			return { kind: 'unknown', file, line: error.statement.line, statement: error.message.slice(0, 80) };
		}
	}
	const { values, plugins, dependencies, main } = draft;
	return {
		kind: 'model',
		model: {
			group: values.get('group') ?? 'app',
			name: values.get('rootProject.name') ?? 'app',
			version: values.get('version') ?? '0',
			plugins,
			versions: new Map([...values].filter(([name]) => name.endsWith('.version'))),
			dependencies,
			...(main !== undefined && { main }),
			folder: values.get('include') ?? '',
		},
	};
}

const STRING = `["']([^"'\\n]+)["']`;

function settings(statement: Statement, draft: Draft): void {
	const { head, body } = statement;
	const name = new RegExp(`^rootProject\\.name ?= ?${STRING}$`).exec(head)?.[1];
	if (name !== undefined) draft.values.set('rootProject.name', name);
	else if (/^(?:pluginManagement|dependencyResolutionManagement)$/.test(head)) for (const one of body ?? []) management(one);
	else if (includes(head, draft)) return;
	else if (head !== 'plugins' && !/^enableFeaturePreview\b/.test(head)) throw new Unknown(statement);
}

/** A project whose only part is a subproject, as `gradle init` makes it. */
function includes(head: string, { values }: Draft): boolean {
	const name = new RegExp(`^include ?\\(?${STRING}\\)?$`).exec(head)?.[1];
	if (name === undefined || values.has('include')) return false;
	values.set('include', name.replace(/^:/, '').replaceAll(':', '/'));
	return true;
}

/** Repositories beyond the usual ones have what Maven would not find. */
function management(statement: Statement): void {
	if (/^repositories$/.test(statement.head)) repositories(statement);
	else if (!/^(?:repositoriesMode|plugins)\b/.test(statement.head)) throw new Unknown(statement);
}

function repositories({ body = [] }: Statement): void {
	for (const one of body) if (!/^(?:mavenCentral|mavenLocal|gradlePluginPortal)\(\)$/.test(one.head)) throw new Unknown(one);
}

/** Blocks that test, check or describe, or that pack what is here packed otherwise. */
const NO_MATTER =
	/^(?:test|tasks\.test|(?:tasks\.)?withType[(<]\s*(?:Test|Jar|JavaCompile|Javadoc)\b.*|tasks\.withType[(<]\s*(?:Test|Jar|JavaCompile|Javadoc)\b.*|tasks\.named(?:<\w+>)?\(["'](?:test|jar|bootJar|run|bootRun|compileJava|shadowJar|javadoc|wrapper)["'].*|jar|tasks\.(?:jar|bootJar|shadowJar|compileJava|wrapper)|bootJar|bootRun|shadowJar|run|wrapper|tasks\.run|jacoco|checkstyle|pmd|spotless|idea|eclipse|jib|testing|publishing|compileJava|javadoc|description\b.*|buildscript_never)$/;

function script(statement: Statement, draft: Draft): void {
	const { head, body = [] } = statement;
	const applied = new RegExp(`^apply plugin: ${STRING}$|^apply\\(plugin ?= ?${STRING}\\)$`).exec(head);
	if (head === 'plugins') for (const one of body) plugin(one, draft);
	else if (applied !== null) draft.plugins.set(applied[1] ?? applied[2] ?? '', '');
	else if (head === 'dependencies') for (const one of body) dependency(one, draft);
	else if (head === 'repositories') repositories(statement);
	else if (head === 'application') for (const one of body) application(one, draft);
	else if (/^java(?:Toolchain)?$/.test(head)) for (const one of body) java(one);
	else if (head === 'dependencyManagement') for (const one of body) managed(one, draft);
	else if (head === 'configurations') for (const one of body) configuration(one);
	else if (head === 'ext' || head === 'extra') for (const one of body) if (!variable(one, draft)) throw new Unknown(one);
	if (/^(?:plugins|dependencies|repositories|application|java|javaToolchain|dependencyManagement|configurations|ext|extra)$/.test(head) || applied !== null)
		return;
	if (NO_MATTER.test(head)) jarMain(statement, draft);
	else if (!mainName(head, draft) && !variable(statement, draft)) throw new Unknown(statement);
}

const PLUGINS =
	/^(?:java|application|java-library|base|idea|eclipse|jacoco|checkstyle|pmd|distribution|maven-publish|org\.springframework\.boot|io\.spring\.dependency-management|com\.github\.johnrengelman\.shadow|com\.gradleup\.shadow|com\.diffplug\.spotless|com\.google\.cloud\.tools\.jib|com\.heroku\.sdk\.heroku-gradle|org\.gradle\.toolchains\.foojay-resolver-convention)$/;

function plugin(statement: Statement, draft: Draft): void {
	const match = new RegExp(`^id ?\\(?${STRING}\\)?(?: version \\(?${STRING}\\)?)?(?: apply false)?$`).exec(statement.head);
	const name = match?.[1] ?? statement.head.replace(/^`|`$/g, '');
	if (!PLUGINS.test(name) || / apply false$/.test(statement.head)) throw new Unknown(statement);
	draft.plugins.set(name, filled(match?.[2] ?? '', draft, statement));
}

const SCOPES: Readonly<Record<string, GradleDependency['scope']>> = {
	implementation: 'compile',
	api: 'compile',
	compile: 'compile',
	runtimeOnly: 'runtime',
	runtime: 'runtime',
	compileOnly: 'provided',
	compileOnlyApi: 'provided',
	annotationProcessor: 'processor',
};

function dependency(statement: Statement, draft: Draft): void {
	const match = /^(\w+)[ (]\s*(.*?)\)?$/.exec(statement.head);
	const [configuration = '', what = ''] = match?.slice(1) ?? [];
	if (/^(?:test|developmentOnly|testFixtures|integrationTest)/.test(configuration)) return;
	const scope = SCOPES[configuration];
	// A block excludes or constrains.
	if (scope === undefined || statement.body !== undefined) throw new Unknown(statement);
	const bom = /^(?:enforcedPlatform|platform) ?\(?(.*?)\)?$/.exec(what)?.[1];
	const coordinates = bom === undefined ? what : bom;
	for (const one of coordinatesOf(coordinates, draft, statement)) draft.dependencies.push({ scope: bom === undefined ? scope : 'bom', ...one });
}

type Coordinates = Pick<GradleDependency, 'group' | 'name' | 'version'>;

function coordinatesOf(text: string, draft: Draft, statement: Statement): readonly Coordinates[] {
	const map = /^group: ?["']([^"']+)["'], ?name: ?["']([^"']+)["'](?:, ?version: ?["']([^"']+)["'])?$/.exec(text);
	if (map !== null) return [{ group: map[1] as string, name: map[2] as string, ...(map[3] !== undefined && { version: filled(map[3], draft, statement) }) }];
	const known = text.startsWith('libs.') ? draft.catalog.get(text) : undefined;
	const words = known !== undefined ? known.split(' ').map((word) => `"${word}"`) : text.split(/, ?/);
	return words.map((word) => {
		const string = new RegExp(`^${STRING}$`).exec(word.trim())?.[1];
		const [group, name, version, ...more] = string === undefined ? [] : filled(string, draft, statement).split(':');
		if (group === undefined || name === undefined || more.length > 0 || /[+[(]/.test(version ?? '')) throw new Unknown(statement);
		return { group, name, ...(version !== undefined && { version }) };
	});
}

function application(statement: Statement, draft: Draft): void {
	if (!mainName(statement.head, draft) && !/^applicationDefaultJvmArgs/.test(statement.head)) throw new Unknown(statement);
}

function mainName(head: string, draft: Draft): boolean {
	const name = new RegExp(`^(?:application\\.)?(?:mainClass|mainClassName)(?: ?= ?|\\.set\\()\\(?${STRING}\\)?$`).exec(head)?.[1];
	if (name !== undefined) draft.main = name;
	return name !== undefined;
}

/** The level is read where the runtime is chosen. */
function java(statement: Statement): void {
	const known = /^(?:sourceCompatibility|targetCompatibility|toolchain|languageVersion|withSourcesJar|withJavadocJar)\b/.test(statement.head);
	if (!known) throw new Unknown(statement);
}

function managed(statement: Statement, draft: Draft): void {
	if (statement.head !== 'imports') throw new Unknown(statement);
	for (const one of statement.body ?? []) {
		const text = /^mavenBom ?\(?(.*?)\)?$/.exec(one.head)?.[1];
		if (text === undefined) throw new Unknown(one);
		for (const bom of coordinatesOf(text, draft, one)) draft.dependencies.push({ scope: 'bom', ...bom });
	}
}

/** Spring's generator writes it into every project that has annotation processors. */
function configuration(statement: Statement): void {
	const inner = statement.body?.map(({ head }) => head) ?? [];
	if (statement.head !== 'compileOnly' || inner.some((head) => !/^extendsFrom/.test(head))) throw new Unknown(statement);
}

function variable(statement: Statement, draft: Draft): boolean {
	if (statement.body !== undefined) return false;
	const match = new RegExp(
		`^(?:(?:def|val|var|String) |ext\\.|(?:extra|ext)\\[["'])?([\\w.]+)(?:["']\\])? ?= ?${STRING}$|^set\\(["']([\\w.]+)["'], ?${STRING}\\)$`,
	).exec(statement.head);
	const name = match?.[1] ?? match?.[3];
	if (name !== undefined) draft.values.set(name, filled(match?.[2] ?? match?.[4] ?? '', draft, statement));
	return name !== undefined || /^(?:sourceCompatibility|targetCompatibility)\b/.test(statement.head);
}

/** The manifest's attribute is another way to name the class. */
function jarMain({ body = [] }: Statement, draft: Draft): void {
	const text = JSON.stringify(body).replaceAll('\\"', '"');
	draft.main ??= /["']Main-Class["']?(?:\]|\))?\s*(?:to|[:=,])\s*["']([\w.$]+)["']/.exec(text)?.[1] ?? draft.main;
}

function filled(text: string, { values }: Draft, statement: Statement): string {
	return text.replace(/\$\{?([\w.]+)\}?/g, (_, name: string) => {
		const value = values.get(name) ?? values.get(name.replace(/^(?:ext|project|rootProject)\./, ''));
		if (value === undefined) throw new Unknown(statement);
		return value;
	});
}
