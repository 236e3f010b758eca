/** Class files by hand: as much as the JVM specification asks for. */

export interface ClassOptions {
	readonly name: string;
	/** Feature release. */
	readonly java?: number;
	/** Access flags, name and descriptor. */
	readonly methods?: readonly (readonly [number, string, string])[];
	/** Further texts of the constant pool. */
	readonly texts?: readonly string[];
}

export const MAIN = [0x0009, 'main', '([Ljava/lang/String;)V'] as const;

export function classBytes({ name, java = 17, methods = [], texts = [] }: ClassOptions): Buffer {
	const words = [name.replaceAll('.', '/'), 'java/lang/Object', ...methods.flatMap(([, ...rest]) => rest), ...texts];
	const place = (text: string): number => words.indexOf(text) + 1;
	const owner = words.length + 1;
	// A long constant takes two places.
	const pool = [...words.map(utf8), classConstant(place(words[0] as string)), classConstant(2), Buffer.from([5, 0, 0, 0, 0, 0, 0, 0, 1])];
	const members = methods.map(([access, method, type]) => shorts(access, place(method), place(type), 0));
	return Buffer.concat([
		Buffer.from([0xca, 0xfe, 0xba, 0xbe]),
		shorts(0, java + 44, pool.length + 2),
		...pool,
		shorts(0x21, owner, owner + 1, 0, 0, methods.length),
		...members,
		shorts(0),
	]);
}

function utf8(text: string): Buffer {
	return Buffer.concat([Buffer.from([1]), shorts(Buffer.byteLength(text)), Buffer.from(text)]);
}

function classConstant(place: number): Buffer {
	return Buffer.concat([Buffer.from([7]), shorts(place)]);
}

function shorts(...values: readonly number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 2);
	for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
	return bytes;
}
