/** Extensions of a plan, with their names and identities. */
import { createHash } from 'node:crypto';
import type { Extension } from './contract.js';

export interface NamedExtension {
	readonly name: string;
	/** What it was loaded as: another version may plan otherwise. */
	readonly identity: string;
	readonly apply: Extension;
}

/** Functions of a script: known by their names, told apart by their texts. */
export function namedExtensions(extensions: readonly Extension[]): readonly NamedExtension[] {
	return extensions.map((apply, at) => {
		const name = apply.name === '' ? `number ${at + 1}` : apply.name;
		return { name, identity: `${name} ${createHash('sha256').update(apply.toString()).digest('hex')}`, apply };
	});
}
