/** The image that a name stands for before this build gives it to another. */
import { type BuildOptions, type ImageDetails, inspect, type RunOptions, TareError } from '../index.js';

export interface Previous {
	readonly name: string;
	readonly details: ImageDetails;
}

/** Names are asked in turn; more would be requests that nobody misses. */
const TRIES = 4;

/** A first build has none, and a registry that does not say is none either. Asked where the image will go. */
export async function findPrevious({ tags = [], push, insecure }: BuildOptions, { signal }: RunOptions): Promise<Previous | undefined> {
	const from = push === true ? 'registry' : 'store';
	for (const name of tags.slice(0, TRIES)) {
		try {
			return {
				name,
				details: await inspect(name, { contents: 0, from, ...(insecure !== undefined && { insecure }) }, { ...(signal !== undefined && { signal }) }),
			};
		} catch (error) {
			if (!(error instanceof TareError) || error.code === 'CANCELLED') throw error;
			// What is wrong with the name or the network, the build will say.
			if (error.code !== 'REGISTRY_NOT_FOUND') return undefined;
		}
	}
	return undefined;
}
