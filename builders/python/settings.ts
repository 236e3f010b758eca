/** The `python:` section of tare.yaml. */
import * as v from 'valibot';
import type { PlanRequest } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';

const list = (says: string) =>
	v.optional(
		v.pipe(
			v.union([v.string(), v.array(v.string())]),
			v.description(says),
			v.transform((value) => (typeof value === 'string' ? [value] : value)),
		),
	);

export const SETTINGS = versioned('Python version or range; default: what the project says.', {
	extras: list('Extras of the project to install (`[project.optional-dependencies]`, `[tool.poetry.extras]`), e.g. [postgres].'),
	groups: list('Dependency groups to install beside the main one (`[dependency-groups]`, groups of Poetry and PDM, categories of a Pipfile), e.g. [web].'),
	ignoreImports: list('Modules that may be missing: the check of imports says nothing of them, e.g. [debug_toolbar].'),
	buildArguments: list("Settings for the project's build backend, KEY=VALUE each, as `pip --config-settings` takes them. The backend then builds the project."),
});

export interface PythonSettings {
	readonly extras: readonly string[];
	readonly groups: readonly string[];
	readonly ignoreImports: readonly string[];
	readonly buildArguments: readonly string[];
}

export function settingsOf({ settings }: PlanRequest): PythonSettings {
	return { extras: [], groups: [], ignoreImports: [], buildArguments: [], ...settings };
}
