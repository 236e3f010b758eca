/** The `python:` section of tare.yaml. */
import * as v from 'valibot';
import { versioned } from '../../src/builder/settings.js';

const list = (says: string) =>
	v.pipe(
		v.union([v.string(), v.array(v.string())]),
		v.description(says),
		v.transform((value) => (typeof value === 'string' ? [value] : value)),
	);

export const SETTINGS = versioned('Python version or range; default: what the project says.', {
	buildArguments: v.optional(
		list("Settings for the project's build backend, KEY=VALUE each, as `pip --config-settings` takes them. The backend then builds the project."),
	),
});
