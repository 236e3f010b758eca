/** While other programs compile the app there is nothing to do: what comes after them is loaded. */

/** By then they have been started. */
const AHEAD_MS = 50;

export function loadAhead({ push }: { readonly push: boolean }): void {
	if (push) setTimeout(() => void Promise.all([import('./outputs/registry.js'), import('./net/transport.js')]), AHEAD_MS).unref();
}
