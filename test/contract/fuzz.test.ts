/**
 * Every reader of a project's files gets damaged files: the answer is a plan or a TareError that names the file, within a time and a memory bound.
 * TARE_FUZZ_RUNS=N runs longer, with other inputs each time; the seed is printed, and TARE_FUZZ_SEED=N repeats it.
 */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import fc from 'fast-check';
import { plan, TareError } from '../../src/index.js';
import { folder } from '../support/files.js';
import { PROJECTS } from './manifests.js';

const RUNS = Number(env.TARE_FUZZ_RUNS ?? 12);
/** The same inputs every time, unless longer runs look for new ones. */
const SEED = Number(env.TARE_FUZZ_SEED ?? (env.TARE_FUZZ_RUNS === undefined ? 17 : Date.now()));
/** Of the processor: other tests run at the same time. */
const TIME_LIMIT_MS = 2000;
const MEMORY_LIMIT = 200 * 2 ** 20;
/** Codes of a file that cannot be read. They name the file. */
const OF_A_FILE = new Set(['MANIFEST_INVALID', 'LOCK_INVALID', 'CONFIG_INVALID']);

const VALUES = [
	'null',
	'true',
	'-1',
	'1e999',
	'[]',
	'{}',
	'""',
	'"\\u0000"',
	'["a", 1, null]',
	'{"a": {"b": 1}}',
	'0x10',
	'2024-01-01',
	'"../../../etc"',
	'"__proto__"',
];
const BOMBS = [
	'['.repeat(20_000),
	'{"a":'.repeat(20_000),
	'<a>'.repeat(20_000),
	'a.'.repeat(20_000),
	'('.repeat(20_000),
	'$('.repeat(10_000),
	'"'.repeat(10_001),
	'\\'.repeat(10_001),
	'  '.repeat(50_000),
	'x'.repeat(500_000),
	'\n'.repeat(50_000),
	'a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n',
	'<!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;&#x110000;&#xD800;</a>',
	'\uFEFF',
	'\u0000\uD800\u202E',
];

type Mutation = (text: string) => string;

const at = (text: string, place: number): number => Math.floor(place * (text.length + 1));

/** A value in the file becomes one of another kind. */
const otherValue =
	(place: number, value: string): Mutation =>
	(text) => {
		const values = [...text.matchAll(/"(?:[^"\\\n]|\\.)*"|(?<=[:=]\s*)[^\s,[{][^\n,]*|\[[^\]]*\]|\{[^{}]*\}/g)];
		const found = values[Math.floor(place * values.length)];
		return found === undefined ? value : text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
	};

const place = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	{ weight: 5, arbitrary: fc.tuple(place, fc.constantFrom(...VALUES)).map(([where, value]) => otherValue(where, value)) },
	{
		weight: 2,
		arbitrary: fc.tuple(place, place).map(
			([from, to]): Mutation =>
				(text) =>
					text.slice(0, at(text, Math.min(from, to))) + text.slice(at(text, Math.max(from, to))),
		),
	},
	{
		weight: 1,
		arbitrary: place.map(
			(end): Mutation =>
				(text) =>
					text.slice(0, at(text, end)),
		),
	},
	{
		weight: 2,
		arbitrary: fc.tuple(place, fc.constantFrom(...BOMBS)).map(
			([where, bomb]): Mutation =>
				(text) =>
					text.slice(0, at(text, where)) + bomb + text.slice(at(text, where)),
		),
	},
	{
		weight: 1,
		arbitrary: fc.tuple(place, fc.string({ maxLength: 6, unit: 'binary' })).map(
			([where, noise]): Mutation =>
				(text) =>
					text.slice(0, at(text, where)) + noise + text.slice(at(text, where)),
		),
	},
	{
		weight: 1,
		arbitrary: fc.tuple(place, place, fc.integer({ min: 2, max: 40 })).map(
			([from, to, times]): Mutation =>
				(text) =>
					text + text.slice(at(text, Math.min(from, to)), at(text, Math.max(from, to))).repeat(times),
		),
	},
);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 2 });

for (const { builder, name, files } of PROJECTS)
	test(`damaged files of ${name} give a plan or an error with the file`, async (t) => {
		const dir = folder(t, files);
		t.diagnostic(`seed ${SEED}`);
		const before = process.memoryUsage.rss();
		for (const [file, text] of Object.entries(files)) {
			await fc.assert(
				fc.asyncProperty(mutations, async (all) => {
					const damaged = all.reduce((current, mutate) => mutate(current), text);
					rmSync(join(dir, file));
					writeFileSync(join(dir, file), damaged);
					const from = process.cpuUsage();
					try {
						await plan({ dir, ...(builder !== undefined && { builder }) });
					} catch (error) {
						assert.ok(error instanceof TareError, `${file}: ${(error as Error).stack}`);
						assert.notEqual(error.code, 'INTERNAL', `${file}: ${error.message} ${(error.cause as Error | undefined)?.stack ?? error.stack}`);
						if (OF_A_FILE.has(error.code)) assert.ok(error.at?.file !== undefined, `${file}: ${error.code} without its file: ${error.message}`);
					}
					const { user, system } = process.cpuUsage(from);
					const took = (user + system) / 1000;
					assert.ok(took < TIME_LIMIT_MS, `${file}: took ${Math.round(took)} ms`);
				}),
				{ numRuns: RUNS, seed: SEED, endOnFailure: true },
			);
			writeFileSync(join(dir, file), text);
		}
		assert.ok(process.memoryUsage.rss() - before < MEMORY_LIMIT, `${Math.round((process.memoryUsage.rss() - before) / 2 ** 20)} MiB more`);
	});
