/** What the failures of build scripts mean, and what to do: one table, the first entry that fits counts. */
import { allDependencies, type PackageJson } from './manifest.js';

export interface FailedStep {
	readonly exitCode: number;
	/** The last lines of what it said. */
	readonly output: string;
	/** The package manager that installs the project. */
	readonly program: string;
	/** The manifest whose script it is, and the root's. */
	readonly manifests: readonly PackageJson[];
}

interface Failure {
	/** Of a script that says too little by itself. */
	readonly exitCode?: number;
	readonly when: RegExp;
	readonly hint: (match: RegExpExecArray, failed: FailedStep) => string | undefined;
}

const SHELL = /(?:^|\n|\s)(?:sh|bash|\/bin\/sh|dash)(?:: (?:line )?\d+)?: ([\w@./+-]+): (?:command )?not found/;
const SPAWNED = /(?:command not found: |bash: |spawn )([\w@./+-]+)(?: ENOENT|: command not found|\r?\n|$)/;

export const BUILD_FAILURES: readonly Failure[] = [
	{ when: /gyp ERR!/, hint: () => 'A native add-on could not be compiled: install python3, make and a C++ compiler.' },
	{
		when: /fatal: not a git repository|(?:^|\n|\s)git: (?:command )?not found|spawn git ENOENT/,
		hint: () =>
			'The script asks git, and there is no .git where the build runs: let the script read what it asks for from a variable, and pass it with --build-env GIT_SHA="$(git rev-parse HEAD)".',
	},
	{
		when: /(?:JavaScript heap out of memory|Reached heap limit|Allocation failed)/,
		hint: () => 'Node reached the limit of its heap: give the build more with --build-env NODE_OPTIONS=--max-old-space-size=4096.',
	},
	{
		exitCode: 137,
		when: /^/,
		hint: () =>
			'The script was killed (SIGKILL), most often because memory ran out: give the machine or container more, or let the build run fewer things at once.',
	},
	{
		exitCode: 134,
		when: /^/,
		hint: () => 'The script aborted (SIGABRT), as Node does when memory runs out: try --build-env NODE_OPTIONS=--max-old-space-size=4096.',
	},
	{ when: SHELL, hint: ([, name = ''], failed) => missingProgram(name, failed) },
	{ when: SPAWNED, hint: ([, name = ''], failed) => missingProgram(name, failed) },
	{
		when: /Cannot find (?:module|package) '((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'|Could not resolve "((?:@[\w.-]+\/)?[\w-][\w.-]*)"/,
		hint: ([, required, resolved], failed) => missingPackage(required ?? resolved ?? '', failed),
	},
	{
		when: /([\w./-]{1,200}): Permission denied/,
		hint: ([, file]) => `${file} may not be run: let git know that it is a program (git update-index --chmod=+x ${file}), or start it with "sh ${file}".`,
	},
	{
		when: /npm (?:error|ERR!) (?:code EUSAGE|The `npm ci` command can only install with an existing)|Headless installation requires a pnpm-lock\.yaml/,
		hint: () => 'The script installs a folder without a lock file: commit one there, or let the script call "install" in place of "ci".',
	},
	{
		when: /(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|resolve host:|unable to resolve host address)\s+['‘]?([\w.-]+\.[a-z]{2,})/,
		hint: ([, host]) => `The script wants ${host}, which could not be reached: allow it, or set the variable that turns the download off with --build-env.`,
	},
	{
		when: /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b[^\n]{0,40}(?:is required|is missing|is not (?:set|defined)|must be (?:set|defined)|: Required|undefined)|(?:[Mm]issing|[Rr]equired)[^\n]{0,40}environment variables?:? ([A-Z][A-Z0-9_]+)/,
		hint: ([, before, after]) =>
			`The script wants the variable ${before ?? after}: pass it with --build-env ${before ?? after}=..., or with --secret id=${before ?? after} where it must not be written down.`,
	},
];

const OWN_LINES =
	'The lines above are the script\'s own; run it in a fresh clone to see the same. "build: {script: ...}" in tare.yaml names another script or none.';

export function buildHint(failed: FailedStep): string {
	for (const { exitCode, when, hint } of BUILD_FAILURES) {
		const match = exitCode === undefined || exitCode === failed.exitCode ? when.exec(failed.output) : null;
		const says = match === null ? undefined : hint(match, failed);
		if (says !== undefined) return says;
	}
	return OWN_LINES;
}

/** Packages that bring a program of another name. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
	tsc: 'typescript',
	tsserver: 'typescript',
	ng: '@angular/cli',
	nest: '@nestjs/cli',
	vue: '@vue/cli',
	'vue-cli-service': '@vue/cli-service',
	ncc: '@vercel/ncc',
	swc: '@swc/cli',
	babel: '@babel/cli',
	webpack: 'webpack-cli',
	tailwindcss: '@tailwindcss/cli',
	graphql: '@graphql-codegen/cli',
	'graphql-codegen': '@graphql-codegen/cli',
	'react-router': '@react-router/dev',
	remix: '@remix-run/dev',
	'svelte-kit': '@sveltejs/kit',
	'react-native': '@react-native-community/cli',
	craco: '@craco/craco',
	rsbuild: '@rsbuild/core',
	rspack: '@rspack/cli',
	eleventy: '@11ty/eleventy',
	docusaurus: '@docusaurus/core',
	'run-s': 'npm-run-all2',
	'run-p': 'npm-run-all2',
	lingui: '@lingui/cli',
	sentry: '@sentry/cli',
	'sentry-cli': '@sentry/cli',
	'module-federation': '@module-federation/cli',
	ionic: '@ionic/cli',
	cap: '@capacitor/cli',
	ace: '@adonisjs/core',
	buf: '@bufbuild/buf',
	biome: '@biomejs/biome',
	openapi: '@openapitools/openapi-generator-cli',
	'openapi-generator-cli': '@openapitools/openapi-generator-cli',
};
const MANAGERS = /^(?:npm|npx|pnpm|pnpx|yarn|bun|bunx|corepack)$/;
/** Programs of the machine that no package of a project brings. */
const SYSTEM =
	/^(?:make|cmake|gcc|cc|g\+\+|python3?|pip3?|ruby|java|mvn|go|cargo|php|composer|docker|zip|unzip|tar|curl|wget|jq|rsync|bash|zsh|perl|sudo|protoc|hugo|aws|gcloud)$/;

function missingProgram(name: string, { program, manifests }: FailedStep): string | undefined {
	const plain = name.replace(/^.*\//, '');
	if (MANAGERS.test(plain))
		return `The script calls ${plain}, and the project is installed with ${program}: call ${program}, or set "packageManager" in package.json to ${plain}.`;
	if (SYSTEM.test(plain))
		return `The script calls ${plain}, a program of the machine that no npm package brings: install it here, or let the script do without.`;
	if (name.includes('/')) return `The script calls ${name}, which is not there: the project has no such file, or .dockerignore leaves it out.`;
	const owner = PACKAGE_OF[plain] ?? plain;
	if (manifests.some((json) => allDependencies(json)[owner] !== undefined))
		return `The script calls ${plain}, which ${owner} brings; ${owner} is in package.json and was not installed where the script runs: see that the lock file has it, and that the script runs in the folder of its package.`;
	return `The script calls ${plain}, and no list in package.json names ${owner === plain ? 'a package that brings it' : `${owner}, which brings it`}: add it with \`${program} ${program === 'npm' ? 'install' : 'add'} --${program === 'npm' ? 'save-dev' : 'dev'} ${owner}\` and commit the lock file.`;
}

function missingPackage(name: string, { program, manifests }: FailedStep): string | undefined {
	if (manifests.some((json) => allDependencies(json)[name] !== undefined || json.peerDependencies[name] !== undefined)) return undefined;
	return `${name} is imported, and no list in package.json names it: add it to "dependencies" where the app needs it when it runs, else to "devDependencies", with ${program}, and commit the lock file.`;
}
