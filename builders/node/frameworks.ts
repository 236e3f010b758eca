/** Frameworks that say by their build's output what runs in production, whatever their start script does. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { parseJsonc } from '../../src/source/jsonc.js';
import { adonis, adonisOverrides } from './frameworks/adonis.js';
import { nest, nestOverrides } from './frameworks/nest.js';
import { nx, nxOverrides } from './frameworks/nx.js';
import { at, config, configured, type FrameworkOutput, HOST, type Project, script, server, site, trimmed } from './frameworks/output.js';
import { tanstackStart } from './frameworks/tanstack.js';
import { allDependencies, isRecord, type Manifest } from './manifest.js';

export interface FrameworkStart {
	readonly name: string;
	readonly output: FrameworkOutput;
	readonly reason: Reason;
	/** The output contradicts the start script that the framework's own template brings. */
	readonly overrides: boolean;
}

interface Framework {
	readonly name: string;
	/** A dependency that gives it away. */
	readonly dependency: string;
	output(project: Project): FrameworkOutput | undefined;
	/** @see FrameworkStart.overrides */
	overrides?(project: Project): boolean;
}

const NITRO = server('.output/server/index.mjs', HOST, [{ from: '.output', to: '.output' }]);

/** In this order: frameworks that are built with another come before it. */
const FRAMEWORKS: readonly Framework[] = [
	{ name: 'Nx', dependency: 'nx', output: nx, overrides: nxOverrides },
	{ name: 'Next.js', dependency: 'next', output: next, overrides: (project) => next(project) !== undefined },
	{
		name: 'Nuxt',
		dependency: 'nuxt',
		output: (project) => (script(project, 'build')?.includes('generate') ? site(['.output/public', 'dist']) : NITRO),
	},
	{ name: 'Nitro', dependency: 'nitropack', output: () => NITRO },
	{ name: 'Nitro', dependency: 'nitro', output: () => NITRO },
	{ name: 'TanStack Start', dependency: '@tanstack/react-start', output: (project) => tanstackStart(project) ?? NITRO },
	{ name: 'TanStack Start', dependency: '@tanstack/solid-start', output: (project) => tanstackStart(project) ?? NITRO },
	{ name: 'SvelteKit', dependency: '@sveltejs/adapter-node', output: () => server('build/index.js', HOST) },
	{
		name: 'SvelteKit',
		dependency: '@sveltejs/adapter-static',
		output: (project) => site(['build'], /fallback\s*:/.test(config(project, 'svelte.config') ?? '')),
	},
	{ name: 'SvelteKit', dependency: '@sveltejs/adapter-auto', output: () => ({ ...server('build/index.js', HOST), adapter: 'sveltekit' }) },
	{ name: 'React Router', dependency: '@react-router/dev', output: reactRouter, overrides: (project) => reactRouter(project)?.kind === 'site' },
	{ name: 'Remix', dependency: '@remix-run/dev', output: () => undefined },
	{ name: 'Astro', dependency: '@astrojs/node', output: () => server('dist/server/entry.mjs', HOST) },
	{ name: 'Astro', dependency: 'astro', output: (project) => site([configured(project, 'astro.config', 'outDir') ?? 'dist']) },
	{ name: 'NestJS', dependency: '@nestjs/core', output: nest, overrides: nestOverrides },
	{ name: 'AdonisJS', dependency: '@adonisjs/core', output: adonis, overrides: adonisOverrides },
	{ name: 'Angular', dependency: '@angular/core', output: angular },
	{ name: 'Docusaurus', dependency: '@docusaurus/core', output: () => site(['build']) },
	{ name: 'Gatsby', dependency: 'gatsby', output: () => site(['public']) },
	{ name: 'VitePress', dependency: 'vitepress', output: (project) => site(vitepressRoots(project)) },
	{ name: 'Eleventy', dependency: '@11ty/eleventy', output: (project) => site([eleventyRoot(project)]) },
	{ name: 'Create React App', dependency: 'react-scripts', output: () => site(['build'], true) },
	{ name: 'Vue CLI', dependency: '@vue/cli-service', output: (project) => site([configured(project, 'vue.config', 'outputDir') ?? 'dist'], true) },
	{
		name: 'Parcel',
		dependency: 'parcel',
		output: (project) => (project.source.has('index.html') || project.source.has('src/index.html') ? site(['dist'], true) : undefined),
	},
	{ name: 'Vite', dependency: 'vite', output: vite },
];

