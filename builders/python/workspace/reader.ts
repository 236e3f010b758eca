/** A project's folder on disk, read before the source is walked: the text of its files. */
import { readProjectFile } from '../../../src/project-file.js';
import { parseToml } from '../../../src/source/toml.js';
import type { Table } from '../toml.js';

export interface SourceReader {
	text(file: string): string | undefined;
	/** Undefined where there is none, or one that detection will complain of. */
	toml(file: string): Table | undefined;
}

export function readerOf(dir: string): SourceReader {
	const text = (file: string): string | undefined => {
		try {
			return readProjectFile(dir, file);
		} catch {
			return undefined;
		}
	};
	return {
		text,
		toml: (file) => {
			try {
				const content = text(file);
				return content === undefined ? undefined : parseToml(content);
			} catch {
				return undefined;
			}
		},
	};
}
