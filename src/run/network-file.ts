/** Files that say how names of hosts are found. */
import { realpathSync } from 'node:fs';

/** This machine's, for an app that shares its network; undefined where there is none. @param to absolute, here and in the image */
export function networkFile(to: string): { readonly from: string; readonly to: string } | undefined {
	try {
		// Often a link to where systemd keeps it.
		return { from: realpathSync(to), to };
	} catch {
		return undefined;
	}
}
