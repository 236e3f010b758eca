/** How the project is built for its image elsewhere: Maven profiles of a Dockerfile, Makefile or build script are taken over; other arguments are named as left out. */
import type { PlanRequest, Reason } from '../../src/builder/contract.js';
import { recipesOf } from '../../src/builder/recipes/recipes.js';
import { leftOpen, leftOut } from '../../src/builder/recipes/said.js';
import { isOpen, type Recipe } from '../../src/builder/recipes/words.js';
import { settingsOf } from './settings.js';

export interface JavaRecipe {
	/** With the profiles, where the user names none. */
	readonly request: PlanRequest;
	readonly reasons: readonly Reason[];
	readonly warnings: readonly Reason[];
}

const MAVEN = /(?:^|\/)mvnw?$/;
const GRADLE = /(?:^|\/)gradlew?$/;
/** Goals and tasks that make what is shipped. */
const BUILDS = /^(?:package|install|verify|deploy|build|assemble|bootJar|installDist|shadowJar|jar|war|bootWar)$/;
/** How the work is done, not what comes of it; or what Tare decides itself. */
const OWN_WAY = /skip|test|^-Dmaven\.|^-Dorg\.|^-Dstyle|^-Djansi|^-Dfile\.encoding|^-Dproject\.build\.sourceEncoding|^-Dhttps?\./i;

export function javaRecipe(request: PlanRequest): JavaRecipe {
	const { source, app, buildEnv } = request;
	// What runs in continuous integration has profiles for tests.
	const recipes = recipesOf(source, app).filter(({ file, words }) => !file.startsWith('.') && words.some((word) => BUILDS.test(word)));
	const own = recipes.filter(({ file, words }) => file === recipes[0]?.file && (MAVEN.test(words[0] ?? '') || GRADLE.test(words[0] ?? '')));
	const settings = settingsOf(request);
	const asked = settings.profiles !== undefined || settings.arguments !== undefined || buildEnv.MAVEN_ARGS !== undefined;
	const [first] = own;
	if (first === undefined || asked) return { request, reasons: [], warnings: [] };
	const profiles = [...new Set(own.flatMap(profilesOf))];
	const taken = profiles.filter((name) => !isOpen(name) && isDefined(name, request));
	return {
		request: taken.length === 0 ? request : { ...request, settings: { ...request.settings, profiles: taken } },
		reasons: taken.length === 0 ? [] : [{ file: first.file, line: first.line, says: `built as there: -P${taken.join(',')}` }],
		warnings: [
			...profiles.filter(isOpen).map((name) => leftOpen(first, `-P${name}`, 'set java: {profiles: [...]} for it')),
			...own.flatMap((recipe) => othersOf(recipe).map((word) => leftOut(recipe, word, 'set java: {arguments: [...]} for it'))),
		],
	};
}

/** `-Pa,b`, `-P a`, `--activate-profiles=a`; `!a` switches one off. */
function profilesOf({ words }: Recipe): readonly string[] {
	if (!MAVEN.test(words[0] ?? '')) return [];
	return words.flatMap((word, at) => {
		const [, joined] = /^(?:-P|--activate-profiles=?)(.*)$/.exec(word) ?? [];
		const list = joined === '' ? (words[at + 1] ?? '') : joined;
		return (list ?? '').split(',').filter((name) => name !== '');
	});
}

function othersOf({ words }: Recipe): readonly string[] {
	const pattern = MAVEN.test(words[0] ?? '') ? /^-D[\w.-]+(?:=|$)/ : /^-(?:P|D)[\w.-]+=/;
	return words.filter((word) => pattern.test(word) && !OWN_WAY.test(word));
}

/** A profile of a settings file is the user's own. */
function isDefined(name: string, { source }: PlanRequest): boolean {
	const id = name.replace(/^[!-]/, '');
	return source.files.some(({ path }) => /(?:^|\/)pom\.xml$/.test(path) && (source.text(path) ?? '').includes(`<id>${id}</id>`));
}
