/** The input `annotations`, with the levels that docker/metadata-action writes in front: `manifest:KEY=VALUE`, `index,manifest:KEY=VALUE`. */
import { type Environment, pairs } from './inputs.js';

export interface Annotations {
	readonly manifest: Readonly<Record<string, string>>;
	/** Of an image with several platforms. */
	readonly index: Readonly<Record<string, string>>;
	/** What has no counterpart, in words. */
	readonly notes: readonly string[];
}

/** https://docs.docker.com/build/metadata/annotations/#specify-annotation-level */
const LEVELS = /^((?:index|manifest)(?:-descriptor)?(?:\[[^\]]*\])?(?:,(?:index|manifest)(?:-descriptor)?(?:\[[^\]]*\])?)*):(.+)$/;

/** @param more from elsewhere, in the same form */
export function readAnnotations(env: Environment, more: readonly (readonly [string, string])[] = []): Annotations {
	const manifest: Record<string, string> = {};
	const index: Record<string, string> = {};
	const notes: string[] = [];
	for (const [text, value] of [...pairs(env, 'annotations'), ...more]) {
		const [, levels = 'manifest', key = text] = LEVELS.exec(text) ?? [];
		for (const level of levels.split(',')) {
			if (level === 'manifest') manifest[key] = value;
			else if (level === 'index') index[key] = value;
			else notes.push(`input "annotations": ${key} is not written to ${level}: manifest and index have annotations`);
		}
	}
	return { manifest, index, notes };
}
