/** What a failed build script said, and the hint that a user gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildHint } from '../../../builders/node/build-failures.js';
import { readManifest } from '../../../builders/node/manifest.js';
import { index } from '../../support/files.js';

const CASES: readonly (readonly [says: string, output: string, exitCode: number, hint: RegExp])[] = [
	[
		'dash',
		'> x@1.0.0 build\n> vite build\n\nsh: 1: vite: not found',
		127,
		/calls vite, and no list in package\.json names a package that brings it: .*`npm install --save-dev vite`/,
	],
	['bash', 'bash: line 1: ng: command not found', 127, /names @angular\/cli, which brings it/],
	['macOS and BusyBox', 'sh: vite: command not found', 127, /calls vite/],
	['Yarn 2', 'command not found: nest', 127, /@nestjs\/cli/],
	['Bun', 'bash: next: command not found\nerror: script "build" exited with code 127', 127, /calls next/],
	['a child process', 'Error: spawn prettier ENOENT', 1, /calls prettier/],
	['a program whose package is named', 'sh: 1: tsc: not found', 127, /typescript is in package\.json and was not installed where the script runs/],
	['another package manager', 'sh: 1: pnpm: not found', 127, /installed with npm: call npm, or set "packageManager"/],
	['a program of the machine', 'sh: 1: make: not found', 127, /no npm package brings/],
	['a script of the project', 'sh: 1: ./build.sh: not found', 127, /\.\/build\.sh, which is not there/],
	['a script that is no program', 'sh: 1: ./build.sh: Permission denied', 126, /--chmod=\+x \.\/build\.sh/],
	['no repository', 'fatal: not a git repository (or any of the parent directories): .git', 128, /--build-env GIT_SHA/],
	['no git', 'sh: 1: git: not found', 127, /--build-env GIT_SHA/],
	['heap', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 134, /--max-old-space-size/],
	['killed', 'Building ...', 137, /memory ran out/],
	['aborted', 'Aborted', 134, /--max-old-space-size/],
	['a host', 'getaddrinfo ENOTFOUND fonts.example.com', 1, /fonts\.example\.com/],
	['a package', "Error: Cannot find module 'lodash/merge'", 1, /lodash is imported, and no list/],
	['a file of its own', "Error: Cannot find module './x'", 1, /the script's own/],
	['a package that is named', "Error: Cannot find package 'typescript'", 1, /the script's own/],
	['a variable', 'Error: DATABASE_URL is required', 1, /--build-env DATABASE_URL=/],
	['a nested install', 'npm error code EUSAGE\nnpm error The `npm ci` command can only install with an existing package-lock.json', 1, /without a lock file/],
	['anything else', 'error TS2304: Cannot find name "x".', 2, /the script's own/],
];

test('the hint of a failed build step says what is missing and what to do', (t) => {
	const manifest = readManifest(index(t, { 'package.json': { devDependencies: { typescript: '5' } } }));
	for (const [says, output, exitCode, hint] of CASES) assert.match(buildHint({ exitCode, output, program: 'npm', manifests: [manifest!.json] }), hint, says);
	assert.match(buildHint({ exitCode: 127, output: 'sh: 1: vite: not found', program: 'pnpm', manifests: [] }), /`pnpm add --dev vite`/);
});
