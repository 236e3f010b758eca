/** The input key: everything that an image depends on. Equal keys mean that nothing has to run. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Prepared } from '../builder/prepare.js';
import type { BuildRequest } from '../config/request.js';
import type { Digest } from '../oci/digest.js';
import { stableJson } from '../stable-json.js';
import { VERSION } from '../version.js';
import type { Fingerprint } from './fingerprint.js';

/** What is remembered of a build under its input key. */
export interface KnownBuild {
	readonly digest: Digest;
}

/** @param lock text of tare.lock @param env of the host, for what `inputs` of the builder names */
export function inputKey({ plan, builder }: Prepared, { digest }: Fingerprint, lock: string, request: BuildRequest, env: HostVariables): string {
	const { hostTools, hostFolders = [] } = builder.inputs(plan);
	const { platforms, env: variables, labels, annotations, user, ports, compression, epoch, secrets, buildEnv, assets, customBuilders } = request;
	const inputs = {
		// Another version may plan, pack or assemble differently.
		version: VERSION,
		source: digest,
		lock,
		// Detection, configuration and start command in one value.
		plan,
		request: { platforms, env: variables, labels, annotations, user, ports, compression, epoch, buildEnv, assets },
		custom: customBuilders.filter(({ id }) => id === builder.id),
		// Names only: a value would put a secret's hash on disk.
		secrets: [...Object.keys(secrets.env), ...Object.keys(secrets.files)].sort(),
		hostTools: hostTools.map((tool) => [tool, identityOf(tool, env.PATH ?? '')]),
		hostFolders: hostFolders.map((name) => [name, folderIdentity(name, env)]),
	};
	return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

type HostVariables = Readonly<Record<string, string | undefined>>;

/** What installers of toolchains write anew. */
const PARTS = ['bin', 'release', 'update-hashes', 'settings.toml'];

/** Place and times of the folder's parts: a toolchain that is replaced in its place has others. */
function folderIdentity(name: string, env: HostVariables): string {
	const [variable = '', ...rest] = name.split('/');
	const value = env[variable];
	if (value === undefined || value === '') return 'none';
	const folder = join(value, ...rest);
	return [folder, ...PARTS.map((part) => statSync(join(folder, part), { throwIfNoEntry: false })?.mtimeMs ?? 'none')].join(' ');
}

/** Size and time of the program that the name stands for: a new compiler has others. */
function identityOf(tool: string, path: string): string {
	for (const folder of path.split(delimiter)) {
		try {
			const { size, mtimeMs } = statSync(join(folder, tool));
			return `${size} ${mtimeMs}`;
		} catch {
			// Not in this folder.
		}
	}
	return 'none';
}
