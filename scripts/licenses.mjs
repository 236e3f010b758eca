/** The licences of the packages that are in a bundle: whoever ships it must ship them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param metafiles of esbuild */
export function licensesOf(metafiles) {
	const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
	const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
	return [...folders]
		.sort()
		.map(licenseOf)
		.join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseOf(folder) {
	const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:\.|-mit\.|$)/i.test(entry)) : undefined;
	return `${name} ${version} (${license})\n\n${file === undefined ? 'No licence file in the package.' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
