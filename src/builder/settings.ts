/** A builder's own section of tare.yaml, under the key of its id. */
import * as v from 'valibot';
import type { Builder } from './contract.js';

/** Schema of a section; its `version` is the range of the language's runtime. */
export type SettingsSchema = v.GenericSchema<unknown, Readonly<Record<string, unknown>>>;

/** What a plain value stands for in most sections: `node: 24` is `node: { version: "24" }`. */
const version = (says: string) => v.pipe(v.union([v.string(), v.number()]), v.description(says), v.transform(String));

/** A section with the version of a runtime, for which a plain version may stand. @param says what the version is */
export function versioned<E extends v.ObjectEntries>(says: string, entries: E) {
	return v.pipe(
		v.union([version(says), v.strictObject({ version: v.optional(version(says)), ...entries })]),
		v.description(says),
		v.transform((value) => (typeof value === 'string' ? { version: value } : value)),
	);
}

/** The sections of all builders by key. */
export function sectionsOf(builders: readonly Builder[]): Readonly<Record<string, SettingsSchema>> {
	return Object.fromEntries(builders.flatMap(({ id, settings }) => (settings === undefined ? [] : [[id, settings]])));
}
