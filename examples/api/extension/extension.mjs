/**
 * Extensions: pure functions from plan to plan. `node extension.mjs LAYOUT DIR` builds a folder with them; `tare.yaml` can name this file, too:
 * extensions: [./extension.mjs]
 */
import { fileURLToPath } from 'node:url';
import { build } from 'tare';

/** Every image of ours says whose it is. */
export const extension = (plan) => ({ ...plan, config: { ...plan.config, Labels: { ...plan.config.Labels, 'example.team': 'blue' } } });

/** A file that the plan itself holds. */
const withMotd = (text) =>
	function motd(plan) {
		return { ...plan, files: [...(plan.files ?? []), { path: '/etc/motd', content: `${text}\n` }] };
	};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [layout, dir] = process.argv.slice(2);
	const { plan, digest } = await build({ dir, outputs: [`oci:${layout}`], extensions: [extension, withMotd('hello')] });
	for (const { says } of plan.reasons) console.error(says);
	console.log(digest);
}
