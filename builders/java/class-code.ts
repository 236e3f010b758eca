/** What the methods of a class do with other classes, read from their code (https://docs.oracle.com/javase/specs/jvms/se25/html/jvms-6.html). */
import { eachConstant } from './class-file.js';

export interface Use {
	/** With slashes, of an array its elements'. */
	readonly owner: string;
	/** `literal`: `Owner.class`; `test`: casts and instanceof; `static`: a static method or field; `call`: any other member. */
	readonly kind: 'new' | 'literal' | 'test' | 'static' | 'call';
	/** Name and descriptor of the method. */
	readonly member?: string;
	/** Inside of a `try` that expects a class to be missing, or that catches every error. */
	readonly guard?: 'missing' | 'any';
}

export interface Method {
	/** Name and descriptor. */
	readonly id: string;
	readonly isStatic: boolean;
	readonly uses: readonly Use[];
}

export interface ClassCode {
	readonly name: string;
	/** Its superclass and interfaces. */
	readonly supers: readonly string[];
	readonly methods: readonly Method[];
	/** Texts that may be names of classes, as `Class.forName` gets them; with slashes. */
	readonly named: readonly string[];
}

const MISSING = /^java\/lang\/(?:NoClassDefFoundError|ClassNotFoundException|LinkageError|IncompatibleClassChangeError|ReflectiveOperationException)$/;
const ANY = /^java\/lang\/(?:Throwable|Error)$/;
const STATIC = 0x0008;

