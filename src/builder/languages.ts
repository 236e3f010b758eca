/** Files by which a language is known even where no builder for it exists: a wrong guess is worse than a question. */
export const LANGUAGE_MARKERS: readonly { readonly language: string; readonly builder: string; readonly files: readonly string[] }[] = [
	{ language: 'Go', builder: 'go', files: ['go.mod', 'go.work', 'main.go'] },
	{ language: 'Rust', builder: 'rust', files: ['Cargo.toml'] },
	{ language: 'Java', builder: 'java', files: ['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'] },
	{ language: 'Python', builder: 'python', files: ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'uv.lock', 'poetry.lock', 'manage.py'] },
	{ language: 'PHP', builder: 'php', files: ['composer.json', 'index.php'] },
	{ language: 'Ruby', builder: 'ruby', files: ['Gemfile', 'config.ru'] },
	{ language: 'Deno', builder: 'deno', files: ['deno.json', 'deno.jsonc'] },
];
