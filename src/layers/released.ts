/** Gives memory of buffers back in time. V8 lets up to 64 MB outside its heap wait for a collection, more than all that Tare holds at a time. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;
let collect: Collect | undefined;

/** Frees the buffers that were made since the last call and are no longer used. Under a millisecond: only young objects are looked at. */
export function releaseBuffers(): void {
	collect ??= collector();
	collect({ type: 'minor' });
}

function collector(): Collect {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc') as Collect;
}
