/**
 * Quarkus' build steps record bytecode side by side, and hand values to each other at start under keys that are numbered as they come:
 * another order at every build. Numbered anew by the names of the classes they stand in, they are the same every time.
 */
import { rewriteTexts } from './class-file.js';
import type { JarFile } from './zip.js';

const KEY = /^proxykey\d+$/;

/** All classes that speak of the keys must be among the files. */
export function withStableKeys(files: readonly JarFile[]): readonly JarFile[] {
	const numbers = new Map<string, string>();
	const renamed = (text: string): string => {
		if (!KEY.test(text)) return text;
		const known = numbers.get(text) ?? `proxykey${numbers.size + 1}`;
		numbers.set(text, known);
		return known;
	};
	const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
	return sorted.map((file) => (file.name.endsWith('.class') ? { ...file, bytes: rewriteTexts(file.bytes, renamed) } : file));
}
