/** Nx, where one package.json holds all dependencies and each app has a project.json: https://nx.dev/reference/project-configuration */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { parseJsonc } from '../../../src/source/jsonc.js';
import { isRecord } from '../manifest.js';
import { at, type FrameworkOutput, type Project, script, server, site, trimmed } from './output.js';

interface App {
	readonly name: string;
	readonly folder: string;
	readonly targets: unknown;
}

/** Executors that make files for a browser. */
const SITES = /^@(?:nx|nrwl)\/(?:vite|web|react|angular|rspack):|^@angular-devkit\/build-angular:(?:application|browser)/;
const NAMED = /\bnx\s+(?:run\s+([\w@/.-]+):(?:build|serve)|(?:build|serve)\s+([\w@/.-]+)|run-many\s.*?(?:-p|--projects?)[=\s]([\w@/.-]+))/;

/** The output of the app that the build script names, or of the only app. */
export function nx(project: Project): FrameworkOutput | undefined {
	const app = builtApp(project);
	if (app === undefined) return undefined;
	const build = at(app.targets, 'build');
	const executor = String(at(build, 'executor') ?? '');
	const configured = at(build, 'options', 'outputPath');
	const written = typeof configured === 'string' ? configured : at(configured, 'base');
	const folder = trimmed(
		String(typeof written === 'string' ? written : `dist/${app.folder}`)
			.replaceAll('{workspaceRoot}/', '')
			.replaceAll('{projectRoot}', app.folder)
			.replaceAll('{projectName}', app.name),
	);
	if (/^@(?:nx|nrwl)\/next:/.test(executor)) return undefined;
	if (SITES.test(executor)) return site([folder, `${folder}/browser`], true);
	const main = String(at(build, 'options', 'main') ?? 'main.ts');
	const stem = posix.basename(main).replace(/\.[cm]?[jt]sx?$/, '');
	const places = [
		`${folder}/${stem}.js`,
		`${folder}/${stem}.cjs`,
		`${folder}/${stem}.mjs`,
		`${folder}/src/${stem}.js`,
		`${folder}/${app.folder}/src/${stem}.js`,
	];
	return { ...server(places[0] as string, {}), entries: places };
}

/** `nx serve` is a development server, whatever it serves. */
export function nxOverrides(project: Project): boolean {
	return nx(project) !== undefined && /\bnx\s+(?:run\s+\S+:)?serve\b/.test(script(project, 'start') ?? '');
}

function builtApp(project: Project): App | undefined {
	if (!project.source.has('nx.json')) return undefined;
	const apps = appsIn(project.source);
	const lines = ['build', 'start'].map((name) => script(project, name) ?? '');
	const name = lines
		.map((line) =>
			NAMED.exec(line)
				?.slice(1)
				.find((part) => part !== undefined),
		)
		.find((found) => found !== undefined);
	return name === undefined ? (apps.length === 1 ? apps[0] : undefined) : apps.find((app) => app.name === name);
}

function appsIn(source: FileIndex): readonly App[] {
	return source.files.flatMap(({ path }) => {
		if (posix.basename(path) !== 'project.json') return [];
		const { value } = parseJsonc(source.text(path) ?? '{}', path);
		if (!isRecord(value) || value.projectType === 'library' || /-e2e$/.test(String(value.name ?? ''))) return [];
		const folder = posix.dirname(path);
		return [{ name: String(value.name ?? posix.basename(folder)), folder, targets: value.targets }];
	});
}
