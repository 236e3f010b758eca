/** The version of a project whose manifest leaves it to something else: a module, a file, a git tag. */

import { posix } from 'node:path';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { boundedPattern, escapePattern } from '../../../src/source/pattern.js';
import { at, list, type Table, text, texts } from '../toml.js';

export type FoundVersion =
	| { readonly kind: 'known'; readonly version: string; readonly reason?: Reason }
	/** The version control system says it. */
	| { readonly kind: 'scm'; readonly file: string }
	/** Only the build backend can tell. */
	| { readonly kind: 'unread' };

const PYPROJECT = 'pyproject.toml';
const SCM =
	/^(?:setuptools[-_.]scm|hatch[-_.]vcs|uv[-_.]dynamic[-_.]versioning|poetry[-_.]dynamic[-_.]versioning|setuptools[-_.]git[-_.]versioning|vcs[-_.]versioning)\b/i;
const PATTERN = /^(?:__version__|VERSION|version)\s*(?::\s*[\w.[\]]+\s*)?=\s*['"]v?([^'"]+)['"]/m;

/** @param written in the manifest, where it is @param roots folders of the project's packages */
export function versionOf(source: FileIndex, toml: Table, written: string | undefined, roots: readonly string[], name: string | undefined): FoundVersion {
	if (Object.keys(at(toml, 'tool', 'poetry-dynamic-versioning')).length > 0) return { kind: 'scm', file: PYPROJECT };
	if (written !== undefined && !/^(?:attr|file)\s*:/.test(written)) return { kind: 'known', version: written };
	const setuptools = at(toml, 'tool', 'setuptools', 'dynamic').version;
	const attr = text(at({ setuptools }, 'setuptools').attr) ?? /^attr\s*:\s*(\S+)/.exec(written ?? '')?.[1];
	if (attr !== undefined) return ofAttribute(source, attr, roots);
	const named = at({ setuptools }, 'setuptools').file ?? /^file\s*:\s*(\S+)/.exec(written ?? '')?.[1];
	const [file] = typeof named === 'string' ? [named] : texts(named);
	if (file !== undefined) return ofText(source, file);
	const [hatch, pdm] = [at(toml, 'tool', 'hatch', 'version'), at(toml, 'tool', 'pdm', 'version')];
	if (text(hatch.path) !== undefined && ['regex', undefined].includes(text(hatch.source)) && hatch.pattern === undefined)
		return ofFile(source, text(hatch.path) as string);
	if (pdm.source === 'file') return ofFile(source, text(pdm.path) ?? '');
	const required = texts(at(toml, 'build-system').requires);
	const isScm = hatch.source === 'vcs' || pdm.source === 'scm' || hatch.source === 'uv-dynamic-versioning' || required.some((line) => SCM.test(line));
	if (isScm) return { kind: 'scm', file: PYPROJECT };
	if (/^flit_core\b/.test(text(at(toml, 'build-system')['build-backend']) ?? '') && name !== undefined)
		return ofAttribute(source, `${text(at(toml, 'tool', 'flit', 'module').name) ?? name.replaceAll('-', '_')}.__version__`, roots);
	return written === undefined && list(at(toml, 'project').dynamic).includes('version') ? { kind: 'unread' } : { kind: 'known', version: '0.0.0' };
}

/** `ledger.__version__`: of the package's own file, or of `ledger/_version.py`. */
function ofAttribute(source: FileIndex, attribute: string, roots: readonly string[]): FoundVersion {
	const parts = attribute.split('.');
	const name = parts.pop() ?? '';
	const path = parts.join('/');
	const files = ['', ...roots].flatMap((root) => [posix.join(root, `${path}.py`), posix.join(root, path, '__init__.py')]);
	const file = source.first(...files);
	return file === undefined
		? { kind: 'unread' }
		: inFile(source, file, boundedPattern(`^${escapePattern(name)}\\s*(?::\\s*[\\w.[\\]]+\\s*)?=\\s*['"]([^'"]+)['"]`, 'm'));
}

function ofFile(source: FileIndex, file: string): FoundVersion {
	return inFile(source, file, PATTERN);
}

function ofText(source: FileIndex, file: string): FoundVersion {
	return inFile(source, file, /^\s*([\w.!+-]+)\s*$/);
}

function inFile(source: FileIndex, file: string, pattern: RegExp): FoundVersion {
	const content = source.text(file) ?? '';
	const match = pattern.exec(content);
	const version = match?.[1];
	if (match === null || version === undefined) return { kind: 'unread' };
	const line = content.slice(0, match.index).split('\n').length;
	return { kind: 'known', version, reason: { file, line, says: `version ${version} of ${file}` } };
}

/** Variables by which versions of a repository are given to the tools that ask git for them. */
export const SCM_VARIABLES = [
	'SETUPTOOLS_SCM_PRETEND_VERSION',
	'PDM_BUILD_SCM_VERSION',
	'POETRY_DYNAMIC_VERSIONING_BYPASS',
	'UV_DYNAMIC_VERSIONING_BYPASS',
] as const;

/** Given by the user, else the tag of the commit. */
export function scmVersion(
	name: string,
	buildEnv: Readonly<Record<string, string>>,
	tag: () => string | undefined,
	file: string,
): { readonly version: string; readonly reason?: Reason; readonly warning?: Reason } {
	const own = `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name.toUpperCase().replace(/[-_.]+/g, '_')}`;
	const variable = [own, ...SCM_VARIABLES].find((one) => (buildEnv[one] ?? '') !== '');
	if (variable !== undefined) return { version: buildEnv[variable] as string, reason: { file, says: `version ${buildEnv[variable]} of ${variable}` } };
	const tagged = tag();
	const version = /(?:^|[-_/])v?(\d+(?:\.\d+)*(?:[-.]?(?:a|b|rc|alpha|beta|post|dev)\.?\d*)?)$/.exec(tagged ?? '')?.[1];
	if (version !== undefined) return { version, reason: { file, says: `version ${version} of the git tag ${tagged}` } };
	const says = 'the version comes from git, and this commit has no tag with one: it is 0.0.0; give one with --build-env SETUPTOOLS_SCM_PRETEND_VERSION=1.2.3';
	return { version: '0.0.0', warning: { file, says } };
}