/** Undefined where nothing is built: the output would not be there. */
export function frameworkStart(source: FileIndex, manifest: Manifest | undefined, builds: boolean): FrameworkStart | undefined {
	if (manifest === undefined || !builds) return undefined;
	const dependencies = allDependencies(manifest.json);
	const project = { source, manifest, dependencies };
	for (const { name, dependency, output, overrides } of FRAMEWORKS) {
		if (dependencies[dependency] === undefined) continue;
		const made = output(project);
		if (made === undefined) continue;
		const key = dependency in manifest.json.dependencies ? 'dependencies' : 'devDependencies';
		const what = made.kind === 'server' ? made.command.replace(/^node /, '') : `a site in ${made.roots[0]}`;
		return {
			name,
			output: made,
			overrides: overrides?.(project) ?? false,
			reason: { file: manifest.file, line: manifest.lineOf(key, dependency), says: `${name}: its build makes ${what}` },
		};
	}
	return undefined;
}

/** https://nextjs.org/docs/app/api-reference/config/next-config-js/output; without `output`, `next start` is right. */
function next(project: Project): FrameworkOutput | undefined {
	const output = configured(project, 'next.config', 'output');
	const dist = configured(project, 'next.config', 'distDir') ?? '.next';
	if (output === 'export') return site([dist === '.next' ? 'out' : dist]);
	if (output !== 'standalone') return undefined;
	return server('server.js', { HOSTNAME: '0.0.0.0' }, [
		{ from: `${dist}/standalone`, to: '/' },
		{ from: `${dist}/static`, to: `${dist}/static` },
		{ from: 'public', to: 'public', optional: true },
	]);
}

/** `ssr: false` makes files for a browser and nothing to run. */
function reactRouter(project: Project): FrameworkOutput | undefined {
	const folder = configured(project, 'react-router.config', 'buildDirectory') ?? 'build';
	return /\bssr\s*:\s*false\b/.test(config(project, 'react-router.config') ?? '') ? site([`${folder}/client`], true) : undefined;
}

/** https://angular.dev/reference/configs/workspace-config: an application with `ssr` has a server of its own. */
function angular({ source, manifest }: Project): FrameworkOutput | undefined {
	const text = source.text('angular.json');
	if (text === undefined) return undefined;
	const json = parseJsonc(text, 'angular.json').value;
	const projects = isRecord(json) && isRecord(json.projects) ? json.projects : {};
	const applications = Object.entries(projects).filter(([, each]) => isRecord(each) && each.projectType !== 'library');
	const [name = '', project] = applications[0] ?? [];
	const build = at(project, 'architect', 'build') ?? at(project, 'targets', 'build');
	const options = at(build, 'options');
	const path = at(options, 'outputPath');
	const written = typeof path === 'string' ? path : at(path, 'base');
	const folder = trimmed(typeof written === 'string' ? written : `dist/${name}`);
	const ssr = /server\.mjs/.exec(Object.entries(manifest.json.scripts).find(([key]) => key.startsWith('serve:ssr'))?.[1] ?? '') !== null;
	if (ssr) return server(`${folder}/server/server.mjs`, HOST);
	const modern = String(at(build, 'builder') ?? '').endsWith(':application');
	return site(modern ? [`${folder}/browser`, folder] : [folder, `${folder}/browser`], true);
}

function vitepressRoots(project: Project): readonly string[] {
	const folder = /vitepress build\s+([\w./-]+)/.exec(script(project, 'build') ?? script(project, 'docs:build') ?? '')?.[1];
	return [...(folder === undefined ? [] : [`${trimmed(folder)}/.vitepress/dist`]), 'docs/.vitepress/dist', '.vitepress/dist'];
}

function eleventyRoot(project: Project): string {
	const flag = /--output[= ]([\w./-]+)/.exec(script(project, 'build') ?? '')?.[1];
	const stems = ['.eleventy', 'eleventy.config'];
	return trimmed(flag ?? stems.map((stem) => configured(project, stem, 'output')).find((value) => value !== undefined) ?? '_site');
}

/** An app with a start script or server of its own uses Vite for its assets only; what the start command says comes first. */
function vite(project: Project): FrameworkOutput | undefined {
	const flag = /--outDir[= ]([\w./-]+)/.exec(script(project, 'build') ?? '')?.[1];
	if (script(project, 'build')?.includes('vite build') !== true && config(project, 'vite.config') === undefined) return undefined;
	if (!project.source.has('index.html') && !/\broot\s*:/.test(config(project, 'vite.config') ?? '')) return undefined;
	return site([trimmed(flag ?? configured(project, 'vite.config', 'outDir') ?? 'dist')], true);
}
