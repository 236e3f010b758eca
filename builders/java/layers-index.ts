/** BOOT-INF/layers.idx: the layers that a Spring Boot project defines (https://docs.spring.io/spring-boot/maven-plugin/packaging.html#packaging.layers). */

export interface LayersIndex {
	/** Bottom-up, as the image has them. */
	readonly names: readonly string[];
	/** The image's layer for a path of the jar; undefined where the index names none. */
	layerOf(path: string): string | undefined;
}

/** The layer of the app's own classes. */
export const APP_LAYER = 'app';
/** What Spring Boot's own layers are called here; its application layer holds modules of the project, too. */
const KNOWN: Readonly<Record<string, string>> = { dependencies: 'dependencies', 'snapshot-dependencies': 'snapshots', application: APP_LAYER };

/** Undefined where there is no layer in the text. */
export function readLayersIndex(text: string | undefined): LayersIndex | undefined {
	const layers: { readonly name: string; readonly paths: string[] }[] = [];
	for (const line of (text ?? '').split(/\r?\n/)) {
		const [, name] = /^- "?(.+?)"?:\s*$/.exec(line) ?? [];
		const [, path] = /^\s+- "?(.+?)"?\s*$/.exec(line) ?? [];
		if (name !== undefined) layers.push({ name: KNOWN[name] ?? safeName(name), paths: [] });
		else if (path !== undefined) layers.at(-1)?.paths.push(path);
	}
	if (layers.length === 0) return undefined;
	return {
		names: layers.map(({ name }) => name),
		layerOf: (path) => layers.find(({ paths }) => paths.some((one) => one === path || (one.endsWith('/') && path.startsWith(one))))?.name,
	};
}

function safeName(name: string): string {
	return name.replace(/[^\w.-]+/g, '-');
}
