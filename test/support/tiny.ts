/** A project whose image is a few bytes for any platform, on nothing: built in a moment, without the network. */
import type { TestContext } from 'node:test';
import { folder } from './files.js';

const BUILDER = `export default ({ imagePath }) => ({
	id: 'bytes', looksFor: 'bytes.txt', sideBySide: true,
	detect: async (source) => source.has('bytes.txt') ? { builder: 'bytes', reasons: [], facts: {} } : undefined,
	plan: async (_detection, { base }) => ({ base, processes: [{ type: 'web', command: ['/app/run'], reasons: [] }] }),
	build: async (_plan, { architecture }) => ({ layers: [{ name: 'app', purpose: 'app', entries: async () => [
		{ type: 'file', path: imagePath('app/arch'), mode: 0o644, size: architecture.length, content: { kind: 'bytes', bytes: Buffer.from(architecture) } },
	] }] }),
});`;

/** Its one file, `app/arch`, holds the name of the architecture. */
export function tinyProject(t: TestContext, more = ''): string {
	return folder(t, { 'tare.yaml': `base: scratch\nbuilders: [./b.mjs]\n${more}`, 'b.mjs': BUILDER, 'bytes.txt': '' });
}
