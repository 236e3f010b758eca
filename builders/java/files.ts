/** Files beside the jar that the app opens while it runs. */
import { findRuntimeFiles, type RuntimeFiles } from '../../src/builder/runtime-files.js';
import type { FileIndex } from '../../src/source/file-index.js';

const NEVER =
	/(?:^|\/)(?:target|build|out|bin|\.mvn|\.gradle|gradle|buildSrc|test|tests)\/|(?:^|\/)src\/(?:main|test)\/(?!webapp\/)|\.(?:java|kt|kts|groovy|scala|gradle|class|jar|war|iml|md|adoc)$|(?:^|\/)(?:pom\.xml|mvnw(?:\.cmd)?|gradlew(?:\.bat)?|gradle\.properties|Procfile|LICENSE|NOTICE|Jenkinsfile|system\.properties|lombok\.config|package(?:-lock)?\.json|\.java-version|\.sdkmanrc|\.tool-versions|mise\.toml)$/;
const CODE = /\.(?:java|kt|scala|groovy|clj)$/;

export interface FilesQuestion {
	readonly roots: readonly string[];
	readonly args: readonly string[];
	readonly war: boolean;
	/** Is the file of the app? */
	owns(path: string): boolean;
}

export const isJavaData = (path: string): boolean => !NEVER.test(path);

/** @param roots folders that the app may expect to be started in @param args of its start command @param war the pages are in it */
export function findFiles(source: FileIndex, { roots, args, war, owns }: FilesQuestion): RuntimeFiles {
	const words = source.files
		.filter(({ path, size }) => CODE.test(path) && owns(path) && size < 1 << 20 && !/(?:^|\/)src\/test\//.test(path))
		.map(({ path }) => ({ file: path, words: [...(source.text(path) ?? '').matchAll(/"((?:[^"\\\n]|\\.)+)"/g)].map((match) => match[1] as string) }));
	return findRuntimeFiles({
		source,
		roots,
		words: [{ file: 'Procfile', words: args }, ...words],
		isData: isJavaData,
		// Spring reads config/ beside the jar, and an embedded server its pages where the project has them.
		usual: (path) => path === 'config' || (path === 'src/main/webapp' && !war),
		embedded: [],
	});
}