/** Undefined where the bytes are no class. */
export function readCode(bytes: Buffer): ClassCode | undefined {
	if (bytes.length < 24 || bytes.readUInt32BE(0) !== 0xcafebabe) return undefined;
	try {
		return new Reader(bytes).read();
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

const [UTF8, CLASS, STRING, HANDLE] = [1, 7, 8, 15];

class Reader {
	readonly #bytes: Buffer;
	/** Where each constant's value is, and its tag. */
	readonly #at = new Map<number, { readonly tag: number; readonly at: number; readonly size: number }>();
	readonly #end: number;
	readonly #bootstraps: number[] = [];

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
		this.#end = eachConstant(bytes, (place, tag, at, size) => this.#at.set(place, { tag, at: at + 1, size }));
	}

	read(): ClassCode {
		const [bytes, end] = [this.#bytes, this.#end];
		const interfaces = Array.from({ length: bytes.readUInt16BE(end + 6) }, (_, at) => bytes.readUInt16BE(end + 8 + 2 * at));
		const fields = this.#skipMembers(end + 8 + 2 * interfaces.length);
		const attributes = this.#skipMembers(fields);
		this.#eachAttribute(attributes, (name, at) => {
			if (name === 'BootstrapMethods') this.#bootstraps.push(...this.#bootstrapPlaces(at));
		});
		const names = [bytes.readUInt16BE(end + 4), ...interfaces].map((place) => this.#className(place));
		return {
			name: this.#className(bytes.readUInt16BE(end + 2)) ?? '',
			supers: names.filter((name) => name !== undefined),
			methods: this.#methods(fields),
			named: [...this.#at.values()].filter(({ tag }) => tag === STRING).flatMap(({ at }) => this.#classText(at)),
		};
	}

	#classText(at: number): readonly string[] {
		const text = this.#text(this.#bytes.readUInt16BE(at));
		return /^[a-z][\w$]*(?:[./][\w$]+)+$/.test(text) ? [text.replaceAll('.', '/')] : [];
	}

	#methods(from: number): readonly Method[] {
		const methods: Method[] = [];
		let at = from + 2;
		for (let left = this.#bytes.readUInt16BE(from); left > 0; left--) {
			const [access, name, type] = [0, 2, 4].map((offset) => this.#bytes.readUInt16BE(at + offset)) as [number, number, number];
			const uses: Use[] = [];
			at = this.#eachAttribute(at + 6, (attribute, place) => {
				if (attribute === 'Code') uses.push(...this.#code(place));
			});
			methods.push({ id: `${this.#text(name)}${this.#text(type)}`, isStatic: (access & STATIC) !== 0, uses });
		}
		return methods;
	}

	/** @param at of the number of members @returns where they end */
	#skipMembers(from: number): number {
		let at = from + 2;
		for (let left = this.#bytes.readUInt16BE(from); left > 0; left--) at = this.#eachAttribute(at + 6, () => undefined);
		return at;
	}

	#eachAttribute(from: number, visit: (name: string, at: number) => void): number {
		let at = from + 2;
		for (let left = this.#bytes.readUInt16BE(from); left > 0; left--) {
			visit(this.#text(this.#bytes.readUInt16BE(at)), at + 6);
			at += 6 + this.#bytes.readUInt32BE(at + 2);
		}
		return at;
	}

	#bootstrapPlaces(from: number): readonly number[] {
		const places: number[] = [];
		let at = from + 2;
		for (let left = this.#bytes.readUInt16BE(from); left > 0; left--) {
			places.push(at);
			at += 4 + 2 * this.#bytes.readUInt16BE(at + 2);
		}
		return places;
	}

	#code(at: number): readonly Use[] {
		const [start, length] = [at + 8, this.#bytes.readUInt32BE(at + 4)];
		const guards = this.#guards(start + length);
		const uses: Use[] = guards.map(({ type }): Use => ({ owner: type, kind: 'test' })).filter(({ owner }) => owner !== '');
		for (let pc = 0; pc < length; ) {
			const opcode = this.#bytes.readUInt8(start + pc);
			const guard = guards.find((one) => pc >= one.from && pc < one.to && one.guard !== undefined)?.guard;
			for (const use of this.#usesAt(opcode, start + pc)) uses.push(guard === undefined ? use : { ...use, guard });
			pc += Math.max(1, this.#length(opcode, start + pc, pc));
		}
		return uses;
	}

	/** Of the table of exceptions: types that are caught, and where. */
	#guards(at: number) {
		return Array.from({ length: this.#bytes.readUInt16BE(at) }, (_, index) => {
			const [from, to, , place] = [0, 2, 4, 6].map((offset) => this.#bytes.readUInt16BE(at + 2 + 8 * index + offset)) as [number, number, number, number];
			// `finally` catches everything and throws it again.
			const type = place === 0 ? '' : (this.#className(place) ?? '');
			const guard = MISSING.test(type) ? ('missing' as const) : ANY.test(type) ? ('any' as const) : undefined;
			return { from, to, type, guard };
		}).sort((a, b) => Number(b.guard === 'missing') - Number(a.guard === 'missing'));
	}

	#usesAt(opcode: number, at: number): readonly Use[] {
		const kind = USES[opcode];
		if (kind === undefined) return [];
		const place = opcode === 0x12 ? this.#bytes.readUInt8(at + 1) : this.#bytes.readUInt16BE(at + 1);
		if (kind === 'dynamic') return this.#dynamic(place);
		return this.#constantUse(place, kind);
	}

	#constantUse(place: number, kind: Use['kind']): readonly Use[] {
		const constant = this.#at.get(place);
		if (constant === undefined) return [];
		if (constant.tag === HANDLE) return this.#handle(constant.at);
		const isMember = constant.tag >= 9 && constant.tag <= 11;
		if (!isMember && constant.tag !== CLASS) return [];
		const owner = this.#className(isMember ? this.#bytes.readUInt16BE(constant.at) : place);
		return owner === undefined ? [] : [{ owner, kind, ...(isMember && { member: this.#member(this.#bytes.readUInt16BE(constant.at + 2)) }) }];
	}

	/** Lambdas and references to methods: the arguments of what makes them. */
	#dynamic(place: number): readonly Use[] {
		const constant = this.#at.get(place);
		const at = constant === undefined ? undefined : this.#bootstraps[this.#bytes.readUInt16BE(constant.at)];
		if (at === undefined) return [];
		const values = Array.from({ length: this.#bytes.readUInt16BE(at + 2) }, (_, index) => this.#bytes.readUInt16BE(at + 4 + 2 * index));
		return values.flatMap((value) => this.#constantUse(value, 'test'));
	}

	#handle(at: number): readonly Use[] {
		const kind = this.#bytes.readUInt8(at);
		return this.#constantUse(this.#bytes.readUInt16BE(at + 1), kind === 8 ? 'new' : kind === 6 || kind === 2 || kind === 4 ? 'static' : 'call');
	}

	#member(place: number): string {
		const at = this.#at.get(place)?.at ?? 0;
		return `${this.#text(this.#bytes.readUInt16BE(at))}${this.#text(this.#bytes.readUInt16BE(at + 2))}`;
	}

	/** Undefined for arrays of numbers and the like, and for the superclass of Object. */
	#className(place: number): string | undefined {
		const constant = this.#at.get(place);
		if (constant?.tag !== CLASS) return undefined;
		const name = this.#text(this.#bytes.readUInt16BE(constant.at));
		return name.startsWith('[') ? /^\[+L(.+);$/.exec(name)?.[1] : name;
	}

	#text(place: number): string {
		const constant = this.#at.get(place);
		return constant?.tag === UTF8 ? this.#bytes.toString('utf8', constant.at + 2, constant.at + constant.size) : '';
	}

	/** Bytes of an instruction. */
	#length(opcode: number, at: number, pc: number): number {
		const padded = at + 4 - (pc % 4);
		if (opcode === 0xaa) return padded - at + 12 + 4 * (this.#bytes.readInt32BE(padded + 8) - this.#bytes.readInt32BE(padded + 4) + 1);
		if (opcode === 0xab) return padded - at + 8 + 8 * this.#bytes.readInt32BE(padded + 4);
		if (opcode === 0xc4) return this.#bytes.readUInt8(at + 1) === 0x84 ? 6 : 4;
		return LENGTHS[opcode] as number;
	}
}

const USES: Readonly<Record<number, Use['kind'] | 'dynamic'>> = {
	...{ 18: 'literal', 19: 'literal', 178: 'static', 179: 'static', 180: 'test', 181: 'test', 182: 'call', 183: 'call', 184: 'static', 185: 'call' },
	...{ 186: 'dynamic', 187: 'new', 189: 'test', 192: 'test', 193: 'test', 197: 'test' },
};

/** By opcode; those of variable length are computed. */
const LENGTHS: readonly number[] = [
	...[
		[16, 1],
		[1, 2],
		[1, 3],
		[1, 2],
		[2, 3],
		[5, 2],
		[28, 1],
		[5, 2],
		[73, 1],
		[1, 3],
		[20, 1],
		[16, 3],
		[1, 2],
		[2, 0],
		[6, 1],
		[7, 3],
		[2, 5],
		[1, 3],
		[1, 2],
	],
	...[
		[1, 3],
		[2, 1],
		[2, 3],
		[2, 1],
		[1, 0],
		[1, 4],
		[2, 3],
		[2, 5],
		[54, 1],
	],
].flatMap(([count = 0, length = 0]) => Array.from({ length: count }, () => length));
