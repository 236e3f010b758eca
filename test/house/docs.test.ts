/** Examples of the documentation: they parse, their flags and inputs exist, their links lead somewhere. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from '../support/cli.js';
import { readAction } from '../support/runner.js';

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = [
	'README.md',
	'CONTRIBUTING.md',
	...readdirSync(join(ROOT, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];
const blocksOf = (page: string, language: string): string[] =>
	[...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block]) => block ?? '');

test('links between pages lead to a file, and to a heading where they name one', () => {
	const broken = pages.flatMap((page) => {
		const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)/g)];
		return links
			.filter(([, path = '', heading]) => {
				const file = join(page, path === '' ? '' : '..', path);
				if (!existsSync(join(ROOT, file))) return true;
				return (
					heading !== undefined &&
					!textOf(file)
						.split('\n')
						.some(
							(line) =>
								/^#+ /.test(line) &&
								line
									.replace(/^#+ /, '')
									.toLowerCase()
									.replace(/[^\w -]/g, '')
									.replaceAll(' ', '-') === heading,
						)
				);
			})
			.map(([link]) => `${page}: ${link}`);
	});
	assert.deepEqual(broken, []);
});

test('YAML of examples and workflows parses', () => {
	const workflows = readdirSync(join(ROOT, '.github/workflows')).map((name) => textOf(`.github/workflows/${name}`));
	for (const block of [...pages.flatMap((page) => blocksOf(page, 'yaml')), ...workflows]) assert.equal(typeof parse(block), 'object', block);
});

test('the recipes for CI systems name flags that there are', () => {
	const sections = textOf('docs/cli.md').split(/^## tare /m);
	const commands = [
		...textOf('docs/ci.md')
			.replaceAll('\\\n', ' ')
			.matchAll(/npx tare (cache prune|\w+)([^`\n]*)/g),
	];
	assert.ok(commands.length > 10);
	for (const [line, command, rest = ''] of commands) {
		const help = sections.find((section) => section.startsWith(`${command}\n`)) ?? '';
		const flags = rest.replace(/"[^"]*"/g, '').match(/(?<=\s)--?[a-z][\w-]*/g) ?? [];
		const unknown = flags.filter((flag) => !new RegExp(`^ +.*${flag}[ ,]`, 'm').test(help));
		assert.deepEqual(unknown, [], line);
	}
});

test('examples of the Action have inputs and outputs that there are', () => {
	const { inputs } = readAction();
	const { outputs } = parse(textOf('action.yml')) as { readonly outputs: Readonly<Record<string, unknown>> };
	const texts = [...blocksOf('docs/github-action.md', 'yaml'), ...blocksOf('README.md', 'yaml'), textOf('.github/workflows/ci.yml')];
	const steps = texts.flatMap((text) => stepsIn(parse(text)));
	assert.ok(steps.length >= 3);
	for (const name of steps.flatMap((step) => Object.keys(step.with ?? {}))) assert.ok(name in inputs, name);
	for (const text of texts) for (const [, name = ''] of text.matchAll(/steps\.tare\.outputs\.(\w+)/g)) assert.ok(name in outputs, name);
});

interface Step {
	readonly uses?: unknown;
	readonly with?: Readonly<Record<string, unknown>>;
}

/** Those that use the Action, wherever they stand. */
function stepsIn(value: unknown): readonly Step[] {
	if (typeof value !== 'object' || value === null) return [];
	const step = value as Step;
	return step.uses === 'OWNER/tare@v1' || step.uses === './' ? [step] : Object.values(value).flatMap(stepsIn);
}
