/** Maven profiles that the build is asked to use: by tare.yaml, by arguments, by MAVEN_ARGS and .mvn/maven.config. */
import { posix } from 'node:path';
import { parseCommandLine } from '../../../src/builder/command-line.js';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { settingsOf } from '../settings.js';

const CONFIG = '.mvn/maven.config';

/** Maven looks upward from where it starts. */
export function configFile({ source, app }: Pick<PlanRequest, 'source' | 'app'>): string | undefined {
	const folders = app.split('/').map((_, at, parts) => parts.slice(0, parts.length - at).join('/'));
	return [...folders, ''].map((folder) => posix.join(folder, CONFIG)).find((file) => source.has(file));
}

/** Words of https://maven.apache.org/configure.html#mvn-maven-config-file, which Maven reads itself. */
export function configuredArguments(request: Pick<PlanRequest, 'source' | 'app'>): readonly string[] {
	const file = configFile(request);
	return (file === undefined ? '' : (request.source.text(file) ?? ''))
		.split('\n')
		.filter((line) => !line.startsWith('#'))
		.flatMap((line) => line.trim().split(/\s+/))
		.filter((word) => word !== '');
}

/** @throws TareError CONFIG_INVALID */
export function askedArguments(request: PlanRequest): readonly string[] {
	const { profiles = [], arguments: own = [] } = settingsOf(request);
	return [...(profiles.length === 0 ? [] : [`-P${profiles.join(',')}`]), ...own, ...argumentsOf(request.buildEnv.MAVEN_ARGS)];
}

/** `!name` for one that is turned off. @throws TareError CONFIG_INVALID */
export function askedProfiles(request: PlanRequest): readonly string[] {
	const words = [...configuredArguments(request), ...askedArguments(request)];
	const lists = words.flatMap((word, at) => {
		const [, joined] = /^(?:-P|--activate-profiles(?:=|$))(.*)$/.exec(word) ?? [];
		return joined === undefined ? [] : [joined === '' ? (words[at + 1] ?? '') : joined];
	});
	return lists.flatMap((list) => list.split(',')).map((name) => name.trim().replace(/^[-]/, '!').replace(/^[+?]/, ''));
}

/** Maven reads the variable from 3.9 on; an older one would ignore it. @throws TareError CONFIG_INVALID */
function argumentsOf(text = ''): readonly string[] {
	const parsed = parseCommandLine(text);
	if (parsed.kind === 'commands' && parsed.commands.length <= 1) return parsed.commands[0]?.words ?? [];
	throw new TareError('CONFIG_INVALID', `MAVEN_ARGS "${text}" is not a list of arguments`, { hint: 'Write them as on a command line: MAVEN_ARGS=-Pprod.' });
}

/** Properties of the command line: `-Drevision=1.2`. @throws TareError CONFIG_INVALID */
export function definedProperties(request: PlanRequest): ReadonlyMap<string, string> {
	const words = [...configuredArguments(request), ...askedArguments(request)];
	return new Map(
		words.flatMap((word) =>
			/^-D[^=]+/.test(word) ? [[word.slice(2).split('=', 1)[0] ?? '', word.includes('=') ? word.slice(word.indexOf('=') + 1) : 'true'] as const] : [],
		),
	);
}
