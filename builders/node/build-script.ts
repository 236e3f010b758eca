/** Which scripts of package.json make the app, and in what order. */
import type { Reason } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import type { Manifest } from './manifest.js';

export interface ScriptStep {
	readonly script: string;
	readonly reason: Reason;
}

/** The first that exists is the build; the others call it or repeat it. */
const BUILD_SCRIPTS = ['gcp-build', 'heroku-postbuild', 'build'];
/** What `npm install` runs for the project itself, in its order. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare'];
/** Set-up of a developer's checkout. */
const CHECKOUT_ONLY =
	/^\s*(?:husky(?:\s+install)?|is-ci\s*\|\|\s*husky(?:\s+install)?|simple-git-hooks|lefthook install|npx husky(?:\s+install)?|npx only-allow \w+)\s*(?:\|\|\s*(?:true|exit 0|:))?\s*$/;

/** @throws TareError CONFIG_INVALID when a script that was asked for does not exist */
export function buildScripts(manifest: Manifest | undefined, asked: string | false | undefined): readonly ScriptStep[] {
	if (manifest === undefined || asked === false) return [];
	const { scripts } = manifest.json;
	const step = (script: string): ScriptStep => ({
		script,
		reason: { file: manifest.file, line: manifest.lineOf('scripts', script), says: `script "${script}": ${scripts[script]}` },
	});
	const lifecycle = LIFECYCLE.filter((name) => scripts[name] !== undefined && !CHECKOUT_ONLY.test(scripts[name]));
	const build = asked ?? BUILD_SCRIPTS.find((name) => scripts[name] !== undefined);
	if (build !== undefined && scripts[build] === undefined) {
		throw new TareError('CONFIG_INVALID', `there is no script "${build}" in ${manifest.file}`, {
			hint: `Scripts: ${Object.keys(scripts).join(', ') || 'none'}.`,
			at: { file: manifest.file },
		});
	}
	return [...lifecycle, ...(build === undefined || lifecycle.includes(build) ? [] : [build])].map(step);
}
