/**
 * How each package manager is asked for another platform's packages. Measured with every line of versions: the older ones know no such option,
 * or take it and install for the host all the same.
 */
import { intersects } from 'semver';

/**
 * `flags`: options of the command line.
 * `claim`: the tool is a program for Node, and Node tells it that it runs on the target.
 * `newer`: neither is possible; a newer version of the tool installs for other platforms, with the same lock file. It does not read Bun 1.1's of a workspace: then it fails.
 */
export type Way = 'flags' | 'claim' | 'newer';

const WAYS: Readonly<Record<string, readonly (readonly [versions: string, way: Way])[]>> = {
	// 10.0 and 10.1 branched off before 9.9.
	npm: [
		['>=9.9.0 <10.0.0 || >=10.2.0', 'flags'],
		['*', 'claim'],
	],
	pnpm: [
		['>=10.14.0', 'flags'],
		['*', 'claim'],
	],
	yarn: [['*', 'claim']],
	// `supportedArchitectures` came with 3.2, in .yarnrc.yml only.
	'yarn-berry': [['*', 'claim']],
	bun: [
		['>=1.2.23', 'flags'],
		['*', 'newer'],
	],
};

/** The range of versions that `newer` takes. */
export const NEWER_BUN = '>=1.2.23 <2';

/** @param version of the tool; of a range, of which the newest is taken, the way of its upper end */
export function wayToTarget(manager: string, version: string): Way {
	return WAYS[manager]?.find(([versions]) => intersects(versions, version))?.[1] ?? 'claim';
}

/** For install scripts that fetch a binary (https://github.com/prebuild/prebuild-install#custom-npm_config-options). @param architecture as Node writes it */
export function foreignEnvironment(architecture: string): Readonly<Record<string, string>> {
	return { npm_config_arch: architecture, npm_config_platform: 'linux' };
}

/** A module that Node loads before the tool; what the tool starts itself is not told. */
export function claimProgram(architecture: string): string {
	return `'use strict';
Object.defineProperty(process, 'platform', { value: 'linux', enumerable: true, configurable: true });
Object.defineProperty(process, 'arch', { value: ${JSON.stringify(architecture)}, enumerable: true, configurable: true });
`;
}
