/** Writes the reference pages that are made from the code: docs/configuration.md, docs/cli.md, docs/errors.md, docs/what-is-read.md, docs/api, the tables of docs/github-action.md. `--check` only compares. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { parse } from 'yaml';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const tare = (...args) =>
	execFileSync(process.execPath, ['dist/cli.cjs', ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', COLUMNS: '120' } });
const note = (from) => `<!-- Made by \`npm run docs\` from ${from}. -->\n`;

/** By TypeDoc, of the docstrings of what src/index.ts exports; with a TypeScript of its own, for it knows no newer one. It takes longest: begun first. */
const reference = (async () => {
	const out = mkdtempSync(join(tmpdir(), 'tare-reference-'));
	try {
		const child = spawn(process.execPath, ['node_modules/typedoc/bin/typedoc', '--out', out], {
			cwd: 'scripts/reference',
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		const [code] = await once(child, 'exit');
		if (code !== 0) throw new Error('TypeDoc failed');
		return note('the docstrings in src, by TypeDoc') + readFileSync(join(out, 'README.md'), 'utf8');
	} finally {
		rmSync(out, { recursive: true, force: true });
	}
})();

const { properties } = JSON.parse(readFileSync('dist/tare.schema.json', 'utf8'));
const typeOf = ({ type, enum: values, const: constant, anyOf, items }) => {
	if (values) return values.map((value) => `\`${value}\``).join(', ');
	if (constant !== undefined) return `\`${constant}\``;
	if (anyOf) return anyOf.map(typeOf).join(' or ');
	return type === 'array' ? `list of ${typeOf(items)}` : type === 'object' ? 'mapping' : type;
};
const row = ([key, value], prefix = '') => [
	`| \`${prefix}${key}\` | ${typeOf(value)} | ${value.description ?? ''} |`,
	...(value.properties ? Object.entries(value.properties).flatMap((entry) => row(entry, `${prefix}${key}.`)) : []),
	// A section for which a plain value may stand.
	...(value.anyOf ?? []).flatMap((one) => (one.properties ? Object.entries(one.properties).flatMap((entry) => row(entry, `${prefix}${key}.`)) : [])),
	...(value.items?.properties ? Object.entries(value.items.properties).flatMap((entry) => row(entry, `${prefix}${key}[].`)) : []),
];
const rows = Object.entries(properties)
	.filter(([key]) => !key.startsWith('$'))
	.flatMap((entry) => row(entry));
const configuration = `${note('src/config/schema.ts')}# Configuration

\`tare.yaml\` (or \`tare.yml\`, or "tare" in package.json) at the root of the project. Every key is optional. Flags win over the file.
\`tare init\` writes a file with every key and its explanation; the JSON Schema is \`dist/tare.schema.json\`.

| Key | Value | Meaning |
|---|---|---|
${rows.join('\n')}
`;

const commands = [
	'build',
	'run',
	'detect',
	'plan',
	'init',
	'inspect',
	'push',
	'pull',
	'copy',
	'login',
	'logout',
	'update',
	'cache show',
	'cache prune',
	'completion',
	'errors',
];
const cli = `${note('src/cli/commands.ts')}# The command line

${['', ...commands]
	.map((command) => `## tare ${command}\n\n\`\`\`\n${tare(...command.split(' ').filter(Boolean), '--help').trim()}\n\`\`\``)
	.join('\n\n')
	.replace('## tare \n', '## tare\n')}
`;

const errors = JSON.parse(tare('errors', '--json'));
const errorPage = `${note('src/errors.ts')}# Errors

Every error has a code, a message, a hint and, where there is one, a file and line. With \`--json\` it is an object on standard output.

| Exit code | Code | Meaning |
|---|---|---|
${errors.map(({ exitCode, code, meaning }) => `| ${exitCode} | \`${code}\` | ${meaning} |`).join('\n')}
`;

/** Tables in a page that is otherwise written by hand, between comments. */
const action = parse(readFileSync('action.yml', 'utf8'));
const cell = (text) =>
	String(text)
		.replaceAll('|', '\\|')
		.replace(/\$\{\{ (.*) \}\}/, '$1');
const tables = {
	inputs: ['| Input | Default | |', '|---|---|---|'].concat(
		Object.entries(action.inputs).map(
			([name, { description, default: value }]) => `| \`${name}\` | ${value === undefined ? '' : `\`${cell(value)}\``} | ${cell(description)} |`,
		),
	),
	outputs: ['| Output | |', '|---|---|'].concat(Object.entries(action.outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`)),
};
const between = (name) => new RegExp(`(<!-- ${name}: [^>]*-->\\n)[^]*?(<!-- end -->)`);
const actionPage = Object.entries(tables).reduce(
	(page, [name, lines]) => page.replace(between(name), (_, start, end) => `${start}${lines.join('\n')}\n${end}`),
	readFileSync('docs/github-action.md', 'utf8'),
);

/** Of the data that test/contract/what-is-read.test.ts proves. */
const decisions = 'test/contract/what-is-read.ts';
const { code } = transformSync(readFileSync(decisions, 'utf8'), { loader: 'ts', format: 'esm' });
const { page: whatIsRead } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);

const pages = {
	'docs/configuration.md': configuration,
	'docs/cli.md': cli,
	'docs/errors.md': errorPage,
	'docs/github-action.md': actionPage,
	'docs/what-is-read.md': note(`${decisions}, which a test proves`) + whatIsRead(),
	'docs/api/README.md': await reference,
};
let stale = 0;
for (const [file, text] of Object.entries(pages)) {
	if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
	stale++;
	if (process.argv.includes('--check')) process.stderr.write(`${file} is out of date: run npm run docs\n`);
	else {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	}
}
if (process.argv.includes('--check') && stale > 0) process.exitCode = 1;
