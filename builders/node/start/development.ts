/** The table of development tools: what each command of theirs means, and what production has in its place. */
import { type Development, unsupported, type Walk } from './walk.js';

interface Tool {
	/** Serve sources while they are written; '' is the program without a command, which also stands for unknown ones. */
	readonly dev: string;
	/** Serve what was built, to look at it. */
	readonly preview?: string;
	readonly build?: string;
	/** Production's own command. */
	readonly start?: string;
	/** It serves the source of pages: what it would run does not run on a server. */
	readonly browser?: true;
	/** Where its build puts pages, for those that are no framework with an output of its own. */
	readonly site?: readonly string[];
	/** The command of production, where it is another program's. */
	readonly instead?: string;
	/** A flag that makes a server of a command that builds. */
	readonly flag?: RegExp;
}

const WATCH = /^(?:--serve|--watch|-w)$/;
const SCRIPTS: Tool = { dev: 'start', build: 'build test eject', browser: true };

/** By program; commands are separated by spaces, `-` stands for none. */
const TOOLS: Readonly<Record<string, Tool>> = {
	angular: { dev: '- serve', build: 'build', browser: true },
	astro: { dev: '- dev start', preview: 'preview', build: 'build check sync', browser: true },
	blitz: { dev: '- dev', build: 'build', start: 'start' },
	'browser-sync': { dev: '- start', browser: true },
	'build-storybook': { dev: '', build: '-', browser: true, site: ['storybook-static'] },
	craco: SCRIPTS,
	docusaurus: { dev: '- start', preview: 'serve', build: 'build', browser: true },
	eleventy: { dev: '', build: '-', browser: true, flag: WATCH },
	ember: { dev: '- serve server s', build: 'build b', browser: true, site: ['dist'] },
	expo: { dev: '- start', preview: 'serve', build: 'export prebuild export:web', browser: true, site: ['dist', 'web-build'] },
	farm: { dev: '- start dev', preview: 'preview', build: 'build', browser: true, site: ['dist'] },
	firebase: { dev: '- serve emulators:start', browser: true },
	gatsby: { dev: '- develop', preview: 'serve', build: 'build', browser: true },
	gridsome: { dev: '- develop', build: 'build', browser: true, site: ['dist'] },
	gulp: { dev: '-' },
	grunt: { dev: '-' },
	hexo: { dev: '- server s', build: 'generate g', browser: true, site: ['public'] },
	ionic: { dev: '- serve', build: 'build', browser: true, site: ['www', 'dist'] },
	keystone: { dev: '- dev', build: 'build', start: 'start' },
	'lite-server': { dev: '-', browser: true },
	'live-server': { dev: '-', browser: true },
	max: { dev: '- dev', preview: 'preview', build: 'build', browser: true, site: ['dist'] },
	medusa: { dev: '- develop', build: 'build', start: 'start' },
	nest: { dev: '- start', build: 'build' },
	netlify: { dev: '- dev', browser: true },
	next: { dev: '- dev', build: 'build export', start: 'start' },
	ng: { dev: '- serve s dev', build: 'build b', browser: true },
	nuxi: { dev: '- dev', preview: 'preview start', build: 'build generate prepare' },
	nuxt: { dev: '- dev', preview: 'preview start', build: 'build generate prepare' },
	parcel: { dev: '- serve watch', build: 'build', browser: true },
	quasar: { dev: '- dev', preview: 'serve', build: 'build', browser: true, site: ['dist/spa'] },
	'react-app-rewired': SCRIPTS,
	'react-router': { dev: '- dev', build: 'build typegen' },
	'react-scripts': SCRIPTS,
	remix: { dev: '- dev vite:dev watch', build: 'build vite:build' },
	rescripts: SCRIPTS,
	rsbuild: { dev: '- dev', preview: 'preview', build: 'build', browser: true, site: ['dist'] },
	rspack: { dev: 'serve server s dev', preview: 'preview', build: '- build', browser: true, site: ['dist'], flag: WATCH },
	rspress: { dev: '- dev', preview: 'preview', build: 'build', browser: true, site: ['doc_build'] },
	serverless: { dev: '- offline dev' },
	sls: { dev: '- offline dev' },
	snowpack: { dev: '- dev', build: 'build', browser: true, site: ['build'] },
	'start-storybook': { dev: '-', browser: true, site: ['storybook-static'] },
	stencil: { dev: 'serve', build: '- build', browser: true, site: ['www'], flag: /^--(?:watch|serve|dev)$/ },
	storybook: { dev: '- dev', build: 'build', browser: true, site: ['storybook-static'] },
	strapi: { dev: '- develop dev watch-admin', build: 'build', start: 'start' },
	'svelte-kit': { dev: '- dev', preview: 'preview', build: 'build sync package', browser: true },
	umi: { dev: '- dev start', preview: 'preview', build: 'build', browser: true, site: ['dist'] },
	vercel: { dev: '- dev', browser: true },
	vike: { dev: '- dev', preview: 'preview', build: 'build prerender', browser: true, site: ['dist/client'] },
	vinxi: { dev: '- dev', preview: 'start', build: 'build', instead: 'node .output/server/index.mjs' },
	vite: { dev: '- dev serve', preview: 'preview', build: 'build optimize', browser: true },
	'vite-node': { dev: '-' },
	vitepress: { dev: '- dev', preview: 'preview serve', build: 'build', browser: true },
	'vue-cli-service': { dev: '- serve', build: 'build lint', browser: true },
	webpack: { dev: 'serve server s watch w', build: '- build b', browser: true, site: ['dist'], flag: WATCH },
	'webpack-cli': { dev: 'serve server s watch w', build: '- build b', browser: true, site: ['dist'], flag: WATCH },
	'webpack-dev-server': { dev: '-', browser: true, site: ['dist'] },
	wmr: { dev: '- start', preview: 'serve', build: 'build', browser: true, site: ['dist'] },
	wrangler: { dev: '- dev' },
};

