/** Small images for tests of outputs and registries. */
import { assembleImage } from '../../src/image/assemble.js';
import { toLayer } from '../../src/image/stored-layer.js';
import type { Image } from '../../src/image/types.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import { writeLayer } from '../../src/layers/write.js';
import type { Platform } from '../../src/oci/types.js';
import type { Store } from '../../src/store/contract.js';

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/** One layer for each text, with a file `layer-N` that holds it. */
export async function testImage(store: Store, texts: readonly (string | Buffer)[] = ['one', 'two'], platform: Platform = AMD64): Promise<Image> {
	const layers = [];
	for (const [at, text] of texts.entries()) {
		const bytes = Buffer.from(text);
		const entries: Entry[] = [{ type: 'file', path: imagePath(`layer-${at}`), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } }];
		layers.push(toLayer(await writeLayer(entries, store, { level: 4 }), { name: `layer-${at}`, purpose: 'app', history: 'test' }, store));
	}
	return assembleImage({
		platform,
		base: { layers: [], config: { Env: ['PATH=/bin'] } },
		layers,
		config: { Entrypoint: ['/layer-0'], env: { A: '1' }, User: '65532:65532' },
		epoch: 0,
		annotations: { a: 'b' },
	});
}
