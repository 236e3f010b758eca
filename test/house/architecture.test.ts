/** The rules of the house: which part may import which, and what no file may do. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/cli.js';

const walk = (dir: string): string[] =>
	readdirSync(join(ROOT, dir)).flatMap((name) => (statSync(join(ROOT, dir, name)).isDirectory() ? walk(`${dir}/${name}`) : [`${dir}/${name}`]));
const files = [...walk('src'), ...walk('builders')].filter((path) => path.endsWith('.ts'));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Modules of ours that a file imports, types included. */
function importsOf(path: string): string[] {
	const specifiers = [...textOf(path).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1] as string);
	return specifiers.map((specifier) => normalize(join(dirname(path), specifier)).replace(/\.js$/, '.ts'));
}

/** `src/layers/tar.ts` → `layers`; `builders/node/plan.ts` → `builders/node`; `src/errors.ts` → `errors`. */
function partOf(path: string): string {
	const [top = '', second = ''] = path.split('/');
	if (top === 'builders') return second.endsWith('.ts') ? 'builders' : `builders/${second}`;
	return second.replace(/\.ts$/, '');
}

const WORDS = ['errors', 'events', 'gate', 'lines', 'project-file', 'settled', 'stable-json', 'version'];
/** What each part may import beside itself and the words that all share. Parts that are not named here wire things together. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
	oci: ['errors'],
	errors: [],
	events: ['oci'],
	store: ['oci'],
	net: [],
	elf: [],
	layers: ['oci', 'store', 'image'],
	source: ['store', 'layers', 'builder', 'config', 'oci'],
	toolchain: ['source', 'store', 'oci', 'bases', 'builder', 'config', 'context'],
	image: ['oci', 'layers', 'store', 'elf', 'builder'],
	registry: ['oci', 'image', 'net'],
	outputs: ['oci', 'image', 'config', 'context', 'registry', 'store'],
	bases: ['oci', 'image', 'layers', 'store', 'net', 'elf', 'registry', 'builder', 'toolchain'],
	run: ['oci', 'image', 'layers', 'store', 'elf', 'bases', 'outputs', 'site', 'config', 'index'],
	start: ['builder', 'config'],
	ui: [],
	site: ['builder', 'layers', 'toolchain'],
	'builders/node': ['builder', 'bases', 'layers', 'oci', 'source', 'store', 'toolchain', 'image', 'site'],
	'builders/deno': ['bases', 'builder', 'layers', 'oci', 'source', 'toolchain'],
	'builders/python': ['bases', 'builder', 'layers', 'oci', 'source', 'store', 'toolchain'],
	'builders/static': ['builder', 'source', 'site', 'toolchain'],
};

test('imports point one way', () => {
	const wrong = files.flatMap((path) => {
		const part = partOf(path);
		const allowed = ALLOWED[part];
		if (allowed === undefined) return [];
		return importsOf(path)
			.filter((target) => ![part, ...allowed, ...WORDS].includes(partOf(target)))
			.map((target) => `${path} imports ${target}`);
	});
	assert.deepEqual(wrong, []);
});

test('oci imports nothing of ours but errors; builders never each other; only the edges import ui', () => {
	const ui = files.filter((path) => importsOf(path).some((target) => partOf(target) === 'ui') && !['ui', 'cli', 'action'].includes(partOf(path)));
	assert.deepEqual(ui, []);
	const builders = files.filter((path) =>
		importsOf(path).some((target) => partOf(target).startsWith('builders/') && partOf(path).startsWith('builders/') && partOf(target) !== partOf(path)),
	);
	assert.deepEqual(builders, []);
});

test('command line and Action reach the rest through the API alone', () => {
	const wrong = files
		.filter((path) => /^src\/(?:cli|action)\//.test(path))
		.flatMap((path) => importsOf(path).filter((target) => !['index', partOf(path), 'ui', 'builder', ...WORDS].includes(partOf(target))));
	assert.deepEqual(wrong, []);
});

test('environment, home and clock are read at the edges and in config; nobody below prints', () => {
	const reads = /\bprocess\.env\b|\bhomedir\(|\bprocess\.cwd\(/;
	assert.deepEqual(
		// What runs in the image reads the container's environment: that is its configuration.
		files.filter((path) => !/^src\/(?:start|cli|action|config)\/|^src\/site\/server\.ts$/.test(path) && reads.test(textOf(path))),
		[],
	);
	assert.deepEqual(
		files.filter((path) => !path.startsWith('src/cli/') && /\bconsole\./.test(textOf(path))),
		[],
	);
});

test('every file says first what it is for, and none is too long', () => {
	assert.deepEqual(
		files.filter((path) => !/^(?:#!.*\n)?\/\*\*/.test(textOf(path))),
		[],
	);
	assert.deepEqual(
		files.filter((path) => textOf(path).split('\n').length > 350 && path !== 'src/bases/debian/keys.ts'),
		[],
	);
});

test('no file names a machine, and no lock file a server', () => {
	const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
	// A workspace of this repository is resolved to its folder.
	assert.doesNotMatch(lock, /"resolved": "[a-z+]+:/);
});
