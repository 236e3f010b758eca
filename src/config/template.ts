/** The tare.yaml that `tare init` writes: every key of the schema, with its explanation, commented out. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { errno, messageOf, TareError } from '../errors.js';
import type { configurationSchema } from './schema.js';

type Schema = ReturnType<typeof configurationSchema>;

const EXAMPLES: Readonly<Record<string, string>> = {
	builder: 'node',
	start: 'node server.js',
	process: 'web',
	main: './cmd/server',
	builders: '[./builder.mjs]',
	extensions: '[./extension.mjs]',
	entrypoint: './server --port 8080',
	assets: '\n#  - from: templates\n#    to: /app/templates',
	build: '\n#  script: build\n#  env:\n#    PUBLIC_URL: https://example.org',
	platforms: '[linux/amd64, linux/arm64]',
	format: 'oci',
	base: 'debian',
	debian: 'trixie',
	packages: '[libvips42t64]',
	slim: 'true',
	strip: 'false',
	optimize: '[trace]',
	env: '\n#  LOG_LEVEL: info',
	labels: '\n#  team: web',
	annotations: '\n#  org.opencontainers.image.source: https://example.org/repository',
	user: '"65532:65532"',
	ports: '[8080]',
	writable: '[data]',
	ignore: '["docs", "**/*.test.js"]',
	mirrors: '\n#  - archive: https://mirror.example.org/debian',
	registries: '\n#  registry.example.org:\n#    mirrors: [mirror.example.org/cache]',
	compression: '4',
	fix: 'false',
	deno: '"2"',
	go: '\n#  ldflags: -X main.version=1.0',
	java: '"21"',
	node: '"24"',
	python: '"3.13"',
	rust: '\n#  features: tls',
};

export function configurationTemplate({ entries }: Schema): string {
	const keys = Object.entries(entries).filter(([key]) => !key.startsWith('$'));
	const blocks = keys.map(([key, schema]) => {
		const example = EXAMPLES[key] ?? '';
		return `${explain(schema)}#${key}:${example.startsWith('\n') ? '' : ' '}${example}\n`;
	});
	return `# How Tare builds this folder. Every key is optional; what is left out is detected. Take the # off a line to set it.\n# yaml-language-server: $schema=./node_modules/tare/dist/tare.schema.json\n\n${blocks.join('\n')}`;
}

function explain(schema: object): string {
	const inner = 'wrapped' in schema ? schema.wrapped : schema;
	const says = v.getDescription(inner as v.GenericSchema);
	return says === undefined ? '' : `# ${says}\n`;
}

/** @returns the file's path @throws TareError OUTPUT_UNWRITABLE | USAGE when it exists and `force` is not set */
export function writeTemplate(dir: string, force: boolean, schema: Schema): string {
	const file = join(dir, 'tare.yaml');
	if (!force && existsSync(file)) throw new TareError('USAGE', `${file} exists`, { hint: 'Replace it with tare init --force.' });
	try {
		writeFileSync(file, configurationTemplate(schema));
	} catch (cause) {
		throw new TareError('OUTPUT_UNWRITABLE', `cannot write ${file}: ${messageOf(cause)}`, {
			hint: errno(cause) === 'ENOENT' ? 'Name an existing folder: tare init DIR.' : 'Check the permissions of the folder.',
			cause,
		});
	}
	return file;
}
