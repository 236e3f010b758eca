/**
 * The files of a large project, in little memory: numbers in columns, and for each file a view of two references. A hundred thousand
 * plain objects would take fifty megabytes.
 */
import type { SourceFile } from './file-index.js';

/** Columns of a row. */
const SIZE = 0;
const MTIME = 1;
const CTIME = 2;
const INO = 3;
const FLAGS = 4;
const WIDTH = 5;
const EXECUTABLE = 1;
const SYMLINK = 2;

export interface FileTable {
	add(file: SourceFile): SourceFile;
}

export function createFileTable(): FileTable {
	const columns = new Columns();
	return { add: (file) => new Row(columns, columns.append(file), file.path) };
}

class Columns {
	readonly targets = new Map<number, string>();
	#numbers = new Float64Array(1024 * WIDTH);
	#length = 0;

	append({ size, mtimeMs, ctimeMs, ino, executable, type, target }: SourceFile): number {
		const row = this.#length++;
		if (this.#length * WIDTH > this.#numbers.length) this.#grow();
		this.#numbers.set([size, mtimeMs, ctimeMs, ino, (executable ? EXECUTABLE : 0) | (type === 'symlink' ? SYMLINK : 0)], row * WIDTH);
		if (target !== undefined) this.targets.set(row, target);
		return row;
	}

	at(row: number, column: number): number {
		return this.#numbers[row * WIDTH + column] ?? 0;
	}

	#grow(): void {
		const larger = new Float64Array(this.#numbers.length * 2);
		larger.set(this.#numbers);
		this.#numbers = larger;
	}
}

class Row implements SourceFile {
	readonly path: string;
	readonly #columns: Columns;
	readonly #row: number;

	constructor(columns: Columns, row: number, path: string) {
		this.#columns = columns;
		this.#row = row;
		this.path = path;
	}

	get size(): number {
		return this.#columns.at(this.#row, SIZE);
	}
	get mtimeMs(): number {
		return this.#columns.at(this.#row, MTIME);
	}
	get ctimeMs(): number {
		return this.#columns.at(this.#row, CTIME);
	}
	get ino(): number {
		return this.#columns.at(this.#row, INO);
	}
	get executable(): boolean {
		return (this.#columns.at(this.#row, FLAGS) & EXECUTABLE) !== 0;
	}
	get type(): 'file' | 'symlink' {
		return (this.#columns.at(this.#row, FLAGS) & SYMLINK) === 0 ? 'file' : 'symlink';
	}
	get target(): string | undefined {
		return this.#columns.targets.get(this.#row);
	}
}
