/** What a framework's build makes, and the ways to read its configuration. */
import type { FileIndex } from '../../../src/source/file-index.js';
import type { AdapterKind } from '../adapters.js';
import { isRecord, type Manifest } from '../manifest.js';

/** What a framework's build makes, relative to the app's folder. */
export type FrameworkOutput =
	| {
			readonly kind: 'server';
			readonly command: string;
			/** Variables it needs to listen outside the container. */
			readonly env: Readonly<Record<string, string>>;
			/** The parts of the build that are all the app needs, dependencies included. */
			readonly ships?: readonly Shipped[];
			/** Other places of the entry, relative to the folder that the command runs in. */
			readonly entries?: readonly string[];
			/** Put in by the build: the project has none. */
			readonly adapter?: AdapterKind;
	  }
	| {
			readonly kind: 'site';
			/** Folders of the pages, likeliest first: the first that the build makes is served. */
			readonly roots: readonly string[];
			/** One page that routes in the browser: unknown paths get it. */
			readonly singlePage: boolean;
	  };

export type ServerOutput = Extract<FrameworkOutput, { readonly kind: 'server' }>;

export interface Shipped {
	readonly from: string;
	/** Place below the app's folder, '' for the folder itself. */
	readonly to: string;
	/** The build makes it only for some apps. */
	readonly optional?: boolean;
}

export interface Project {
	readonly source: FileIndex;
	readonly manifest: Manifest;
	readonly dependencies: Readonly<Record<string, string>>;
}

export const HOST = { HOST: '0.0.0.0' };

export function server(entry: string, env: Readonly<Record<string, string>>, ships?: readonly Shipped[]): ServerOutput {
	return { kind: 'server', command: `node ${entry}`, env, ...(ships !== undefined && { ships }) };
}

export function site(roots: readonly string[], singlePage = false): FrameworkOutput {
	return { kind: 'site', roots, singlePage };
}

export function script({ manifest }: Project, name: string): string | undefined {
	return manifest.json.scripts[name];
}

const CONFIG_EXTENSIONS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'json'];

/** Text of a configuration file, without its comments. */
export function config({ source }: Project, stem: string): string | undefined {
	const file = source.first(...CONFIG_EXTENSIONS.map((extension) => `${stem}.${extension}`));
	return file === undefined ? undefined : source.text(file)?.replace(/\/\*[\s\S]*?\*\/|(^|[^:])\/\/.*$/gm, '$1');
}

/** A key with a literal path, as nearly all configurations write it. */
export function configured(project: Project, stem: string, key: string): string | undefined {
	const value = new RegExp(`\\b${key}\\s*:\\s*(['"\`])([\\w./@-]+)\\1`).exec(config(project, stem) ?? '')?.[2];
	return value === undefined ? undefined : trimmed(value);
}

export function trimmed(path: string): string {
	return path.replace(/^\.\//, '').replace(/\/$/, '');
}

export function at(value: unknown, ...keys: readonly string[]): unknown {
	return keys.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}