/** Other names of the same programs. */
const NAMES: Readonly<Record<string, string>> = {
	'@11ty/eleventy': 'eleventy',
	'@angular/cli': 'ng',
	'@docusaurus/core': 'docusaurus',
	'@nestjs/cli': 'nest',
	'@storybook/cli': 'storybook',
	sb: 'storybook',
	'astro.js': 'astro',
	'nuxt-ts': 'nuxt',
};

type Meaning = 'development' | 'preview' | 'build' | 'start';

const SAYS = { development: 'is a development server', preview: 'only previews a build', build: 'builds and starts nothing' };

/** @throws TareError START_UNSUPPORTED where the words are a command of development */
export function refuseDevelopment(program: string, args: readonly string[], walk: Walk): void {
	const name = NAMES[program] ?? program;
	const tool = TOOLS[name];
	if (tool === undefined) return;
	const meaning = meaningOf(tool, args);
	if (meaning === 'start') return;
	const instead = tool.instead ?? (tool.start === undefined ? undefined : `${name} ${tool.start}`);
	const found: Development = {
		development: true,
		tool: name,
		browser: tool.browser ?? false,
		...(instead !== undefined && { instead }),
		...(tool.site !== undefined && { site: tool.site }),
	};
	throw unsupported(walk, `"${[program, ...args.slice(0, 1)].join(' ')}" ${SAYS[meaning]}`, undefined, found);
}

function meaningOf(tool: Tool, args: readonly string[]): Meaning {
	const command = args.find((word) => !word.startsWith('-')) ?? '-';
	const has = (commands = ''): boolean => commands.split(' ').includes(command);
	if (has(tool.start)) return 'start';
	if (has(tool.preview)) return 'preview';
	const serves = tool.flag !== undefined && args.some((word) => tool.flag?.test(word) === true);
	if (serves || has(tool.dev)) return 'development';
	return has(tool.build) || !tool.dev.startsWith('-') ? 'build' : 'development';
}

/** True for a command that makes files and ends. */
export function builds(program: string, args: readonly string[]): boolean {
	const tool = TOOLS[NAMES[program] ?? program];
	return tool !== undefined && meaningOf(tool, args) === 'build';
}
