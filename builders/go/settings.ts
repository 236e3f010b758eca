/** The `go:` section of tare.yaml. */
import * as v from 'valibot';

const texts = (says: string) =>
	v.pipe(
		v.union([v.string(), v.array(v.string())]),
		v.description(says),
		v.transform((value) => (typeof value === 'string' ? [value] : value)),
	);

export const SETTINGS = v.pipe(
	v.strictObject({
		flags: v.optional(texts('Flags of `go build`, e.g. -race.')),
		ldflags: v.optional(
			texts(
				'Flags of the linker, e.g. -X main.version={{.Env.VERSION}}; {{.Env.NAME}} is a variable of the build (--build-env), {{.Git.ShortCommit}} (FullCommit, Branch, Tag, CommitDate, CommitTimestamp) what is checked out, {{.Date}} and {{.Timestamp}} SOURCE_DATE_EPOCH.',
			),
		),
		tags: v.optional(texts('Build tags.')),
		experiment: v.optional(texts('Experiments of the toolchain, as in GOEXPERIMENT, e.g. jsonv2.')),
		debug: v.optional(v.pipe(v.boolean(), v.description('Keep the symbol table and DWARF for debuggers and profilers; default false.'))),
		cgo: v.optional(v.pipe(v.boolean(), v.description('Use the C compiler; default: when a package outside the standard library has C code.'))),
		capabilities: v.optional(
			texts(
				"Capabilities of the programs' files, as for setcap: net_bind_service, or bpf,perfmon=ep. Where the container may not have them, those with =ep do not start.",
			),
		),
	}),
	v.description('How go compiles the program.'),
);

export type GoSettings = v.InferOutput<typeof SETTINGS>;
