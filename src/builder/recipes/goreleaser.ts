/** What GoReleaser compiles, as the commands that it runs: https://goreleaser.com/customization/builds/go/ */
import type { FileIndex } from '../../source/file-index.js';
import { isRecord } from '../../source/json.js';
import { parse } from '../../source/yaml.js';
import type { Recipe } from './words.js';

const FILES = ['.goreleaser.yaml', '.goreleaser.yml', 'goreleaser.yaml', 'goreleaser.yml'];

export function goreleaserRecipes(source: FileIndex): readonly Recipe[] {
	const file = source.first(...FILES);
	if (file === undefined) return [];
	const text = source.text(file) ?? '';
	const builds = buildsOf(text);
	return builds.map((build) => {
		const { flags, tags, ldflags, env, main, dir } = build;
		return {
			words: ['go', 'build', ...texts(flags), ...option('-tags', texts(tags).join(',')), ...option('-ldflags', texts(ldflags).join(' ')), text1(main) ?? '.'],
			env: Object.fromEntries(texts(env).map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair.slice(pair.indexOf('=') + 1)])),
			cwd: text1(dir)?.replace(/^\.\/?/, '') ?? '',
			file,
			line: lineOf(text, texts(ldflags)[0] ?? texts(tags)[0] ?? texts(flags)[0] ?? 'builds'),
		};
	});
}

function buildsOf(text: string): readonly Record<string, unknown>[] {
	try {
		const value = parse(text);
		const builds: readonly unknown[] = isRecord(value) && Array.isArray(value.builds) ? value.builds : [];
		return builds.filter(isRecord);
	} catch {
		// Another tool's file: it says nothing then.
		return [];
	}
}

const option = (name: string, value: string): readonly string[] => (value === '' ? [] : [name, value]);

const text1 = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function texts(value: unknown): readonly string[] {
	const all: readonly unknown[] = Array.isArray(value) ? value : [value];
	return all.filter((one) => typeof one === 'string');
}

function lineOf(text: string, words: string): number {
	const [first = ''] = words.trim().split('\n');
	return (
		Math.max(
			0,
			text.split('\n').findIndex((line) => line.includes(first)),
		) + 1
	);
}
