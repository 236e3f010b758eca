/** Files by which a language is known even where no builder for it exists: a wrong guess is worse than a question. */
import type { FileIndex } from '../source/file-index.js';

interface Marker {
	readonly language: string;
	/** Id of its builder, whether or not there is one. */
	readonly builder: string;
	/** Names at the root of the project; a pattern for those that begin with the project's own name. */
	readonly files: readonly (string | RegExp)[];
	/** Projects of other languages have such files as well: it counts where nothing else is found. */
	readonly common?: true;
}

const MARKERS: readonly Marker[] = [
	{ language: 'Go', builder: 'go', files: ['go.mod', 'go.work', 'main.go'] },
	{ language: 'Rust', builder: 'rust', files: ['Cargo.toml'] },
	{ language: 'Java', builder: 'java', files: ['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'] },
	{ language: 'Python', builder: 'python', files: ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'uv.lock', 'poetry.lock', 'manage.py'] },
	{ language: 'PHP', builder: 'php', files: ['composer.json', 'index.php'] },
	{ language: 'Ruby', builder: 'ruby', files: ['Gemfile', 'config.ru'] },
	{ language: 'Deno', builder: 'deno', files: ['deno.json', 'deno.jsonc'] },
	{ language: 'Elixir', builder: 'elixir', files: ['mix.exs'] },
	{ language: 'Erlang', builder: 'erlang', files: ['rebar.config', 'erlang.mk'] },
	{ language: '.NET', builder: 'dotnet', files: [/\.(?:cs|fs|vb)proj$/, /\.slnx?$/, 'global.json'] },
	{ language: 'Scala', builder: 'scala', files: ['build.sbt', 'build.sc', 'build.mill'] },
	{ language: 'Clojure', builder: 'clojure', files: ['project.clj', 'deps.edn'] },
	{ language: 'Swift', builder: 'swift', files: ['Package.swift'] },
	{ language: 'Crystal', builder: 'crystal', files: ['shard.yml'] },
	{ language: 'Dart', builder: 'dart', files: ['pubspec.yaml'] },
	{ language: 'Haskell', builder: 'haskell', files: ['stack.yaml', 'cabal.project', /\.cabal$/] },
	{ language: 'Gleam', builder: 'gleam', files: ['gleam.toml'] },
	{ language: 'Zig', builder: 'zig', files: ['build.zig', 'build.zig.zon'] },
	{ language: 'Nim', builder: 'nim', files: [/\.nimble$/] },
	{ language: 'OCaml', builder: 'ocaml', files: ['dune-project'] },
	{ language: 'Julia', builder: 'julia', files: ['Project.toml', 'JuliaProject.toml'] },
	{ language: 'R', builder: 'r', files: ['renv.lock', 'DESCRIPTION'], common: true },
	{ language: 'Perl', builder: 'perl', files: ['cpanfile', 'Makefile.PL'] },
	{ language: 'C or C++', builder: 'c', files: ['CMakeLists.txt', 'meson.build', 'configure.ac', 'conanfile.txt', 'vcpkg.json'], common: true },
	{ language: 'C or C++', builder: 'c', files: [/^(?:main|[\w-]+)\.(?:c|cc|cpp|cxx)$/], common: true },
];

export interface FoundLanguage {
	readonly language: string;
	readonly file: string;
	readonly common: boolean;
}

/** @param builders ids of those there are: they find their own projects */
export function foreignLanguages(source: FileIndex, builders: ReadonlySet<string>): readonly FoundLanguage[] {
	const top = source.files.map(({ path }) => path).filter((path) => !path.includes('/'));
	const found = new Map<string, FoundLanguage>();
	for (const { language, builder, files, common = false } of MARKERS) {
		if (builders.has(builder) || found.has(language)) continue;
		const file = files.flatMap((name) => (typeof name === 'string' ? (source.first(name) ?? []) : (top.find((path) => name.test(path)) ?? [])))[0];
		if (file !== undefined) found.set(language, { language, file, common });
	}
	return [...found.values()];
}
