/** The project as its installer would see it: name, version, commands and entry points, over the files in /app. Nothing is built. */
import { type Entry, imagePath } from '../../src/layers/entry.js';
import type { Distribution, PythonFacts } from './facts.js';
import { interpreterLine, sitePackages } from './installed.js';

export function distributionEntries(facts: PythonFacts): readonly Entry[] {
	const { distribution, version } = facts;
	if (distribution === undefined) return [];
	const folder = `${sitePackages(version)}/${distribution.name.replace(/[-_.]+/g, '_')}-${distribution.version}.dist-info`;
	return [
		file(`${folder}/METADATA`, `Metadata-Version: 2.1\nName: ${distribution.name}\nVersion: ${distribution.version}\n`),
		file(`${folder}/entry_points.txt`, entryPoints(distribution)),
		...Object.entries(distribution.scripts).map(([name, target]) => command(name, target, facts)),
	];
}

function entryPoints({ scripts, entryPoints: groups }: Distribution): string {
	const all = { console_scripts: scripts, ...groups };
	return Object.entries(all)
		.filter(([, entries]) => Object.keys(entries).length > 0)
		.map(
			([group, entries]) =>
				`[${group}]\n${Object.entries(entries)
					.map(([name, target]) => `${name} = ${target}\n`)
					.join('')}`,
		)
		.join('\n');
}

/** As installers write it. */
function command(name: string, target: string, facts: PythonFacts): Entry {
	const [module = '', attribute = 'main'] = target.replace(/\s*\[.*\]$/, '').split(':');
	const [head = ''] = attribute.split('.');
	const text = `${interpreterLine(facts)}\nimport sys\nfrom ${module.trim()} import ${head.trim()}\n\nsys.exit(${attribute.trim()}())\n`;
	return { ...file(`usr/local/bin/${name}`, text), mode: 0o755 };
}

function file(path: string, text: string): Entry & { readonly type: 'file' } {
	const bytes = Buffer.from(text);
	return { type: 'file', path: imagePath(path), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
}
