/** The `go:` section of tare.yaml, and the compiler's flags that it, ko's configuration and the builder's own rules come to. */
import * as v from 'valibot';
import type { PlanRequest } from '../../src/builder/contract.js';
import { readCommit } from '../../src/source/commit.js';
import { fillTemplate, type KoSettings, type TemplateValues } from './ko.js';
import { refuseFlags, refuseVariables } from './refusals.js';

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
				'Flags of the linker, e.g. -X main.version={{.Env.VERSION}}; {{.Env.NAME}} is a variable of the build (--build-env), {{.Git.ShortCommit}} (FullCommit, Branch, Tag) what is checked out.',
			),
		),
		tags: v.optional(texts('Build tags.')),
		debug: v.optional(v.pipe(v.boolean(), v.description('Keep the symbol table and DWARF for debuggers and profilers; default false.'))),
		cgo: v.optional(v.pipe(v.boolean(), v.description('Use the C compiler; default: when a package outside the standard library has C code.'))),
	}),
	v.description('How go compiles the program.'),
);

type GoSettings = v.InferOutput<typeof SETTINGS>;

/** @throws TareError CONFIG_INVALID */
export function buildFlags(ko: KoSettings, request: Pick<PlanRequest, 'settings' | 'buildEnv' | 'projectEnv' | 'source'>): readonly string[] {
	const own = request.settings as GoSettings;
	const values: TemplateValues = { env: { ...ko.env, ...request.buildEnv }, commit: () => readCommit(request.source.root) };
	const fill = (flags: readonly string[], file: string) => flags.map((flag) => fillTemplate(flag, values, file));
	const flags = own.flags === undefined ? fill(ko.flags, '.ko.yaml') : fill(own.flags, 'tare.yaml');
	const ldflags = own.ldflags === undefined ? fill(ko.ldflags, '.ko.yaml') : fill(own.ldflags, 'tare.yaml');
	refuseFlags(flags, own.flags === undefined ? '.ko.yaml' : 'tare.yaml');
	refuseFlags(ldflags, own.ldflags === undefined ? '.ko.yaml' : 'tare.yaml');
	refuseVariables(ko.env, '.ko.yaml');
	refuseVariables(Object.fromEntries(Object.entries(request.buildEnv).filter(([name]) => request.projectEnv?.includes(name))), 'tare.yaml');
	const rest = flags.flatMap((flag) => flag.split(/\s+/)).filter((flag) => flag !== '-trimpath' && flag !== '');
	const tags = (own.tags ?? []).flatMap((tag) => tag.split(/[\s,]+/)).join(',');
	// Without its tables a program is half as large; stack traces stay.
	const tables = own.debug === true ? [] : ['-s', '-w'];
	return ['-trimpath', '-buildvcs=false', ...(tags === '' ? [] : [`-tags=${tags}`]), ...rest, `-ldflags=${[...tables, '-B=0x00', ...ldflags].join(' ')}`];
}

/** What `cgo:` says, in go's own variable. */
export function cgoEnv({ cgo }: GoSettings): Readonly<Record<string, string>> {
	return cgo === undefined ? {} : { CGO_ENABLED: cgo ? '1' : '0' };
}
