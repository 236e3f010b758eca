/** Names of the Debian base's sets for Java's lines. */
import type { DebianSet, JavaLine } from '../../src/bases/contract.js';

export function setFor<K extends 'jre' | 'jlink' | 'jdk' | 'jmods'>(kind: K, line: number): DebianSet {
	return `${kind}-${line === 17 || line === 21 ? line : 25}` satisfies `${K}-${JavaLine}`;
}
