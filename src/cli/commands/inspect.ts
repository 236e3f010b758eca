/** `tare inspect` */
import { type ImageDetails, inspect, type LayerDetails, type PlatformDetails } from '../../index.js';
import { printable } from '../../ui/printable.js';
import { formatBytes, type Style } from '../../ui/style.js';
import { type OutputFlags, print, printJson, session, styleFor } from '../output.js';

export async function runInspect(
	target: string | undefined,
	flags: OutputFlags & { readonly contents?: number; readonly insecure?: readonly string[] },
): Promise<void> {
	await session(flags, async (on) => {
		const details = await inspect(target ?? '', { contents: flags.contents, insecure: flags.insecure }, on);
		if (flags.json === true) return printJson(details);
		print(format(printable(details), styleFor(process.stdout)));
	});
}

function format({ digest, images, artifacts = [] }: ImageDetails, style: Style): string {
	const blocks = images.map(({ platform, imageId, size, config, annotations, layers, packages, created }) =>
		[
			`${style.bold(platform)}  ${formatBytes(size)} compressed  ${style.dim(`created ${created ?? 'unknown'}, image id ${imageId}`)}`,
			style.bold('layers'),
			...layers.flatMap((layer) => formatLayer(layer, style)),
			style.bold('configuration'),
			...Object.entries(config).map(([key, value]) => `  ${key.padEnd(12)} ${typeof value === 'string' ? value : JSON.stringify(value)}`),
			...Object.entries(annotations).map(([key, value]) => `  ${style.dim(`${key}=${value}`)}`),
			...formatPackages(packages, style),
		].join('\n'),
	);
	const beside = artifacts.map((artifact) => `  ${artifact.type}  ${style.dim(artifact.digest)}`);
	return [digest, ...blocks, ...(beside.length > 0 ? [style.bold('artifacts'), ...beside] : [])].join('\n');
}

/** One line for each type, Debian's first, with their number. */
function formatPackages(packages: PlatformDetails['packages'], style: Style): readonly string[] {
	const types = [...new Set(packages.map(({ type }) => type))];
	return types.flatMap((type) => {
		const those = packages.filter((one) => one.type === type);
		return [style.bold(`${type} packages (${those.length})`), `  ${those.map(({ name, version }) => `${name} ${version}`).join(', ')}`];
	});
}

function formatLayer({ name, purpose, size, digest, createdBy, contents }: LayerDetails, style: Style): readonly string[] {
	const inside = contents === undefined ? '' : `  ${formatBytes(contents.bytes)} in ${contents.files} files`;
	return [
		`  ${name.padEnd(14)} ${purpose.padEnd(12)} ${formatBytes(size).padStart(8)}${inside}  ${style.dim(digest)}`,
		...(createdBy === undefined ? [] : [`    ${style.dim(createdBy)}`]),
		...(contents?.biggest ?? []).map(({ path, size: bytes }) => `    ${formatBytes(bytes).padStart(8)} /${path}`),
	];
}
