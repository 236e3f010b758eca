/** Variables of a start command: which have a value that is known now, and which are the container's. */
import { boundedPattern } from '../../../src/source/pattern.js';
import type { PackageJson } from '../manifest.js';
import { unsupported, type Walk } from './walk.js';

const FOLDER_OF_PROGRAMS = /^\$\((?:npm|pnpm|yarn)(?: -s| --silent)? bin\)$/;

/** What package managers set for scripts: https://docs.npmjs.com/cli/v11/using-npm/scripts#packagejson-vars */
export function knownValue({ project, scripted }: Walk): (name: string) => string | undefined {
	return (name) => {
		if (FOLDER_OF_PROGRAMS.test(name)) return 'node_modules/.bin';
		const program = /^\$\(yarn bin ([\w.-]+)\)$/.exec(name)?.[1];
		if (program !== undefined) return `node_modules/.bin/${program}`;
		return scripted && project.manifest !== undefined ? packageVariable(name, project.manifest.json, project.manager) : undefined;
	};
}

function packageVariable(name: string, json: PackageJson, manager: string): string | undefined {
	if (name === 'npm_package_name') return json.name;
	if (name === 'npm_package_version') return json.version;
	const key = /^npm_package_config_(\w+)$/.exec(name)?.[1];
	// Yarn 2 and later sets name and version only.
	return key === undefined || manager === 'yarn-berry' ? undefined : json.config[key];
}

/** The image has them whatever the command says. */
const OWN = /^(?:PORT|NODE_ENV)$/;
const OWN_DEFAULT = /^\$(?:(\w+)|\{(\w+)(?:(:?)-([^}]*))?\})$/;

/** Takes in NAME=value words. @throws TareError START_UNSUPPORTED for a value that only a shell at start could tell */
export function assign(env: Readonly<Record<string, string>>, walk: Walk): void {
	const { found } = walk;
	for (const [name, value] of Object.entries(env)) {
		const [, plain, braced, colon, fallback] = OWN_DEFAULT.exec(value) ?? [];
		const known = found.env[name];
		if ((plain ?? braced) !== name) found.env[name] = filled(value, walk);
		else if (fallback === undefined) {
			if (!OWN.test(name)) found.env[name] ??= '';
		} else if (known === undefined || (known === '' && colon === ':')) {
			// The container's variable wins over the image's, as it would over the default.
			found.env[name] = fallback.replaceAll('$', '$$$$');
			found.notes.push(`${name} is ${fallback} unless the container sets it`);
		}
	}
}

/** A value with the variables that the line itself has set before. */
function filled(value: string, walk: Walk): string {
	return value.replace(/\$\$|\$(?:(\w+)|\{(\w+)(?::?-[^}]*)?\})/g, (all, plain?: string, braced?: string) => {
		if (all === '$$') return all;
		const known = walk.found.env[plain ?? braced ?? ''];
		if (known === undefined || known === '') throw unsupported(walk, `a variable with the value ${value} needs a shell, and the image has none`);
		return known;
	});
}

/** The shell fills in words before the command sets anything: `A=1 node x $A` is given the value from before. */
export function refuseOwn(words: readonly string[], before: Readonly<Record<string, string>>, walk: Walk): void {
	for (const [name, value] of Object.entries(walk.found.env)) {
		const pattern = boundedPattern(`\\$\\{?${name}(?!\\w)`);
		const used = before[name] === value ? undefined : words.find((word) => pattern.test(word.replaceAll('$$', '')));
		if (used !== undefined) throw unsupported(walk, `the shell fills in ${used} before the command sets ${name}`, `Write the value in place of $${name}.`);
	}
}
