/** What .ko.yaml says of every language's part of a build: its platforms. The rest is for the Go builder. https://ko.build/configuration/ */
import { parse } from 'yaml';
import { type Foreign, table, texts } from './types.js';

const ALL = 'all';

export function readKo(content: string, file: string): Foreign {
	const asked = platformsOf(content);
	const named = asked.filter((platform) => platform !== ALL);
	return {
		config: named.length > 0 && !asked.includes(ALL) ? { platforms: [...named] } : {},
		settings: {},
		notes: named.length > 0 && !asked.includes(ALL) ? [{ file, says: `platforms: ${named.join(', ')}` }] : [],
		warnings: asked.includes(ALL) ? [{ file, says: 'defaultPlatforms: all is not read: name the platforms with --platform' }] : [],
	};
}

/** None where it can't be parsed: the Go builder says so, and other builders need not mind. */
function platformsOf(content: string): readonly string[] {
	try {
		return texts(table(parse(content)).defaultPlatforms).flatMap((text) => text.split(','));
	} catch {
		return [];
	}
}
