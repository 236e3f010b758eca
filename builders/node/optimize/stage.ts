/** The image's app files as a folder on this machine, for tools that read or start them. */
import { chmodSync, constants, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from '../../../src/layers/entry.js';
import { formatPlatform } from '../../../src/oci/platform.js';
import type { Platform } from '../../../src/oci/types.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';

/** An app as it will lie in the image, and how it is started. */
export interface Staged {
	/** Folder that stands for the image's root. */
	readonly stage: string;
	readonly command: readonly string[];
	/** Folder in the image that the command runs in. */
	readonly workingDir: string;
	readonly env: Readonly<Record<string, string>>;
}

/** Copies, because what runs there may write. @returns the folder that stands for the image's root */
export async function layOut(entries: readonly Entry[], platform: Platform, tools: Toolchain): Promise<string> {
	const root = join(await tools.stage(), formatPlatform(platform).replaceAll('/', '-'));
	for (const entry of entries) {
		const path = join(root, entry.path);
		mkdirSync(entry.type === 'directory' ? path : dirname(path), { recursive: true });
		if (entry.type === 'symlink') symlinkSync(entry.target, path);
		else if (entry.type === 'file') write(entry, path);
	}
	return root;
}

function write({ content, mode }: Extract<Entry, { type: 'file' }>, path: string): void {
	if (content.kind === 'disk') copyFileSync(content.path, path, constants.COPYFILE_FICLONE);
	else writeFileSync(path, content.bytes);
	chmodSync(path, mode);
}
