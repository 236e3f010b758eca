/** The `rust:` section of tare.yaml. */
import * as v from 'valibot';

const texts = (says: string) =>
	v.pipe(
		v.union([v.string(), v.array(v.string())]),
		v.description(says),
		v.transform((value) => (typeof value === 'string' ? [value] : value).flatMap((one) => one.split(/[\s,]+/)).filter((one) => one !== '')),
	);

export const SETTINGS = v.pipe(
	v.strictObject({
		features: v.optional(texts('Features, as for `cargo build --features`. Those that a program requires are added.')),
		noDefaultFeatures: v.optional(v.pipe(v.boolean(), v.description("Leave out the package's default features; default false."))),
		profile: v.optional(
			v.pipe(v.string(), v.regex(/^[A-Za-z][\w-]*$/, 'is not the name of a profile'), v.description('Profile of Cargo.toml; default release.')),
		),
	}),
	v.description('How cargo compiles the program.'),
);

export type RustSettings = v.InferOutput<typeof SETTINGS>;
