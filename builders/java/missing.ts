/** What is said of a class that the app needs and the image does not have: which dependency has it, and why it is not there. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { FileIndex } from '../../src/source/file-index.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { Application } from './application.js';
import type { MissingClass } from './linkage.js';
import { type Dependency, dependencies } from './maven/pom.js';
import { readProject } from './maven/project.js';

/** The app, where nothing is missing that stops it. @throws TareError MODULE_MISSING | NO_START */
export function checkedApp(app: Application, missing: readonly MissingClass[], { source, emit }: Pick<Toolchain, 'source' | 'emit'>): Application {
	const [first, ...others] = missing;
	if (first === undefined) return app;
	if (first.name === first.by) throw noMain(dotted(first));
	if (!first.caught) throw classMissing(first, others, source);
	emit({ type: 'warning', says: `${dotted(first)} is not in the image, and ${first.by.replaceAll('/', '.')} catches every error where it needs it` });
	return app;
}

function noMain(name: string): TareError {
	return new TareError('NO_START', `the class to start, ${name}, is neither in the app nor in its libraries`, {
		hint: 'Correct its name where the project has it: <mainClass>, a Procfile, --start. A module that is the app is named with --main DIR.',
	});
}

function dotted({ name }: Pick<MissingClass, 'name'>): string {
	return name.replaceAll('/', '.');
}

function classMissing(first: MissingClass, others: readonly MissingClass[], source: FileIndex): TareError {
	const classes = [first, ...others].filter(({ caught }) => !caught).map(dotted);
	const provided = providedFor(first, source);
	const at = sourceOf(first.by, source) ?? provided?.reason;
	return new TareError(
		'MODULE_MISSING',
		`${first.by.replaceAll('/', '.')} needs the class ${dotted(first)}, which is neither in the app's libraries nor in the JDK`,
		{
			hint:
				provided === undefined
					? 'Declare the dependency that has it with the scope compile or runtime (Gradle: implementation or runtimeOnly). If it may be missing, catch NoClassDefFoundError around its use.'
					: `${provided.name} has the scope ${provided.scope}, so that a server or another program has to bring it, and this image has none: give it the scope compile, or runtime.`,
			...(at !== undefined && { at }),
			data: { classes, needs: first.by },
		},
	);
}

/** By the first parts of the group's or the package's name; a lone one is it. */
function providedFor(
	{ name }: MissingClass,
	source: FileIndex,
): { readonly name: string; readonly scope: string; readonly reason: Reason & { file: string } } | undefined {
	const all = provided(source);
	const start = name.split('/').slice(0, 2).join('.');
	const found =
		all.find(({ group, artifact }) => group.startsWith(start) || start.startsWith(group) || artifact.startsWith(start)) ??
		(all.length === 1 ? all[0] : undefined);
	if (found === undefined) return undefined;
	const { group, artifact, scope, file, line } = found;
	return { name: `${group}:${artifact}`, scope, reason: { file, line, says: '' } };
}

function provided(source: FileIndex): readonly Dependency[] {
	const folders = source.files.filter(({ path }) => /(?:^|\/)pom\.xml$/.test(path)).map(({ path }) => path.slice(0, -'/pom.xml'.length));
	const poms = folders.flatMap((folder) => readProject(source, folder)?.own ?? []);
	return poms.flatMap(dependencies).filter(({ scope }) => scope === 'provided' || scope === 'test');
}

/** The file of a class, where its name tells it. */
function sourceOf(name: string, source: FileIndex): { readonly file: string } | undefined {
	const end = `/${name.replace(/\$.*$/, '').replace(/Kt$/, '')}.`;
	const file = source.files.find(({ path }) => path.includes(end) && /\.(?:java|kt|scala|groovy)$/.test(path));
	return file === undefined ? undefined : { file: file.path };
}
