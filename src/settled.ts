/** Work side by side that leaves nothing running behind an error. */

/** All run at once; when one fails the others are waited for, so that nothing works on after the error. */
export async function settled<T extends readonly unknown[]>(work: readonly [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
	await Promise.allSettled(work);
	return Promise.all(work) as unknown as Promise<T>;
}

/** As `settled`; the first failure also stops the others by their signal. @throws the first error, not what the stop made of the others */
export async function stoppingAtFirst<T extends readonly unknown[]>(work: readonly [...{ [K in keyof T]: Promise<T[K]> }], stop: AbortController): Promise<T> {
	let first: { readonly error: unknown } | undefined;
	await Promise.all(
		work.map((one) =>
			one.catch((error: unknown) => {
				first ??= { error };
				stop.abort();
			}),
		),
	);
	if (first !== undefined) throw first.error;
	return Promise.all(work) as unknown as Promise<T>;
}

/** At most `limit` at a time, in order; after a failure no other is begun, and those that run are waited for. @throws the first error */
export async function eachOf<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
	const rest = items[Symbol.iterator]();
	let failed = false;
	const worker = async (): Promise<void> => {
		for (const item of rest) {
			if (failed) return;
			try {
				await work(item);
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	const results = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
	const bad = results.find((result) => result.status === 'rejected');
	if (bad !== undefined) throw bad.reason;
}
