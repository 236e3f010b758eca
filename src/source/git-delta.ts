/** Deltas of git's packs: gitformat-pack(5), "Deltified representation". */

/** A little-endian number of 7 bits a byte, of which the first has `bits`. @returns `end`: offset of what follows */
export function readSize(data: Buffer, from: number, bits: 4 | 7): { readonly size: number; readonly end: number } {
	let at = from;
	let size = (data[at] ?? 0) & (2 ** bits - 1);
	for (let shift = 2 ** bits; (data[at++] ?? 0) & 0x80; shift *= 128) size += ((data[at] ?? 0) & 0x7f) * shift;
	return { size, end: at };
}

export function applyDelta(base: Buffer, delta: Buffer): Buffer {
	let at = readSize(delta, readSize(delta, 0, 7).end, 7).end;
	const parts: Buffer[] = [];
	/** Bytes of the command's offset and size that its bits say are there. */
	const number = (bits: number, count: number): number => {
		let value = 0;
		for (let one = 0; one < count; one++) if (bits & (1 << one)) value += (delta[at++] ?? 0) * 256 ** one;
		return value;
	};
	while (at < delta.length) {
		const command = delta[at++] ?? 0;
		if (command & 0x80) {
			const offset = number(command, 4);
			const size = number(command >> 4, 3) || 0x10000;
			parts.push(base.subarray(offset, offset + size));
		} else {
			parts.push(delta.subarray(at, at + command));
			at += command;
		}
	}
	return Buffer.concat(parts);
}
