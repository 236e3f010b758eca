/** Layouts of strangers whose files are pipes, devices or folders: an error that names the file, and no wait. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLayout } from '../../src/image/read.js';
import { sha256 } from '../../src/oci/digest.js';
import { folder } from '../support/files.js';

const KINDS: Readonly<Record<string, (path: string) => void>> = {
	'a pipe': (path) => void execFileSync('mkfifo', [path]),
	'a link to a device': (path) => symlinkSync('/dev/zero', path),
	'a folder': (path) => mkdirSync(path),
};

function layout(dir: string): void {
	mkdirSync(join(dir, 'blobs/sha256'), { recursive: true });
	const blob = (value: unknown) => {
		const bytes = typeof value === 'string' ? value : JSON.stringify(value);
		const digest = sha256(Buffer.from(bytes));
		writeFileSync(join(dir, 'blobs/sha256', digest.slice('sha256:'.length)), bytes);
		return { digest, size: Buffer.byteLength(bytes) };
	};
	const layer = blob('a layer');
	const config = blob({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [layer.digest] } });
	const manifest = blob({
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.manifest.v1+json',
		config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
		layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
	});
	writeFileSync(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest };
	writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}

async function readAll(dir: string): Promise<void> {
	const image = await readLayout(dir);
	assert.ok(image.kind === 'image');
	for (const { open } of image.layers) for await (const _ of await open());
}

for (const [kind, make] of Object.entries(KINDS))
	test(`a layout in which a file is ${kind}`, async (t) => {
		const dir = folder(t);
		layout(dir);
		await readAll(dir);
		const blobs = readdirSync(join(dir, 'blobs/sha256')).map((name) => `blobs/sha256/${name}`);
		for (const file of ['index.json', ...blobs]) {
			const before = readFileSync(join(dir, file));
			rmSync(join(dir, file));
			make(join(dir, file));
			await assert.rejects(readAll(dir), { code: 'IMAGE_INVALID', message: new RegExp(file) }, file);
			rmSync(join(dir, file), { recursive: true });
			writeFileSync(join(dir, file), before);
		}
	});
