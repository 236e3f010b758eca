/** gunicorn's control socket (from 25.1 on) is a file in the home folder, which cannot be written to: an error in the log at each start. */
import type { BuildPlan } from '../../src/builder/contract.js';
import type { Installed } from './installed.js';
import { compareVersions, parseVersion } from './versions.js';

const SINCE = [25, 1];

/** It goes to /tmp where gunicorn is started; `control_socket` of a configuration file still counts. */
export function gunicornEnvironment({ processes }: BuildPlan, dependencies: Installed | undefined): Readonly<Record<string, string>> {
	const started = processes.some(({ command }) => command.some((word) => word === 'gunicorn' || word.endsWith('/gunicorn')));
	const version = dependencies?.packages.find(({ name }) => name === 'gunicorn')?.version;
	return started && version !== undefined && compareVersions(parseVersion(version), SINCE) >= 0 ? { XDG_RUNTIME_DIR: '/tmp' } : {};
}
