/** Where a version of yarn is, when the usual npm package does not have it. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import type { ToolChoice } from './contract.js';

/** https://yarnpkg.com/configuration/yarnrc#yarnPath, and the same setting of yarn 1 (https://classic.yarnpkg.com/lang/en/docs/yarnrc/). */
const SETTINGS: readonly (readonly [file: string, pattern: RegExp])[] = [
	['.yarnrc.yml', /^[^\S\n]*yarnPath:\s*["']?([^\s"'#]+)/m],
	['.yarnrc', /^[^\S\n]*yarn-path\s+"?([^\s"]+)/m],
];
/** Of the versions from 2 on, npm's `yarn` has one that `@yarnpkg/cli-dist` lacks; some were never published there, and the next one is taken. */
const IN_YARN = '2.4.3';
const NEVER_PUBLISHED: Readonly<Record<string, string>> = { '3.8.4': '3.8.5', '4.10.0': '4.10.1' };

/** The release that the project brings is the one that its team uses; where the file is not there, npm has it. */
export function vendoredYarn(source: FileIndex): ToolChoice | undefined {
	for (const [settings, pattern] of SETTINGS) {
		const text = source.text(settings) ?? '';
		const match = pattern.exec(text);
		const file = match?.[1]?.replace(/^\.\//, '');
		if (match === null || file === undefined) continue;
		const version = /(\d+\.\d+\.\d+)\.[cm]?js$/.exec(file)?.[1];
		const reason = {
			file: settings,
			line: text.slice(0, match.index).split('\n').length,
			says: `yarnPath names ${version === undefined ? file : `yarn ${version}`}`,
		};
		if (source.has(file)) return { range: version ?? '*', reason, file };
		if (version !== undefined) return published(version, reason);
	}
	return undefined;
}

export function published(version: string, reason: Reason): ToolChoice {
	if (version === IN_YARN) return { range: version, reason, tool: 'yarn' };
	const next = NEVER_PUBLISHED[version];
	if (next === undefined) return { range: version, reason };
	return { range: next, reason, warnings: [{ ...reason, says: `yarn ${version} is not in the npm registry: installs with ${next}` }] };
}

/** 1 or 2 and later, by the file that a setting names. */
export function vendoredGeneration(source: FileIndex): 'yarn' | 'yarn-berry' | undefined {
	const range = vendoredYarn(source)?.range;
	return range === undefined || range === '*' ? undefined : range.startsWith('1.') ? 'yarn' : 'yarn-berry';
}
