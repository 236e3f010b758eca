/** What .ko.yaml says of every language's part of a build: its platforms. The rest is for the Go builder. https://ko.build/configuration/ */
import { parse } from '../../source/yaml.js';
import { type Foreign, table, texts } from './types.js';

const ALL = 'all';
/** What a Debian base is made for. */
const OWN = ['linux/amd64', 'linux/arm64'];

export function readKo(content: string, file: string): Foreign {
	const { asked, based } = read(content);
	const all = asked.includes(ALL);
	const platforms = !all ? asked : based ? [] : OWN;
	return {
		config: platforms.length > 0 ? { platforms: [...platforms] } : {},
		settings: {},
		notes: platforms.length > 0 ? [{ file, says: `platforms: ${platforms.join(', ')}` }] : [],
		warnings: all && based ? [{ file, says: 'defaultPlatforms: all is not read beside a base image of its own: name the platforms with --platform' }] : [],
	};
}

interface Platforms {
	readonly asked: readonly string[];
	/** Another base is named, whose platforms only its registry knows. */
	readonly based: boolean;
}

/** None where it can't be parsed: the Go builder says so, and other builders need not mind. */
function read(content: string): Platforms {
	try {
		const { defaultPlatforms, defaultBaseImage, baseImageOverrides } = table(parse(content));
		const asked = texts(defaultPlatforms).flatMap((text) => text.split(','));
		return { asked, based: defaultBaseImage !== undefined || baseImageOverrides !== undefined };
	} catch {
		return { asked: [], based: false };
	}
}
