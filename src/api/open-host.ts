/** A context for what needs no project: images that are there already. */
import { type Host, readHost } from '../config/host.js';
import { openContext, type RunOptions } from '../open-context.js';

export type HostContext = Awaited<ReturnType<typeof openContext>>;

export async function withHost<T>(
	{ insecure = [], offline = false }: { readonly insecure?: readonly string[]; readonly offline?: boolean },
	run: RunOptions,
	work: (context: HostContext, host: Host) => Promise<T>,
): Promise<T> {
	const host = readHost();
	const request = { dir: host.cwd, mirrors: [], offline, insecure, registries: {}, secrets: { env: {}, files: {} } };
	const context = await openContext(host, request, [], run);
	try {
		return await work(context, host);
	} finally {
		await context.close();
	}
}
