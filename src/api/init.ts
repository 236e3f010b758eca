/** `init` of the API. */
import { resolve } from 'node:path';
import { readHost } from '../config/host.js';
import { writeTemplate } from '../config/template.js';
import { CONFIGURATION } from './schema.js';

export async function init({ dir, force }: { readonly dir?: string; readonly force?: boolean }): Promise<string> {
	return writeTemplate(resolve(readHost().cwd, dir ?? '.'), force ?? false, CONFIGURATION);
}
