/** What the failures of package managers and build scripts mean, and what to do: one table, the first pattern that fits counts. */

interface Failure {
	readonly when: RegExp;
	readonly hint: string | ((match: RegExpExecArray) => string);
}

export const INSTALL_FAILURES: readonly Failure[] = [
	{
		when: /(?:Environment variable not found \(|Failed to replace env in config: \$\{)(\w+)/,
		hint: ([, name]) => `The package manager's settings want the variable ${name}, which is not set: give it with --secret id=${name}.`,
	},
	{
		when: /\bE40[13]\b|ENEEDAUTH|ERR_PNPM_FETCH_40[13]|YN0041|\b40[13] (?:Unauthorized|Forbidden)|status code 40[13]|GET \S+ - 40[13]/i,
		hint: 'The package registry wants credentials: pass your .npmrc with --secret id=npmrc,src=~/.npmrc, or the variable it names with --secret id=NPM_TOKEN.',
	},
	{
		when: /\b(?:E404|ERR_PNPM_FETCH_404|YN0035|GET \S+ - 404)\b|Couldn't find package|Package not found/,
		hint: 'A package or version does not exist in the registry: check its name and the registry in .npmrc. Private registries answer so where credentials are missing, too.',
	},
	{
		when: /EBADDEVENGINES|Invalid devEngines/,
		hint: 'devEngines in package.json asks for another tool or Node than the build runs with: correct it, or set "packageManager" and engines.node to what it asks for.',
	},
	{
		when: /This version of (?:pnpm|npm|yarn) requires (?:at least )?Node/i,
		hint: 'The package manager is too new for the app\'s Node: set engines.node to a newer one, or "packageManager" to an older version of the tool.',
	},
	{
		when: /(?:required|Expected version|wanted|expects?):?[^\n]*\b(npm|pnpm|yarn)["']?\s*:|engine "(npm|pnpm|yarn)" is incompatible|Your (pnpm|npm|yarn) version is incompatible/i,
		hint: ([, a, b, c]) => `The project or a package asks for another ${a ?? b ?? c}: set "packageManager" in package.json to a version of it that all accept.`,
	},
	{
		when: /EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE|engine "node" is incompatible|Your Node version is incompatible/,
		hint: 'A dependency does not support this Node version: set engines.node in package.json.',
	},
	{
		when: /EBADPLATFORM|ERR_PNPM_UNSUPPORTED_PLATFORM|The platform "[^"]+" is incompatible/,
		hint: 'A package that is not for the image\'s platform is a required dependency: move it to "optionalDependencies", or choose another with --platform.',
	},
	{
		when: /ENOENT[^\n]*?([\w@./+-]+\.(?:patch|diff))|ERR_PNPM_PATCH_(?:NOT_FOUND|FILE_NOT_FOUND)[^\n]*|YN0001[^\n]*\.patch/,
		hint: ([, file]) => `${file ?? 'A patch'} is not among the project's files: commit it, and see that .dockerignore does not leave it out.`,
	},
	{
		when: /ERR_PNPM_(?:PATCH_FAILED|INVALID_PATCH)|Could not apply patch|YN0066/,
		hint: 'A patch does not fit the installed version of its package: make it again with the tool that made it, and commit both.',
	},
	{ when: /gyp ERR!/, hint: 'A native add-on could not be compiled: install python3, make and a C++ compiler, or use a version with prebuilt binaries.' },
	{
		when: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i,
		hint: (match) =>
			`A server could not be reached${hostsOf(match.input)}: check the network, the proxy variables and the registry in .npmrc. An install script that downloads from elsewhere needs that host, or a setting that turns the download off.`,
	},
];

/** @returns undefined where no pattern fits */
export function hintFor(output: string, failures: readonly Failure[]): string | undefined {
	for (const { when, hint } of failures) {
		const match = when.exec(output);
		if (match !== null) return typeof hint === 'string' ? hint : hint(match);
	}
	return undefined;
}

function hostsOf(output: string): string {
	const hosts = new Set([...output.matchAll(/(?:ENOTFOUND|EAI_AGAIN)\s+([\w.-]+\.[a-z]{2,})/g)].map((match) => match[1]));
	return hosts.size === 0 ? '' : ` (${[...hosts].join(', ')})`;
}
