/** The commands by which a project builds itself elsewhere: what they say beyond the manifests is taken over by the builders, or named as left out. */
import type { FileIndex } from '../../source/file-index.js';
import { dockerfileRecipes } from './dockerfile.js';
import { goreleaserRecipes } from './goreleaser.js';
import { makefileRecipes } from './makefile.js';
import { type Recipe, scriptRecipes } from './words.js';
import { workflowRecipes } from './workflows.js';

export type { Recipe } from './words.js';

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const SCRIPTS = ['build.sh', 'scripts/build.sh', 'script/build', 'bin/build'];

/** In the order in which they count: the app's own folder first; what makes an image comes first, what only tests comes last. */
export function recipesOf(source: FileIndex, app = ''): readonly Recipe[] {
	return [...(app === '' ? [] : inFolder(source, app)), ...inFolder(source, ''), ...goreleaserRecipes(source), ...workflowRecipes(source)];
}

function inFolder(source: FileIndex, folder: string): readonly Recipe[] {
	const at = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
	const text = (file: string): string => source.text(file) ?? '';
	const makefile = source.first(...MAKEFILES.map(at));
	const recipes = [
		...['Dockerfile', 'Containerfile'].map(at).flatMap((file) => dockerfileRecipes(text(file), file)),
		...(makefile === undefined ? [] : makefileRecipes(text(makefile), makefile)),
		...SCRIPTS.map(at).flatMap((file) => scriptRecipes({ text: text(file), file, line: 1, env: {} })),
	];
	return folder === '' ? recipes : recipes.map((recipe) => ({ ...recipe, cwd: at(recipe.cwd).replace(/\/$/, '') }));
}
