/** An image made by hand, for two platforms, into an OCI layout: node image.mjs LAYOUT [PLATFORM...] */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { image, layer } from 'tare';

const [layout, ...platforms] = process.argv.slice(2);
const base = image({ base: { debian: ['static'], node: '24' }, dir: dirname(fileURLToPath(import.meta.url)) })
	.with(layer.dir('app', { at: '/app', exclude: ['*.md'] }))
	.config({ entrypoint: ['node', '/app/server.js'], env: { PORT: '8080' }, ports: [8080] });

// A value: what is made of it leaves it as it is.
const app = base
	.for(...(platforms.length > 0 ? platforms : ['linux/amd64', 'linux/arm64']))
	.with(layer.files({ '/app/version.json': JSON.stringify({ version: '1.2.3' }), '/app/current': { link: 'version.json' } }, { name: 'version' }));

// Nothing has been read or fetched so far.
const { digest, images } = await app.ociLayout(layout);
for (const { platform, size } of images) console.error(platform, size, 'bytes');
console.log(digest);
