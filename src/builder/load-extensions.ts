/** Extensions that the configuration names, as modules. */
import { TareError } from '../errors.js';
import type { Extension } from './contract.js';
import type { NamedExtension } from './extensions.js';
import { loadModule } from './module.js';

/** @throws TareError CONFIG_INVALID where a module is missing, fails or exports no function */
export async function loadExtensions(names: readonly string[], dir: string): Promise<readonly NamedExtension[]> {
	return Promise.all(
		names.map(async (name) => {
			const { module, identity } = await loadModule(name, dir, 'extensions');
			const apply = module.extension ?? module.default;
			if (typeof apply === 'function') return { name, identity, apply: apply as Extension };
			throw new TareError('CONFIG_INVALID', `extensions: ${name} exports no function`, {
				hint: 'Export it as `extension` or as the default: a function that takes a plan and returns one; docs/api.md describes it.',
			});
		}),
	);
}
