/** The keys of `tare.yaml` (or of "tare" in package.json): checked here, and published as JSON Schema. */
import * as v from 'valibot';
import type { SettingsSchema } from '../builder/settings.js';

const text = (says: string) => v.pipe(v.string(), v.minLength(1), v.description(says));
const texts = (says: string) => v.pipe(v.array(v.string()), v.description(says));
const variables = (says: string) =>
	v.pipe(v.record(v.string(), v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String))), v.description(says));

/** 1 to 65535, and a protocol. */
const PORT = /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])(?:\/(?:tcp|udp|sctp))?$/;

const mirror = v.strictObject({
	archive: v.pipe(v.string(), v.url(), v.description('Root of a Debian archive: the folder that has dists/ and pool/.')),
	security: v.optional(v.pipe(v.string(), v.url(), v.description('Root of the security archive; default: as configured on the host.'))),
	snapshot: v.optional(v.pipe(v.string(), v.url(), v.description('Root of a snapshot service, for files that have left the archive.'))),
});

/** A file or folder of the project that goes into the image as it is. */
const asset = v.strictObject({
	from: text('File or folder of the project.'),
	to: v.pipe(v.string(), v.startsWith('/'), v.description('Absolute path in the image; one that ends in / is the folder to put it in.')),
	mode: v.optional(
		v.pipe(
			v.union([v.string(), v.number()]),
			v.transform(String),
			v.regex(/^0?[0-7]{3}$/, 'three octal digits, quoted: "0640"'),
			v.description('Permissions of files in octal digits, quoted; folders can be searched by whoever can read. Default 0644, 0755 for programs.'),
		),
	),
	owner: v.optional(v.pipe(v.string(), v.regex(/^\d+:\d+$/, 'UID:GID in digits'), v.description('UID:GID; default 0:0.'))),
});

const port = v.union([
	v.pipe(v.string(), v.regex(PORT, 'a port from 1 to 65535, with /tcp, /udp or /sctp behind it or nothing')),
	v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
]);

/** Keys of a registry that would let a project weaken the user's connections. */
export const MACHINE_ONLY: ReadonlySet<string> = new Set(['insecure', 'ca', 'cert', 'key']);

/** What is different for one registry. */
const registry = v.strictObject({
	mirrors: v.optional(texts('Places to ask first, in order: HOST[:PORT][/PATH].')),
});

const CORE = {
	$schema: v.optional(v.string()),
	builder: v.optional(text('Builder to use instead of the detected one, e.g. node.')),
	extensions: v.optional(
		texts('Functions of your own that change the plan before anything runs, in order: a module of the project (./extension.mjs) or an npm package.'),
	),
	builders: v.optional(texts('Builders of your own, asked before the others: a module of the project (./builder.mjs) or an npm package (tare-builder-*).')),
	entrypoint: v.optional(text('Program of a folder that is shipped as it is, nothing built, with its arguments, e.g. "./server --port 8080".')),
	start: v.optional(text('Command that starts the app, run without a shell, e.g. "node server.js".')),
	process: v.optional(text('Process type of the Procfile to start; default web.')),
	main: v.optional(
		v.pipe(
			v.union([v.pipe(v.string(), v.minLength(1)), v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1))]),
			v.description('Program to build where the project has several, e.g. ./cmd/server; of a list all go into the image, and the first is started.'),
			v.transform((value) => (typeof value === 'string' ? [value] : value)),
		),
	),
	build: v.optional(
		v.strictObject({
			script: v.optional(v.pipe(v.union([v.string(), v.literal(false)]), v.description('Script of package.json that makes the app; false runs none.'))),
			env: v.optional(variables('Variables for the build steps only.')),
		}),
	),
	platforms: v.optional(texts('Platforms to build for, e.g. [linux/amd64, linux/arm64].')),
	format: v.optional(
		v.pipe(
			v.picklist(['oci', 'docker']),
			v.description("Format of the image's documents: oci (default), or docker for registries and tools that read no other."),
		),
	),
	base: v.optional(text('debian (default), scratch, oci:DIR or the reference of an image in a registry.')),
	debian: v.optional(v.pipe(v.picklist(['trixie', 'bookworm']), v.description('Debian release of the base; default trixie.'))),
	packages: v.optional(texts('Debian packages to add to the base, with what they depend on.')),
	slim: v.optional(v.pipe(v.boolean(), v.description('Leave out rare character set conversions of the C library; default true.'))),
	strip: v.optional(v.pipe(v.boolean(), v.description("Cut the symbol table off the runtime's binary: smaller, no native symbol names; default false."))),
	optimize: v.optional(texts("Optimizations that change what is shipped, by the builder's names, e.g. [trace] for Node; default none.")),
	env: v.optional(variables('Variables of the image.')),
	labels: v.optional(variables('Labels of the image configuration.')),
	annotations: v.optional(variables('Annotations of the image manifest.')),
	user: v.optional(v.pipe(v.union([v.string(), v.number()]), v.description('User and group that run the app; default 65532:65532.'), v.transform(String))),
	ports: v.optional(v.pipe(v.array(port), v.description('Ports the app listens on, e.g. [8080, 53/udp].'))),
	assets: v.optional(v.pipe(v.array(asset), v.description('Files of the project to add to the image, in a layer of their own.'))),
	writable: v.optional(
		v.pipe(
			v.union([texts('Folders.'), v.literal(false)]),
			v.description(
				'Folders that the app writes to, below its own or absolute, e.g. [data]: owned by its user and declared as volumes, besides those that Tare finds; false: none.',
			),
		),
	),
	ignore: v.optional(texts('Patterns in .dockerignore syntax, added to those of .tareignore or .dockerignore.')),
	mirrors: v.optional(v.pipe(v.array(mirror), v.description("Debian mirrors in order of preference; default: the host's apt configuration."))),
	registries: v.optional(v.pipe(v.record(v.string(), registry), v.description('Settings of a registry, by HOST[:PORT].'))),
	compression: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9), v.description('Gzip level of the app layers; default 4.'))),
	fix: v.optional(v.pipe(v.boolean(), v.description('Add Debian packages for missing shared libraries and programs without asking; default false.'))),
};

/** @param sections of the builders, by key */
export function configurationSchema(sections: Readonly<Record<string, SettingsSchema>>) {
	return v.strictObject({ ...CORE, ...Object.fromEntries(Object.entries(sections).map(([key, schema]) => [key, v.optional(schema)])) });
}

/** The keys that every builder shares. */
export type Configuration = v.InferOutput<v.StrictObjectSchema<typeof CORE, undefined>>;
export type MirrorOption = v.InferOutput<typeof mirror>;
export type AssetOption = v.InferOutput<typeof asset>;
