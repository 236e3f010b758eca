/** The commands by which a project builds itself elsewhere: what they say beyond the manifests is taken over by the builders, or named as left out. */
import type { FileIndex } from '../../source/file-index.js';
import { dockerfileRecipes } from './dockerfile.js';
import { makefileRecipes } from './makefile.js';
import { type Recipe, scriptRecipes } from './words.js';
import { workflowRecipes } from './workflows.js';

export type { Recipe } from './words.js';

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const SCRIPTS = ['build.sh', 'scripts/build.sh', 'script/build', 'bin/build'];

/** In the order in which they count: what makes an image comes first, what only tests comes last. */
export function recipesOf(source: FileIndex): readonly Recipe[] {
	const makefile = source.first(...MAKEFILES);
	return [
		...['Dockerfile', 'Containerfile'].flatMap((file) => dockerfileRecipes(source.text(file) ?? '', file)),
		...(makefile === undefined ? [] : makefileRecipes(source.text(makefile) ?? '', makefile)),
		...SCRIPTS.flatMap((file) => scriptRecipes({ text: source.text(file) ?? '', file, line: 1, env: {} })),
		...workflowRecipes(source),
	];
}
