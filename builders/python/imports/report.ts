/** What a missing import is called, and what to do about it. */
import { TareError } from '../../../src/errors.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { Missing } from './loaded.js';
import { BACKPORTS, DEBIAN, distributionOf, GONE, provides } from './names.js';
import { listedElsewhere } from './unread.js';

export interface Context {
	readonly source: FileIndex;
	/** `3.13` */
	readonly version: string;
	/** The file that says what the app depends on. */
	readonly manifest: string | undefined;
}

const IGNORE = 'If the app does without it, name it under "python: ignoreImports:" in tare.yaml.';

export function absentFile(file: string): TareError {
	return new TareError('ENTRY_MISSING', `the start command runs ${file}, which is not among the files of the image`, {
		hint: 'Correct the command, or the patterns of .dockerignore that leave the file out.',
		data: { file },
	});
}

export function missingImport(all: readonly Missing[], context: Context): TareError {
	const [first] = all;
	const { module = '', file = '', line = 0 } = first ?? {};
	const more =
		all.length === 1
			? ''
			: ` (and ${all.length - 1} more: ${all
					.slice(1, 6)
					.map((one) => one.module)
					.join(', ')})`;
	const who = file === '' ? 'the start command loads' : `${file} imports`;
	return new TareError('MODULE_MISSING', `${who} ${module}, which ${whatLacks(first, context)}${more}`, {
		hint: `${wayOut(first, context)} ${IGNORE}`,
		...(file !== '' && { at: { file, line } }),
		data: { missing: all },
	});
}

export function doubt(one: Missing, context: Context): string {
	return `${one.module}, which ${one.file === '' ? 'the start command loads' : `line ${one.line} imports`}, ${whatLacks(one, context)}: the app fails if it gets there. ${wayOut(one, context)}`;
}

function whatLacks(one: Missing | undefined, { version }: Context): string {
	const { module = '', inOwn } = one ?? {};
	if (inOwn !== undefined) return `the package of ${inOwn} does not have among the files of the image`;
	const gone = GONE[module];
	return gone !== undefined && Number(version.split('.')[1]) >= Number(gone.split('.')[1])
		? `Python ${version} does not have any more`
		: 'is neither installed nor a module of the project on its import path';
}

function wayOut(one: Missing | undefined, { source, manifest, version }: Context): string {
	const { module = '', inOwn, folder } = one ?? {};
	if (inOwn !== undefined) return 'If a tool makes this file, make it before the build and see that .dockerignore does not leave it out.';
	const [top = ''] = module.split('.');
	const debian = DEBIAN[top];
	if (debian !== undefined) return `Debian has it apart: add "packages: [${debian}]" to tare.yaml.`;
	if (folder !== undefined)
		return `It is in ${folder === '' ? 'the root of the project' : folder}: put that on the import path ("env: PYTHONPATH: /app${folder === '' ? '' : `/${folder}`}" in tare.yaml).`;
	const name = distributionOf(module);
	const listed = listedElsewhere(source, (requirement) => requirement !== '' && provides(requirement, module));
	if (listed?.setting !== undefined)
		return `${cap(listed.says)} lists it, which is not installed: add "python: ${listed.setting.key}: [${listed.setting.name}]" to tare.yaml.`;
	if (listed !== undefined && listed.file !== manifest)
		return `${listed.says}${listed.line === undefined ? '' : `:${listed.line}`} lists it, and is not read: add ${name} to ${listOf(manifest)}.`;
	const back = BACKPORTS[top] !== undefined && version !== '3.11' ? ', or ask for an older Python (requires-python)' : '';
	return `Add ${name} to ${listOf(manifest)}${back}.`;
}

/** Where a dependency is written: a lock file is made from another. */
function listOf(manifest: string | undefined): string {
	if (manifest === undefined) return 'requirements.txt';
	if (manifest.endsWith('Pipfile.lock')) return 'Pipfile';
	if (/(?:uv|poetry|pdm)\.lock$|pylock\.toml$/.test(manifest)) return 'pyproject.toml, and lock again';
	return /\.py$/.test(manifest) && !manifest.endsWith('setup.py') ? `the script header of ${manifest}` : manifest;
}

function cap(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
