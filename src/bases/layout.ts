/** `--base oci:DIR[:TAG]`: an image layout on disk. */
import { existsSync } from 'node:fs';
import { readLayout } from '../image/read.js';
import { selectPlatform } from '../image/select.js';
import type { Image } from '../image/types.js';
import type { Platform } from '../oci/types.js';
import type { Base } from './contract.js';

/** @throws TareError IMAGE_INVALID | PLATFORM_INVALID */
export async function readLayoutBase(path: string, platform: Platform): Promise<Base> {
	const colon = path.lastIndexOf(':');
	const [folder, tag] = existsSync(path) || colon < 0 ? [path, undefined] : [path.slice(0, colon), path.slice(colon + 1)];
	const result = await readLayout(folder, tag);
	return imageBase(selectPlatform(result, platform, path), 'oci-layout');
}

/** An image's layers and configuration as a base; what it contains is not known. */
export function imageBase(image: Image, name: string): Base {
	const config = image.config.value.config ?? {};
	const init = initOf(config.Entrypoint ?? []);
	return {
		platform: image.platform,
		layers: image.layers,
		config,
		name,
		digest: image.manifest.descriptor.digest,
		packages: [],
		...(init !== undefined && { init }),
	};
}

/** An image that starts through an init has one: what is built on it keeps it. */
function initOf([program = '', separator]: readonly string[]): string | undefined {
	return /\/(?:tini(?:-static)?|dumb-init)$/.test(program) && separator === '--' ? program : undefined;
}
