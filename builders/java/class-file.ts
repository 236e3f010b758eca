/**
 * Class files: which Java they need, what they are called, whether they can be started. Only the constant pool and the methods' names
 * are read, so that no future version is a stranger (https://docs.oracle.com/javase/specs/jvms/se25/html/jvms-4.html).
 */

export interface ClassFacts {
	/** `com.example.Main` */
	readonly name: string;
	/** Feature release that it needs: 61 is Java 17. */
	readonly java: number;
	/** Has a `main` that java can start. */
	readonly hasMain: boolean;
	/** Marked with @SpringBootApplication. */
	readonly springBoot: boolean;
	/** The constant "PORT" is in it. */
	readonly namesPort: boolean;
}

const MAGIC = 0xcafebabe;
const FIRST_MAJOR = 44;
/** Since Java 25 a main needs neither `static` nor arguments. */
const FLEXIBLE_MAIN = 25;
const [PUBLIC, STATIC, ABSTRACT, INTERFACE] = [0x0001, 0x0008, 0x0400, 0x0200];

/** Undefined when the bytes are no class. */
export function readClass(bytes: Buffer): ClassFacts | undefined {
	if (bytes.length < 24 || bytes.readUInt32BE(0) !== MAGIC) return undefined;
	try {
		return read(bytes);
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

function read(bytes: Buffer): ClassFacts {
	const java = bytes.readUInt16BE(6) - FIRST_MAJOR;
	const { texts, classes, end } = readPool(bytes);
	const access = bytes.readUInt16BE(end);
	const name = (texts.get(classes.get(bytes.readUInt16BE(end + 2)) ?? 0) ?? '').replaceAll('/', '.');
	const methods = readMethods(bytes, end + 6 + 2, texts);
	const words = new Set(texts.values());
	return {
		name,
		java,
		hasMain: methods.some((method) => isMain(method, access, java)),
		springBoot: words.has('Lorg/springframework/boot/autoconfigure/SpringBootApplication;'),
		namesPort: words.has('PORT'),
	};
}

/** Bytes of a constant's value after its tag, by tag; the two long ones take two places. */
const SIZES: Readonly<Record<number, number>> = { 3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2 };
const [UTF8, CLASS] = [1, 7];

/** All texts among the constants: names, types, strings; none when the bytes are no class. */
export function textConstants(bytes: Buffer): readonly string[] {
	if (bytes.length < 24 || bytes.readUInt32BE(0) !== MAGIC) return [];
	try {
		return [...readPool(bytes).texts.values()];
	} catch (error) {
		if (error instanceof RangeError) return [];
		throw error;
	}
}

/** The class with other texts in its constant pool, whose order stays. */
export function rewriteTexts(bytes: Buffer, change: (text: string) => string): Buffer {
	if (bytes.length < 24 || bytes.readUInt32BE(0) !== MAGIC) return bytes;
	const parts: Buffer[] = [];
	let from = 0;
	eachConstant(bytes, (_, tag, at, size) => {
		if (tag !== UTF8) return;
		const text = bytes.toString('latin1', at + 3, at + 1 + size);
		const changed = change(text);
		if (changed === text) return;
		const value = Buffer.from(changed, 'latin1');
		const length = Buffer.alloc(2);
		length.writeUInt16BE(value.length);
		parts.push(bytes.subarray(from, at + 1), length, value);
		from = at + 1 + size;
	});
	return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
}

interface Pool {
	readonly texts: ReadonlyMap<number, string>;
	/** Place of the name by place of the class. */
	readonly classes: ReadonlyMap<number, number>;
	/** Where the pool ends. */
	readonly end: number;
}

function readPool(bytes: Buffer): Pool {
	const [texts, classes] = [new Map<number, string>(), new Map<number, number>()];
	const end = eachConstant(bytes, (place, tag, at, size) => {
		if (tag === UTF8) texts.set(place, bytes.toString('utf8', at + 3, at + 1 + size));
		if (tag === CLASS) classes.set(place, bytes.readUInt16BE(at + 1));
	});
	return { texts, classes, end };
}

/** @param visit gets the constant's place, its tag, where the tag stands, and bytes of its value @returns where the pool ends */
export function eachConstant(bytes: Buffer, visit: (place: number, tag: number, at: number, size: number) => void): number {
	const count = bytes.readUInt16BE(8);
	let at = 10;
	for (let place = 1; place < count; place++) {
		const tag = bytes.readUInt8(at);
		const size = tag === UTF8 ? 2 + bytes.readUInt16BE(at + 1) : SIZES[tag];
		if (size === undefined) throw new RangeError('unknown constant');
		visit(place, tag, at, size);
		if (tag === 5 || tag === 6) place++;
		at += 1 + size;
	}
	return at;
}

interface Method {
	readonly access: number;
	readonly name: string;
	readonly type: string;
}

/** @param at the number of interfaces is two bytes before */
function readMethods(bytes: Buffer, at: number, texts: Pool['texts']): readonly Method[] {
	const fields = readMembers(bytes, at + 2 * bytes.readUInt16BE(at - 2), texts);
	return readMembers(bytes, fields.end, texts).members;
}

function readMembers(bytes: Buffer, from: number, texts: Pool['texts']): { readonly members: readonly Method[]; readonly end: number } {
	const members: Method[] = [];
	let at = from + 2;
	for (let left = bytes.readUInt16BE(from); left > 0; left--) {
		members.push({ access: bytes.readUInt16BE(at), name: texts.get(bytes.readUInt16BE(at + 2)) ?? '', type: texts.get(bytes.readUInt16BE(at + 4)) ?? '' });
		let attributes = bytes.readUInt16BE(at + 6);
		for (at += 8; attributes > 0; attributes--) at += 6 + bytes.readUInt32BE(at + 2);
	}
	return { members, end: at };
}

function isMain({ access, name, type }: Method, owner: number, java: number): boolean {
	if (name !== 'main') return false;
	if (type === '([Ljava/lang/String;)V' && (access & (PUBLIC | STATIC)) === (PUBLIC | STATIC)) return true;
	const instance = (owner & (ABSTRACT | INTERFACE)) === 0;
	return java >= FLEXIBLE_MAIN && (access & 0x0002) === 0 && (instance || (access & STATIC) !== 0) && (type === '()V' || type === '([Ljava/lang/String;)V');
}
