/** A project of one or several modules: its build files, and which module is the app. */
import { posix } from 'node:path';
import type { AppTarget, PlanRequest, Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { chooseApp, neededBy, startable } from './apps.js';
import type { Kind } from './detect.js';
import { type GradleScript, gradleScripts } from './gradle/files.js';
import { gradleModules } from './gradle/modules.js';
import { mavenModules, pomsOf } from './maven/modules.js';
import { lineage, type Pom } from './maven/pom.js';
import { askedProfiles } from './maven/profiles.js';
import { type MavenProject, readProject } from './maven/project.js';

export interface Layout {
	/** Folder of the module that is the app; undefined where it is the whole project, or only the build can tell. */
	readonly module?: string;
	/** The user named the module: the others are built as far as it needs them. */
	readonly named: boolean;
	readonly maven?: MavenProject;
	/** Poms that decide about the app. */
	readonly poms: readonly Pom[];
	/** The app's pom and its parents, where the app is known. */
	readonly own: readonly Pom[];
	/** Scripts of Gradle, without those of strangers. */
	readonly scripts: readonly GradleScript[];
	readonly reasons: readonly Reason[];
	/** Is the file of the app, or of a module that it needs? */
	owns(path: string): boolean;
}

/** @throws TareError MANIFEST_INVALID | AMBIGUOUS | NO_START | CONFIG_INVALID */
export function readLayout(kind: Kind, request: PlanRequest): Layout {
	const { source, app, main } = request;
	const none: Layout = { named: false, poms: [], own: [], scripts: [], reasons: [], owns: () => true };
	if (kind === 'maven') {
		const maven = readProject(source, app, askedProfiles(request));
		if (maven === undefined) return none;
		const modules = mavenModules(maven);
		const { folder, reasons } = chooseApp(modules, request);
		const pom = maven.reactor.find((one) => one.folder === (folder ?? app));
		const known = folder !== undefined || maven.reactor.length === 1;
		return {
			...none,
			...moduleOf(folder),
			named: main !== undefined || maven.own.folder === folder,
			maven,
			poms: pomsOf(folder, maven),
			own: known && pom !== undefined ? lineage(pom) : [],
			reasons,
			owns: ownership(
				folder,
				maven.reactor.map((one) => one.folder),
				pomsOf(folder, maven).map((one) => one.folder),
			),
		};
	}
	if (kind === 'gradle') {
		const scripts = gradleScripts(source, app);
		const modules = gradleModules(scripts, request);
		const { folder, reasons } = chooseApp(modules, request);
		const chosen = modules.find((one) => one.folder === folder);
		const all = modules.map((one) => one.folder);
		const owns = ownership(folder, all, chosen === undefined ? all : [chosen.folder, ...neededBy(chosen, modules)]);
		return { ...none, ...moduleOf(folder), named: main !== undefined, scripts, reasons, owns };
	}
	if (main !== undefined) throw nothingToChoose(kind, main);
	return none;
}

/** A file is of the innermost module that has it. */
function ownership(app: string | undefined, modules: readonly string[], needed: readonly string[]): (path: string) => boolean {
	if (app === undefined) return () => true;
	const inner = [...modules].sort((a, b) => b.length - a.length);
	return (path) => {
		const module = inner.find((folder) => folder === '' || path.startsWith(`${folder}/`));
		return module === undefined || needed.includes(module);
	};
}

function moduleOf(folder: string | undefined) {
	return folder === undefined ? {} : { module: folder };
}

/** The modules that can be started, below the folder that is built. @throws TareError MANIFEST_INVALID | CONFIG_INVALID */
export function appsOf(request: PlanRequest): readonly AppTarget[] {
	const { source, app } = request;
	const maven = readProject(source, app, askedProfiles(request));
	const modules = maven === undefined ? gradleModules(gradleScripts(source, app), request) : mavenModules(maven);
	return startable(modules, source).map(({ folder }) => ({ folder: posix.relative(app, folder) }));
}

function nothingToChoose(kind: Kind, main: string): TareError {
	const what = kind === 'source' ? 'Java files without a build tool' : 'a jar that is built already';
	return new TareError('CONFIG_INVALID', `--main ${main} names a module, and the project is ${what}`, {
		hint: 'Name the class to start instead: --start "java com.example.Main".',
	});
}
