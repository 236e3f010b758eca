/** One setting of the project's .npmrc: https://docs.npmjs.com/cli/v11/configuring-npm/npmrc */
import type { FileIndex } from '../../src/source/file-index.js';

export interface NpmSetting {
	readonly value: string;
	readonly file: '.npmrc';
	/** From 1. */
	readonly line: number;
}

/** The last line that sets it counts, as in npm. */
export function npmSetting(source: FileIndex, key: string): NpmSetting | undefined {
	const lines = source.text('.npmrc')?.split(/\r?\n/) ?? [];
	const at = lines.findLastIndex((line) => line.slice(0, Math.max(0, line.indexOf('='))).trim() === key);
	const value = lines[at]
		?.slice(lines[at].indexOf('=') + 1)
		.trim()
		.replace(/^(["'])(.*)\1$/, '$2');
	return value === undefined || value === '' ? undefined : { value, file: '.npmrc', line: at + 1 };
}
