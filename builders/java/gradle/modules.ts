/** Modules of a Gradle project, as the choice of the app sees them. */
import { posix } from 'node:path';
import type { PlanRequest, Reason } from '../../../src/builder/contract.js';
import type { Module } from '../apps.js';
import { type GradleScript, lineOf, projectFolders, settingsFolder } from './files.js';

/** The root and its projects; only the folder itself where that is one of them. */
export function gradleModules(scripts: readonly GradleScript[], { source, app }: Pick<PlanRequest, 'source' | 'app'>): readonly Module[] {
	const root = settingsFolder((path) => (path.startsWith('../') ? undefined : source.text(path)), app);
	const included = scripts.filter(({ file, folder }) => folder === root && /(?:^|\/)settings\./.test(file)).flatMap(({ text }) => projectFolders(text));
	const folders = [...new Set([root, ...included.map((path) => posix.join(root, path)).map((path) => (path === '.' ? '' : path))])];
	const wanted = app === root ? folders : folders.filter((folder) => folder === app);
	return wanted.map((folder) => {
		const own = scripts.find((script) => script.folder === folder && /(?:^|\/)build\./.test(script.file));
		const needs = [...(own?.text ?? '').matchAll(/\bproject\s*\(\s*(?:path\s*[:=]\s*)?["']:?([^"']+)["']/g)].map(([, name = '']) =>
			posix.join(root, name.replaceAll(':', '/')),
		);
		const packs = folder !== root || wanted.length === 1 || source.files.some(({ path }) => path.startsWith(posix.join(root, 'src/main/')));
		return { folder, names: [`:${posix.relative(root, folder).replaceAll('/', ':')}`], needs, packs, ...saysOf(own) };
	});
}

const APPLICATION =
	/\bapplication\s*(?:\n|$|})|["'](?:application|org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|io\.ktor\.plugin|war)["'](?![^\n]*apply\s+false)|\bmainClass(?:Name)?\b/;

function saysOf(script: GradleScript | undefined): { readonly says?: Reason } {
	const match = script === undefined ? null : APPLICATION.exec(script.text);
	if (script === undefined || match === null) return {};
	return { says: { file: script.file, line: lineOf(script.text, match.index), says: `${script.file} makes an application` } };
}
