/**
 * Programs as go links them are kept in the store: where nothing has changed that they are made of, go sees so by the build ID in them
 * and does not link again. What is shipped is a copy without the ID, which would tell of changes that the program does not.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { GoFacts } from './plan.js';

const KIND = 'go-linked';
const SUMS = 'sums.json';
/** Before the text segment's first function: https://pkg.go.dev/cmd/internal/buildid */
const MARK = Buffer.from('\xff Go build ID: "', 'latin1');
const ID = /^[\w/-]{20,200}$/;

export interface Linked {
	/** Where go writes the programs, and finds those of the last build. */
	readonly dir: string;
	/** Copies the programs without their IDs, and keeps them as they are. */
	ship(to: string): Promise<void>;
}

/** @param platform as text */
export async function openLinked({ programs, module, flags }: GoFacts, platform: string, tools: Toolchain): Promise<Linked> {
	const names = programs.map(({ name }) => name);
	const manifest = tools.source.text(module === '' ? 'go.mod' : `${module}/go.mod`) ?? '';
	const key = createHash('sha256')
		.update(JSON.stringify([manifest, programs, flags, platform]))
		.digest('hex');
	const dir = join(await tools.scratch('go-linked'), 'out');
	if (!(await tools.store.takeTree(KIND, key, dir)) || !isWhole(dir, names)) rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	return {
		dir,
		async ship(to) {
			const sums = names.map((name) => {
				const program = readFileSync(join(dir, name));
				const sum = sumOf(program);
				writeFileSync(join(to, name), withoutId(program));
				return [name, sum] as const;
			});
			writeFileSync(join(dir, SUMS), JSON.stringify(Object.fromEntries(sums)));
			await tools.store.giveTree(KIND, key, dir);
		},
	};
}

/** go itself looks at the ID only. */
function isWhole(dir: string, names: readonly string[]): boolean {
	try {
		const sums = JSON.parse(readFileSync(join(dir, SUMS), 'utf8')) as Record<string, string>;
		return names.every((name) => sums[name] === sumOf(readFileSync(join(dir, name))));
	} catch {
		return false;
	}
}

function sumOf(data: Buffer): string {
	return createHash('sha256').update(data).digest('hex');
}

/** @param program is changed in its place: the ID becomes dashes wherever it stands */
export function withoutId(program: Buffer): Buffer {
	const from = program.indexOf(MARK) + MARK.length;
	if (from < MARK.length) return program;
	const id = program.subarray(from, program.indexOf('"', from));
	if (!ID.test(id.toString('latin1'))) return program;
	const wanted = Buffer.from(id);
	for (let at = program.indexOf(wanted); at >= 0; at = program.indexOf(wanted, at)) program.fill('-', at, at + wanted.length);
	return program;
}
