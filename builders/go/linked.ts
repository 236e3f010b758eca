/**
 * Programs as go links them are kept in the store: where nothing has changed that they are made of, go sees so by the build ID in them
 * and does not link again. What is shipped is a copy without the ID, which would tell of changes that the program does not.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRef } from '../../src/bases/contract.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { modulesOf } from './modules-of-binary.js';
import type { GoFacts } from './plan.js';

const KIND = 'go-linked';
const SUMS = 'sums.json';
/** Name of go's ELF note and its type, https://pkg.go.dev/cmd/internal/buildid: a size of 4, the ID's own size, the type 4, the name. */
const NOTE = Buffer.from('\x04\0\0\0Go\0\0', 'latin1');
/** The notes stand before the code. */
const HEAD = 64 * 1024;
const ID = /^[\w/-]{20,200}$/;

export interface Linked {
	/** Where go writes the programs, and finds those of the last build. */
	readonly dir: string;
	/** False where a program that go took over from the last build is not as go made it; it is gone then, and has to be linked again. */
	isSound(): boolean;
	/** Copies the programs without their IDs, and keeps them as they are. */
	ship(to: string): Promise<readonly Shipped[]>;
}

export interface Shipped {
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	/** Hex, of the content. */
	readonly sha256: string;
	/** The modules that are linked into it. */
	readonly modules: readonly PackageRef[];
}

/** @param platform as text */
export async function openLinked({ programs, module, flags }: GoFacts, platform: string, tools: Toolchain): Promise<Linked> {
	const names = programs.map(({ name }) => name);
	const manifest = tools.source.text(module === '' ? 'go.mod' : `${module}/go.mod`) ?? '';
	const key = createHash('sha256')
		.update(JSON.stringify([tools.source.root, manifest, programs, flags, platform]))
		.digest('hex');
	const dir = join(await tools.scratch('go-linked'), 'out');
	if (!(await tools.store.takeTree(KIND, key, dir))) rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	const kept = readKept(dir, names);
	return {
		dir,
		isSound() {
			// go gives a program that it takes over a new time, and one that it links a new ID.
			const damaged = Object.entries(kept).filter(([path, { id, sum }]) => idOf(path) === id && sumOf(withoutId(readFileSync(path))) !== sum);
			for (const [path] of damaged) rmSync(path);
			return damaged.length === 0;
		},
		async ship(to) {
			const sums: Record<string, Sum> = {};
			const shipped: Shipped[] = [];
			for (const name of names) {
				const program = readFileSync(join(dir, name));
				const id = readId(program)?.toString('latin1') ?? '';
				const path = join(to, name);
				// Written while it is hashed.
				const writing = writeFile(path, withoutId(program));
				const sum = sumOf(program);
				const modules = modulesOf(program);
				await writing;
				sums[name] = { id, sum };
				shipped.push({ path, size: program.length, sha256: sum, modules });
			}
			writeFileSync(join(dir, SUMS), JSON.stringify(sums));
			await tools.store.giveTree(KIND, key, dir);
			return shipped;
		},
	};
}

interface Sum {
	readonly id: string;
	/** Hex sha256 of the program without its ID. */
	readonly sum: string;
}

/** Programs of the last build by path; of those nothing is known of, none are left for go to find. */
function readKept(dir: string, names: readonly string[]): Readonly<Record<string, Sum>> {
	const sums = readSums(join(dir, SUMS));
	const known = names.filter((name) => sums[name] !== undefined);
	for (const name of names) if (!known.includes(name)) rmSync(join(dir, name), { force: true });
	return Object.fromEntries(known.map((name) => [join(dir, name), sums[name] as Sum]));
}

function readSums(file: string): Readonly<Record<string, Sum>> {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Sum>;
	} catch {
		return {};
	}
}

function idOf(path: string): string | undefined {
	const head = Buffer.alloc(HEAD);
	const file = openSync(path, 'r');
	try {
		return readId(head.subarray(0, readSync(file, head)))?.toString('latin1');
	} finally {
		closeSync(file);
	}
}

function sumOf(data: Buffer): string {
	return createHash('sha256').update(data).digest('hex');
}

function readId(program: Buffer): Buffer | undefined {
	const head = program.subarray(0, HEAD);
	for (let at = head.indexOf(NOTE); at >= 8; at = head.indexOf(NOTE, at + 1)) {
		const from = at + NOTE.length;
		const id = head.subarray(from, from + head.readUInt32LE(at - 4));
		if (head.readUInt32LE(at - 8) === 4 && ID.test(id.toString('latin1'))) return id;
	}
	return undefined;
}

/** @param program is changed in its place: the ID becomes dashes wherever it stands */
export function withoutId(program: Buffer): Buffer {
	const id = readId(program);
	if (id === undefined) return program;
	const wanted = Buffer.from(id);
	for (let at = program.indexOf(wanted); at >= 0; at = program.indexOf(wanted, at)) program.fill('-', at, at + wanted.length);
	return program;
}
