/** Which files of the source folder count, and which of those may be shipped. */
import dockerignore from '@balena/dockerignore';
import { messageOf, TareError } from '../errors.js';
import { globMatcher } from './glob.js';

/** Folders that are never source: version control, installed packages, our own output. */
const NEVER_SOURCE = new Set(['.git', '.hg', '.svn', 'node_modules', '.bzr', '__pycache__', '.venv']);
/** Of those, what is left out even where a folder is shipped as it is. */
const VERSION_CONTROL = new Set(['.git', '.hg', '.svn', '.bzr']);
const NEVER_SOURCE_FILES = /^(?:\.DS_Store|Thumbs\.db|tare\.lock)$/;
/** Secrets, editors' and tests' leftovers, build recipes: present while building, never in an image. */
const NEVER_SHIPPED =
	/(?:^|\/)(?:\.env(?:\..*|rc)?|\.npmrc|\.yarnrc|\.netrc|\.git(?:ignore|attributes|modules|keep)|\.github|\.gitlab-ci\.yml|\.circleci|\.travis\.yml|\.vscode|\.idea|\.editorconfig|\.husky|\.dockerignore|\.tareignore|tare\.ya?ml|Dockerfile(?:\..*)?|Containerfile|(?:docker-)?compose(?:\..*)?\.ya?ml|coverage|\.nyc_output|npm-debug\.log.*|id_(?:rsa|dsa|ecdsa|ed25519)(?:\.pub)?|.*\.(?:p12|pfx|jks|keystore|tsbuildinfo))(?:\/|$)/;
/** Example files of environment variables hold no secret. */
const HARMLESS = /(?:^|\/)\.env\.(?:example|sample|template|defaults?)$/;

export interface IgnoreRules {
	ignores(path: string): boolean;
	/** True when nothing below the folder can count. */
	prunes(folder: string): boolean;
	/** True for source that stays out of images; the user's `!pattern` lines bring it back. */
	unshipped(path: string): boolean;
	/** The file the user's patterns come from, for messages. */
	readonly file?: string;
}

export interface IgnoreOptions {
	/** Where the patterns stand, for messages. */
	readonly file?: string;
	readonly extra?: readonly string[];
	/** Installed packages count, too: the folder is no source but an app. */
	readonly asIs?: boolean;
}

/** More in one line are matched by code of ours. */
const WILDCARDS = 3;

interface PatternSet {
	ignores(path: string): boolean;
}

/**
 * The built-in rules plus the user's patterns in `.dockerignore` syntax
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 */
export function ignoreRules(patterns: readonly string[], options: IgnoreOptions = {}): IgnoreRules {
	const lines = [...patterns, ...(options.extra ?? [])].map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
	const user = lines.length === 0 ? undefined : compile(lines, options.file);
	const negated = lines.some((line) => line.startsWith('!'));
	const revived = negated ? compile(['**', ...lines], options.file) : undefined;
	const revives = (path: string): boolean => revived !== undefined && !revived.ignores(path);
	const never = options.asIs === true ? VERSION_CONTROL : NEVER_SOURCE;
	return {
		...(options.file !== undefined && { file: options.file }),
		ignores: (path) => NEVER_SOURCE_FILES.test(basename(path)) || (user?.ignores(path) ?? false),
		// A pattern such as !dir/file can bring a file back from an ignored folder.
		prunes: (folder) => never.has(basename(folder)) || (!negated && (user?.ignores(folder) ?? false)),
		unshipped: (path) => NEVER_SHIPPED.test(path) && !HARMLESS.test(path) && !revives(path),
	};
}

function basename(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

/** @throws TareError CONFIG_INVALID for a pattern that cannot be matched, such as `[` */
function compile(lines: readonly string[], file: string | undefined): PatternSet {
	// The module's types name a default export that its code does not have.
	const create = dockerignore as unknown as () => PatternSet & { add(lines: readonly string[]): PatternSet };
	for (const line of lines) {
		try {
			create().add([line]).ignores('x');
		} catch (cause) {
			throw new TareError('CONFIG_INVALID', `"${line}" is not an ignore pattern: ${messageOf(cause)}`, {
				hint: 'Correct or remove the line; a "[" that is meant as such is written "\\\\[".',
				...(file !== undefined && { at: { file } }),
				cause,
			});
		}
	}
	if (!lines.some(hasManyWildcards)) return create().add(lines);
	const rules = lines.map((line) => {
		const shows = line.startsWith('!');
		const pattern = (shows ? line.slice(1) : line).trim();
		const single = create().add([pattern]);
		const matches = hasManyWildcards(line) ? globMatcher(pattern) : (path: string) => single.ignores(path);
		return { shows, matches };
	});
	return { ignores: (path) => rules.reduce((ignored, { shows, matches }) => (matches(path) ? !shows : ignored), false) };
}

/** The module's expressions take time that grows with the path's length to the power of the wildcards. */
function hasManyWildcards(line: string): boolean {
	return (line.match(/\*+/g)?.length ?? 0) > WILDCARDS;
}
