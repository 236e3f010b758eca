/** project.toml, the project descriptor of Cloud Native Buildpacks: https://github.com/buildpacks/spec/blob/main/extensions/project-descriptor.md */
import { TareError } from '../../errors.js';
import { readToml } from './parse.js';
import { type Foreign, type Table, table, text, texts } from './types.js';

/** Variables by which buildpacks choose a runtime's version, and whose section that is here. */
const VERSIONS: Readonly<Record<string, string>> = { BP_NODE_VERSION: 'node', BP_CPYTHON_VERSION: 'python', BP_JVM_VERSION: 'java' };

/** Both schemas, 0.1 (`[build]`) and 0.2 (`[io.buildpacks]`). @throws TareError MANIFEST_INVALID */
export function readProjectToml(content: string, file: string): Foreign {
	const root = readToml(content, file);
	const section = table(table(root.io).buildpacks);
	const build = Object.keys(section).length > 0 ? section : table(root.build);
	const env = variablesOf(Object.keys(section).length > 0 ? table(section.build).env : build.env);
	const ignore = patterns(build, file);
	const versions = Object.entries(env).flatMap(([name, version]) => (VERSIONS[name] === undefined ? [] : [[VERSIONS[name], { version }] as const]));
	const groups = [build.group, table(build.pre).group, table(build.post).group].some((group) => Array.isArray(group) && group.length > 0);
	return {
		config: { ...(ignore.length > 0 && { ignore: [...ignore] }), ...(Object.keys(env).length > 0 && { build: { env } }) },
		settings: Object.fromEntries(versions),
		notes: [
			...(ignore.length > 0
				? [{ file, says: `${build.include === undefined ? 'exclude' : 'include'}: ${texts(build.include ?? build.exclude).join(', ')}` }]
				: []),
			...Object.keys(env).map((name) => ({ file, says: `variable ${name} for the build` })),
		],
		warnings: groups ? [{ file, says: 'its list of buildpacks is not used: the builder is chosen by the files' }] : [],
	};
}

function variablesOf(value: unknown): Readonly<Record<string, string>> {
	const entries = (Array.isArray(value) ? value : []).map(table);
	return Object.fromEntries(entries.flatMap(({ name, value: one }) => (text(name) === undefined ? [] : [[text(name) as string, text(one) ?? '']])));
}

function patterns({ include, exclude }: Table, file: string): readonly string[] {
	if (include !== undefined && exclude !== undefined)
		throw new TareError('MANIFEST_INVALID', `${file} has both include and exclude`, { hint: 'The project descriptor allows one of them.', at: { file } });
	if (include !== undefined) return ['**', ...texts(include).flatMap((pattern) => withContents(`!${rooted(pattern)}`))];
	return texts(exclude).map((pattern) => (pattern.startsWith('!') ? `!${rooted(pattern.slice(1))}` : rooted(pattern)));
}

/** .gitignore's patterns in .dockerignore's syntax, which has no "at any depth" by itself. */
function rooted(pattern: string): string {
	const plain = pattern.replace(/\/+$/, '');
	return plain.includes('/') ? plain.replace(/^\//, '') : `**/${plain}`;
}

function withContents(pattern: string): readonly string[] {
	return [pattern, `${pattern}/**`];
}
