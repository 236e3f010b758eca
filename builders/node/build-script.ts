/** Which scripts of package.json make the app, and in what order. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Manifest } from './manifest.js';
import { withoutHooks } from './scripts/hooks.js';

export interface ScriptStep {
	readonly script: string;
	readonly reason: Reason;
	/** What is run in place of the script, where a part of it only sets up a checkout. */
	readonly rest?: string;
}

/** The first that exists is the build; the others call it or repeat it. */
const BUILD_SCRIPTS = ['gcp-build', 'heroku-postbuild', 'build'];
/** What `npm install` runs for the project itself, in its order. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare'];

/** @throws TareError CONFIG_INVALID when a script that was asked for does not exist */
export function buildScripts(manifest: Manifest | undefined, asked: string | false | undefined): readonly ScriptStep[] {
	if (manifest === undefined || asked === false) return [];
	const { scripts } = manifest.json;
	const lifecycle = lifecycleScripts(manifest);
	const build = asked ?? BUILD_SCRIPTS.find((name) => scripts[name] !== undefined);
	if (build !== undefined && scripts[build] === undefined) {
		throw new TareError('CONFIG_INVALID', `there is no script "${build}" in ${manifest.file}`, {
			hint: `Scripts: ${Object.keys(scripts).join(', ') || 'none'}.`,
			at: { file: manifest.file },
		});
	}
	return [...lifecycle, ...(build === undefined || lifecycle.some(({ script }) => script === build) ? [] : [scriptStep(manifest, build)])];
}

/** What installing runs for the package itself, without what sets up a checkout. */
export function lifecycleScripts(manifest: Manifest): readonly ScriptStep[] {
	const { scripts } = manifest.json;
	return LIFECYCLE.filter((name) => scripts[name] !== undefined && withoutHooks(scripts[name], scripts).rest !== undefined).map((name) =>
		scriptStep(manifest, name),
	);
}

export function scriptStep(manifest: Manifest, script: string): ScriptStep {
	const { scripts } = manifest.json;
	const line = scripts[script] ?? '';
	const { hooks, rest } = LIFECYCLE.includes(script) ? withoutHooks(line, scripts) : { hooks: [], rest: line };
	const leftOut = hooks.length === 0 ? '' : ` (without ${hooks.join(', ')}: a build has no .git)`;
	return {
		script,
		reason: { file: manifest.file, line: manifest.lineOf('scripts', script), says: `script "${script}": ${line}${leftOut}` },
		...(hooks.length > 0 && rest !== undefined && { rest }),
	};
}

/** Why scripts that installing would run are not run. */
export function leftOutScripts(manifest: Manifest): readonly Reason[] {
	const { scripts } = manifest.json;
	return LIFECYCLE.flatMap((name) => {
		const { hooks, rest } = withoutHooks(scripts[name] ?? '', scripts);
		if (rest !== undefined || hooks.length === 0) return [];
		return [
			{ file: manifest.file, line: manifest.lineOf('scripts', name), says: `script "${name}" is left out: "${hooks.join('", "')}" only sets up a checkout` },
		];
	});
}
