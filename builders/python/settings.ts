/** The `python:` section of tare.yaml. */
import * as v from 'valibot';
import type { PlanRequest } from '../../src/builder/contract.js';
import { versioned } from '../../src/builder/settings.js';

const names = (says: string) => v.optional(v.pipe(v.array(v.string()), v.description(says)));

export const SETTINGS = versioned('Python version or range; default: what the project says.', {
	extras: names('Extras of the project to install (`[project.optional-dependencies]`, `[tool.poetry.extras]`), e.g. [postgres].'),
	groups: names('Dependency groups to install beside the main one (`[dependency-groups]`, groups of Poetry and PDM, categories of a Pipfile), e.g. [web].'),
	ignoreImports: names('Modules that may be missing: the check of imports says nothing of them, e.g. [debug_toolbar].'),
});

export interface PythonSettings {
	readonly extras: readonly string[];
	readonly groups: readonly string[];
	readonly ignoreImports: readonly string[];
}

export function settingsOf({ settings }: PlanRequest): PythonSettings {
	return { extras: [], groups: [], ignoreImports: [], ...settings };
}
