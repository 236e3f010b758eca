/** Where Debian packages are fetched from: the user's configuration first. What is trusted is the archive's signature, not the mirror. */
import { parseStanzas } from './deb822.js';

export interface MirrorConfig {
	/** Root of the archive: the folder that has `dists/` and `pool/`. */
	readonly archive: string;
	readonly security: string;
	/** Root of a snapshot service of the archive, for files that have left it. */
	readonly snapshot?: string;
}

/** Used where the host has no apt configuration: a public mirror of both releases. */
export const DEFAULT_MIRRORS: readonly MirrorConfig[] = [
	{ archive: 'https://mirrors.kernel.org/debian', security: 'https://security.debian.org/debian-security' },
];

const SUITE = /^(?:bookworm|trixie|bullseye|forky|sid|(?:old)*stable|testing|unstable)(?:-updates)?$/;
const SECURITY_SUITE = /^(?:bookworm|trixie|bullseye|forky|(?:old)*stable|testing)-security$/;

interface Source {
	readonly uri: string;
	readonly suites: readonly string[];
	/** Other vendors' archives share suite names, but only Debian's has `main`. */
	readonly components: readonly string[];
}

/** @param files apt's `sources.list` and `sources.list.d/*`; sources that are no Debian archive are passed over */
export function readAptSources(files: readonly { readonly name: string; readonly text: string }[]): readonly MirrorConfig[] {
	const sources = files
		.flatMap(({ name, text }) => (name.endsWith('.sources') ? fromDeb822(text) : fromList(text)))
		.filter(({ uri, components }) => /^https?:\/\//.test(uri) && components.includes('main'));
	const pick = (pattern: RegExp): string[] => [
		...new Set(sources.filter(({ suites }) => suites.some((suite) => pattern.test(suite))).map(({ uri }) => uri.replace(/\/$/, ''))),
	];
	const security = pick(SECURITY_SUITE);
	const [fallback] = DEFAULT_MIRRORS;
	return pick(SUITE).map((archive, at) => ({ archive, security: security[at] ?? security[0] ?? fallback?.security ?? archive }));
}

function fromDeb822(text: string): Source[] {
	return parseStanzas(text)
		.filter((stanza) => /\bdeb\b/.test(stanza.get('types') ?? '') && stanza.get('enabled') !== 'no')
		.flatMap((stanza) => words(stanza.get('uris')).map((uri) => ({ uri, suites: words(stanza.get('suites')), components: words(stanza.get('components')) })));
}

/** `deb [options] uri suite component...` */
function fromList(text: string): Source[] {
	return text.split('\n').flatMap((line) => {
		const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(\S.*)$/.exec(line);
		return match === null ? [] : [{ uri: match[1] as string, suites: [match[2] as string], components: words(match[3]) }];
	});
}

function words(text: string | undefined): string[] {
	return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
