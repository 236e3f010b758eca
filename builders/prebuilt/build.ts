/** The folder becomes one layer; nothing is run. */
import type { AppContent, BuildPlan } from '../../src/builder/contract.js';
import { launcherEntry } from '../../src/builder/launcher/launcher.js';
import { TareError } from '../../src/errors.js';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import { sourceFileEntries } from '../../src/source/entries.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PrebuiltFacts } from './plan.js';

/** @throws TareError WRONG_ARCHITECTURE */
export async function buildPrebuilt(plan: BuildPlan, platform: Platform, { source, rules, contentHash }: Toolchain): Promise<AppContent> {
	const { program, architecture, launches } = plan.facts as unknown as PrebuiltFacts;
	if (architecture !== undefined && architecture !== platform.architecture)
		throw new TareError(
			'WRONG_ARCHITECTURE',
			`${program.slice('/app/'.length)} is built for ${architecture}, and the image is for ${formatPlatform(platform)}`,
			{
				hint: `Ask for what it is built for, --platform ${platform.os}/${architecture}, or name a folder with a program for ${platform.architecture}.`,
			},
		);
	const shipped = source.files.filter(({ path }) => !rules.unshipped(path));
	const entries = async () => [...sourceFileEntries(source.root, shipped, { into: 'app', hash: contentHash }), ...(launches ? [launcherEntry(platform)] : [])];
	return {
		layers: [{ name: 'app', purpose: 'app', entries }],
		config: {},
		packages: [],
	};
}
