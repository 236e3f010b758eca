/** Does the package manager run `pre...` and `post...` of any script by itself? */
import { minVersion } from 'semver';
import type { FileIndex } from '../../../src/source/file-index.js';
import { npmSetting } from '../npmrc.js';
import type { Installer } from '../package-managers/installer.js';

/** npm, Yarn 1 and Bun do; Yarn 2 and later does not; pnpm does from version 9 on, or as it is set (https://pnpm.io/settings#enableprepostscripts). */
export function runsHooks(root: FileIndex, installer: Installer | undefined): boolean {
	const id = installer?.manager.id ?? 'npm';
	if (id === 'yarn-berry') return false;
	if (id === 'npm') return npmSetting(root, 'ignore-scripts')?.value !== 'true';
	if (id !== 'pnpm') return true;
	const set = npmSetting(root, 'enable-pre-post-scripts')?.value ?? /^enablePrePostScripts:\s*(true|false)/m.exec(root.text('pnpm-workspace.yaml') ?? '')?.[1];
	return set === undefined ? (minVersion(installer?.range ?? '*')?.major ?? 9) >= 9 : set === 'true';
}
