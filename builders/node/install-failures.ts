/** What the failures of package managers mean, and what to do: one table, the first pattern that fits counts. */
import { satisfies } from 'semver';
import type { FileIndex } from '../../src/source/file-index.js';

/** A variable in a settings file. */
export interface SettingsVariable {
	readonly name: string;
	readonly file: string;
	readonly line: number;
}

export interface Explained {
	readonly hint: string;
	readonly at?: { readonly file: string; readonly line: number };
}

interface Failure {
	readonly when: RegExp;
	readonly hint: string | ((match: RegExpExecArray) => string);
	/** The registry would not answer without the credentials that settings name. */
	readonly wantsCredentials?: boolean;
}

const WRONG_NODE = 'A dependency does not support this Node version: set engines.node in package.json.';

const FAILURES: readonly Failure[] = [
	{
		when: /(?:Environment variable not found \(|Failed to replace env in config: \$\{)(\w+)/,
		hint: ([, name]) => `The package manager's settings want the variable ${name}, which is not set: give it with --secret id=${name}.`,
		wantsCredentials: true,
	},
	{
		when: /Ignored project-level (?:auth|request)[^\n]*/,
		hint: "This pnpm takes no variables from the project's own .npmrc: give one that has the credentials with --secret id=npmrc,src=~/.npmrc.",
	},
	{
		when: /\bE40[13]\b|ENEEDAUTH|ERR_PNPM_FETCH_40[13]|YN0041|\b40[13] \(?(?:Unauthorized|Forbidden)|status code 40[13]|GET \S+ - 40[13]|^error (?:Error: )?https?:\/\/\S+: /im,
		hint: ({ input }) =>
			`The package registry wants credentials${askedFor(input)}: pass your .npmrc with --secret id=npmrc,src=~/.npmrc, or the variable it names with --secret id=NPM_TOKEN.`,
		wantsCredentials: true,
	},
	{
		when: /\bE404\b|ERR_PNPM_FETCH_404|YN0035|GET \S+ - 404|Couldn't find package|ERR_PNPM_NO_MATCHING_VERSION|\bETARGET\b/,
		hint: ({ input }) =>
			`A package or version does not exist in the registry${askedFor(input)}: check its name, and the registry of its scope in .npmrc. A private registry answers so without credentials, too: --secret id=npmrc,src=~/.npmrc passes yours.`,
	},
	{
		when: /EBADDEVENGINES|Invalid devEngines/,
		hint: 'devEngines in package.json asks for another tool or Node than the build runs with: correct it, or set "packageManager" and engines.node to what it asks for.',
	},
	{
		when: /This version of (?:pnpm|npm|yarn) requires (?:at least )?Node|npm v[\d.]+ does not support Node|npm is known not to run on Node/i,
		hint: 'The package manager is too new for the app\'s Node: set engines.node to a newer one, or "packageManager" to an older version of the tool.',
	},
	{
		when: /The engine "(npm|pnpm|yarn)" is incompatible|Your (pnpm) version is incompatible/,
		hint: ([, yarn, pnpm]) => wrongTool(yarn ?? pnpm ?? ''),
	},
	{
		when: /Required:\s*(\{.*\})[\s\S]*?Actual:\s*(\{.*\})/,
		hint: ([, required, actual]) => {
			const tool = unmet(required, actual).find((name) => name !== 'node');
			return tool === undefined ? WRONG_NODE : wrongTool(tool);
		},
	},
	{
		when: /EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE|The engine "node" is incompatible/,
		hint: WRONG_NODE,
	},
	{
		when: /EBADPLATFORM|ERR_PNPM_UNSUPPORTED_PLATFORM|The platform "[^"]+" is incompatible|The CPU architecture "[^"]+" is incompatible/,
		hint: 'A package that is not for the image\'s platform is a required dependency: move it to "optionalDependencies", or choose another with --platform.',
	},
	{
		when: /(?:ENOENT|no such file)[^\n]*?([\w@.+-][\w@./+-]*\.(?:patch|diff))/,
		hint: ([, file]) => `The patch ${file} is not among the project's files: commit it, and see that .dockerignore does not leave it out.`,
	},
	{
		when: /ERR_PNPM_(?:PATCH_FAILED|INVALID_PATCH|UNUSED_PATCH)|Could not apply patch|YN0066|failed to apply patch/i,
		hint: 'A patch does not fit the installed version of its package: make it again with the tool that made it, and commit it with the lock file.',
	},
	{ when: /gyp ERR!/, hint: 'A native add-on could not be compiled: install python3, make and a C++ compiler, or use a version with prebuilt binaries.' },
	{
		when: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i,
		hint: ({ input }) =>
			`A server could not be reached${hostsOf(input)}: check the network, the proxy variables and the registry in .npmrc. An install script that downloads from elsewhere needs that host, or a setting that turns the download off.`,
	},
];

const OTHERWISE = 'The lines above are from the package manager; --verbose shows all of them.';

/** @param variables of the project's settings files, from which a credential would come */
export function explainInstall(output: string, variables: readonly SettingsVariable[]): Explained {
	for (const { when, hint, wantsCredentials } of FAILURES) {
		const match = when.exec(output);
		if (match === null) continue;
		const variable = wantsCredentials === true ? (variables.find(({ name }) => name === match[1]) ?? variables[0]) : undefined;
		if (variable === undefined) return { hint: typeof hint === 'string' ? hint : hint(match) };
		const { name, file, line } = variable;
		return { hint: `${file} takes credentials${askedFor(output)} from the variable ${name}: give it with --secret id=${name}.`, at: { file, line } };
	}
	return { hint: OTHERWISE };
}

const SETTINGS = ['.npmrc', '.yarnrc.yml', '.yarnrc', 'bunfig.toml'];

/** `${NAME}`, and in bunfig.toml `$NAME`; one with a default needs no value. */
export function settingsVariables(source: Pick<FileIndex, 'text'>): readonly SettingsVariable[] {
	return SETTINGS.flatMap((file) =>
		(source.text(file) ?? '').split('\n').flatMap((text, at) => {
			if (/^\s*[#;]/.test(text)) return [];
			return [...text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(([, braced, plain]) => ({ name: braced ?? plain ?? '', file, line: at + 1 }));
		}),
	);
}

function wrongTool(name: string): string {
	return `package.json, or a package's, asks in "engines" for another ${name} than the build has: set "packageManager" to a version that all accept, or correct engines.${name}.`;
}

/** npm names all that a package asks for, and what it has. @returns the names that do not fit */
function unmet(required = '{}', actual = '{}'): readonly string[] {
	try {
		const [wants, has] = [JSON.parse(required) as Record<string, string>, JSON.parse(actual) as Record<string, string>];
		return Object.entries(wants).flatMap(([name, range]) => (has[name] === undefined || satisfies(has[name], range) ? [] : [name]));
	} catch {
		// Not as npm writes it: what does not fit is not known.
		return [];
	}
}

/** ` for @acme/private from npm.acme.example`, as far as the output says. */
function askedFor(output: string): string {
	const [, host, path] = /https?:\/\/([\w.-]+(?::\d+)?)\/((?:[\w.-]+\/)*@[\w.-]+(?:%2f|\/)[\w.-]+)/i.exec(output) ?? [];
	if (host === undefined || path === undefined) return '';
	return ` for ${path.replace(/^.*(?=@)/, '').replace(/%2f/i, '/')} from ${host}`;
}

function hostsOf(output: string): string {
	const hosts = new Set([...output.matchAll(/(?:ENOTFOUND|EAI_AGAIN)\s+([\w.-]+\.[a-z]{2,})/g)].map((match) => match[1]));
	return hosts.size === 0 ? '' : ` (${[...hosts].join(', ')})`;
}
