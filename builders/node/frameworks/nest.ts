/** NestJS: https://docs.nestjs.com/cli/monorepo */
import { parseJsonc } from '../../../src/source/jsonc.js';
import { isRecord } from '../manifest.js';
import { compilerOutput } from '../tsconfig.js';
import { at, type FrameworkOutput, type Project, script, server } from './output.js';

/** The start scripts that the framework's own templates bring. */
const SCRIPTS = ['start:prod', 'start'];

export function nest(project: Project): FrameworkOutput {
	const cli = settings(project);
	const dist = compilerOutput(project.source)?.outDir || 'dist';
	const name = (of: unknown): string => (typeof of === 'string' ? of.replace(/\.[jt]s$/, '') : 'main');
	if (cli.monorepo !== true) {
		const entry = name(cli.entryFile);
		// The compiler keeps src/ in the output where it compiles files outside it too.
		return { ...server(`${dist}/${entry}.js`, {}), entries: [`${dist}/${entry}.js`, `${dist}/src/${entry}.js`, `dist/${entry}.js`, `dist/src/${entry}.js`] };
	}
	const app = built(project, cli);
	const entry = name(at(cli, 'projects', app.name, 'entryFile'));
	const places = [`dist/${app.root}`, `dist/${app.root}/src`, `dist/${app.root}/${app.root}/src`, `dist/apps/${app.name}`];
	return { ...server(`${places[0]}/${entry}.js`, {}), entries: places.map((folder) => `${folder}/${entry}.js`) };
}

/** Scripts of the standard mode name dist/main, which a repository of several apps does not make. */
export function nestOverrides(project: Project): boolean {
	const start = SCRIPTS.map((name) => script(project, name)).find((line) => line !== undefined);
	return settings(project).monorepo === true && !/\bdist\/(?!main\b)/.test(start ?? '');
}

function settings({ source }: Project): Readonly<Record<string, unknown>> {
	const file = source.first('nest-cli.json', '.nest-cli.json', 'nest.json', '.nestcli.json');
	const value = file === undefined ? {} : parseJsonc(source.text(file) ?? '{}', file).value;
	return isRecord(value) ? value : {};
}

/** `nest build NAME` builds that project, `nest build` the one at the root of the configuration. */
function built(project: Project, cli: Readonly<Record<string, unknown>>): { readonly name: string; readonly root: string } {
	const named = /\bnest build\s+([\w@/-]+)/.exec(script(project, 'build') ?? '')?.[1];
	const projects = isRecord(cli.projects) ? cli.projects : {};
	const rootOf = (name: string): string => String(at(projects, name, 'root') ?? `apps/${name}`);
	if (named !== undefined) return { name: named, root: rootOf(named) };
	const root = typeof cli.root === 'string' ? cli.root : undefined;
	const name =
		Object.keys(projects).find((each) => rootOf(each) === root) ?? Object.keys(projects).find((each) => at(projects, each, 'type') === 'application');
	return { name: name ?? 'app', root: root ?? rootOf(name ?? 'app') };
}
