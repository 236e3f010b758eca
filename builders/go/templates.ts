/** ko's templates in flags and variables: https://ko.build/configuration/#templating-support */
import { TareError } from '../../src/errors.js';
import type { Commit } from '../../src/source/commit.js';

/** What templates are filled from. */
export interface TemplateValues {
	/** Variables of the build. */
	readonly env: Readonly<Record<string, string>>;
	/** Asked for only by a template that names it: what it says changes the image with every commit. */
	readonly commit?: () => Commit | undefined;
	/** The time that stands in the image, in seconds; default 0. */
	readonly epoch?: number;
}

const UNKNOWN = 'unknown';
const SHORT = 7;
const TEMPLATE = /\{\{\s*\.?([\w.]+)\s*\}\}/g;
const COMMIT = ['FullCommit', 'ShortCommit', 'Branch', 'Tag', 'CommitDate', 'CommitTimestamp'].map((name) => `Git.${name}`);
const TIMES = ['Date', 'Timestamp'];

/** @throws TareError CONFIG_INVALID for a variable that the build does not have */
export function fillTemplate(text: string, { env, commit, epoch = 0 }: TemplateValues, file: string): string {
	return text.replace(TEMPLATE, (whole, name: string) => {
		if (COMMIT.includes(name)) return ofCommit(name.slice('Git.'.length), commit?.()) ?? UNKNOWN;
		if (TIMES.includes(name)) return name === 'Date' ? dateOf(epoch) : String(epoch);
		const variable = /^Env\.(\w+)$/.exec(name)?.[1];
		if (variable === undefined) return UNKNOWN;
		const value = env[variable];
		if (value !== undefined) return value;
		throw new TareError('CONFIG_INVALID', `${file} has ${whole}, and the build has no variable ${variable}`, {
			hint: `Give it: --build-env ${variable}=VALUE.`,
			at: { file },
		});
	});
}

function ofCommit(name: string, commit: Commit | undefined): string | undefined {
	const { id, branch, tag, time } = commit ?? {};
	const values: Readonly<Record<string, string | undefined>> = {
		FullCommit: id,
		ShortCommit: id?.slice(0, SHORT),
		Branch: branch,
		Tag: tag,
		...(time !== undefined && { CommitDate: dateOf(time), CommitTimestamp: String(time) }),
	};
	return values[name];
}

/** RFC 3339, in UTC. */
function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** What the user should know of the templates in a text. */
export function templateWarnings(text: string, epoch = 0): readonly string[] {
	const names = [...new Set([...text.matchAll(TEMPLATE)].map(([, name = '']) => name))];
	const times = names.filter((name) => TIMES.includes(name));
	const others = names.filter((name) => !COMMIT.includes(name) && !TIMES.includes(name) && !/^Env\.\w+$/.test(name));
	return [
		...(names.some((name) => COMMIT.includes(name)) ? ['a template names the commit: the image is another one with every commit'] : []),
		...(times.length > 0
			? [`${times.join(' and ')} of a template: ${dateOf(epoch)}, which SOURCE_DATE_EPOCH sets, and not the clock's, so that a build can be repeated`]
			: []),
		...(others.length > 0 ? [`templates that become "${UNKNOWN}": ${others.join(', ')}`] : []),
	];
}
