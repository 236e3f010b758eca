/** What a layer is called and what it is for, as its history tells. */
import type { Layer } from './types.js';

/** Our own history comments say name and purpose; others' layers are numbered. */
export function describeLayer({ comment }: { readonly comment?: string }, at: number): Pick<Layer, 'name' | 'purpose'> {
	const match = /^([\w-]+) \((os|runtime|dependencies|app|assets)\)$/.exec(comment ?? '');
	return match === null ? { name: `layer-${at + 1}`, purpose: 'os' } : { name: match[1] as string, purpose: match[2] as Layer['purpose'] };
}
