/** `tare init`: a commented tare.yaml with every key. */
import { init } from '../../index.js';
import { type OutputFlags, print, printJson, session } from '../output.js';

export async function runInit(dir: string | undefined, flags: OutputFlags & { readonly force?: boolean }): Promise<void> {
	await session(flags, async () => {
		const file = await init({ dir, force: flags.force });
		if (flags.json === true) printJson({ file });
		else print(file);
	});
}
