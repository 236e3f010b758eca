/** npm-run-all, run-s and run-p: lists of scripts by name and pattern (https://github.com/mysticatea/npm-run-all). */
import { boundedPattern } from '../../../src/source/pattern.js';
import { named, readOptions } from './options.js';
import { unsupported, type Walk } from './walk.js';

const takesValue = named('--max-parallel --npm-path');

/** Scripts in the order in which they run; undefined for another program. @throws TareError START_UNSUPPORTED where some run side by side */
export function listedScripts([program = '', ...words]: readonly string[], walk: Walk): readonly string[] | undefined {
	if (!/^(?:npm-run-all2?|run-s|run-p)$/.test(program)) return undefined;
	const names: string[] = [];
	let [parallel, side] = [program === 'run-p', 0];
	for (let rest = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined); rest.length > 0; ) {
		const read = readOptions(rest, takesValue);
		for (const { name } of read.options) {
			if (/^(?:-p|--parallel)$/.test(name)) parallel = true;
			else if (/^(?:-s|--sequential|--serial)$/.test(name)) parallel = false;
		}
		const found = read.rest.slice(0, 1).flatMap((pattern) => matching(pattern, walk));
		if (parallel) side += found.length;
		names.push(...found);
		rest = read.rest.slice(1);
	}
	if (names.length === 0) throw unsupported(walk, `${program} is given no script`);
	if (side > 1) throw unsupported(walk, `${program} runs several processes (${names.join(', ')}), and an image starts one`);
	return names;
}

/** `build:*` is one more part, `build:**` any number. */
function matching(pattern: string, walk: Walk): readonly string[] {
	const scripts = Object.keys(walk.project.manifest?.json.scripts ?? {});
	const [name = ''] = pattern.split(/\s/);
	if (/\s/.test(pattern)) throw unsupported(walk, `the script "${pattern}" has arguments of its own`);
	if (!name.includes('*')) return [name];
	const source = name
		.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
		.replaceAll('**', '\0')
		.replaceAll('*', '[^:]*')
		.replaceAll('\0', '.*');
	return scripts.filter((script) => boundedPattern(`^${source}$`).test(script));
}
