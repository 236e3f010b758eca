/** The input key: everything that an image depends on. Equal keys mean that nothing has to run. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Prepared } from '../builder/prepare.js';
import type { Host } from '../config/host.js';
import type { BuildRequest } from '../config/request.js';
import type { Digest } from '../oci/digest.js';
import { stableJson } from '../stable-json.js';
import { BUILD } from '../version.js';
import type { Fingerprint } from './fingerprint.js';

/** What is remembered of a build under its input key. */
export interface KnownBuild {
	readonly digest: Digest;
}

/**
 * The key of this machine, by times and sizes of its tools, and where store or cache go to others one that holds there, by their contents.
 * @param lock text of tare.lock
 */
export function inputKeys(prepared: Prepared, prints: Fingerprint, lock: string, request: BuildRequest, host: Host): readonly string[] {
	const own = inputKey(prepared, prints, lock, request, localTools(prepared, host.env));
	if (!request.portable) return [own];
	return [own, inputKey(prepared, prints, lock, request, { ...sharedTools(prepared, host.env), platform: host.platform })];
}

function inputKey({ plan, builder }: Prepared, { digest }: Fingerprint, lock: string, request: BuildRequest, tools: object): string {
	const {
		format,
		platforms,
		env: variables,
		labels,
		annotations,
		user,
		ports,
		compression,
		epoch,
		secrets,
		buildEnv,
		assets,
		customBuilders,
		extensions,
	} = request;
	const inputs = {
		// Another Tare may plan, pack or assemble differently.
		build: BUILD,
		source: digest,
		lock,
		// Detection, configuration and start command in one value.
		plan,
		request: {
			...(format !== 'oci' && { format }),
			platforms,
			env: variables,
			labels,
			annotations,
			...ofIndex(request),
			user,
			ports,
			compression,
			epoch,
			buildEnv,
			assets,
		},
		custom: customBuilders.filter(({ id }) => id === builder.id),
		...(extensions.length > 0 && { extensions: extensions.map(({ identity }) => identity) }),
		// Names only: a value would put a secret's hash on disk.
		secrets: [...Object.keys(secrets.env), ...Object.keys(secrets.files)].sort(),
		...tools,
	};
	return createHash('sha256').update(stableJson(inputs)).digest('hex');
}

function ofIndex({ platforms, indexAnnotations }: BuildRequest): Partial<BuildRequest> {
	return platforms.length > 1 && Object.keys(indexAnnotations).length > 0 ? { indexAnnotations } : {};
}

type HostVariables = Readonly<Record<string, string | undefined>>;

function localTools({ plan, builder }: Prepared, env: HostVariables) {
	const { hostTools, hostFolders = [] } = builder.inputs(plan);
	return {
		hostTools: hostTools.map((tool) => [tool, identityOf(tool, env.PATH ?? '')]),
		hostFolders: hostFolders.map((name) => [name, folderIdentity(name, env)]),
	};
}

function sharedTools({ plan, builder }: Prepared, env: HostVariables) {
	const { hostTools, hostFolders = [] } = builder.inputs(plan);
	return {
		hostTools: hostTools.map((tool) => [tool, contentOf(find(tool, env.PATH ?? ''))]),
		hostFolders: hostFolders.map((name) => {
			const folder = folderOf(name, env);
			return [name, folder === undefined ? 'none' : PARTS.map((part) => contentOf(join(folder, part)))];
		}),
	};
}

/** What installers of toolchains write anew. */
const PARTS = ['bin', 'release', 'update-hashes', 'settings.toml'];

/** Place and times of the folder's parts: a toolchain that is replaced in its place has others. */
function folderIdentity(name: string, env: HostVariables): string {
	const folder = folderOf(name, env);
	if (folder === undefined) return 'none';
	return [folder, ...PARTS.map((part) => statSync(join(folder, part), { throwIfNoEntry: false })?.mtimeMs ?? 'none')].join(' ');
}

function folderOf(name: string, env: HostVariables): string | undefined {
	const [variable = '', ...rest] = name.split('/');
	const value = env[variable];
	return value === undefined || value === '' ? undefined : join(value, ...rest);
}

/** Size and time of the program that the name stands for: a new compiler has others. */
function identityOf(tool: string, path: string): string {
	const file = find(tool, path);
	if (file === undefined) return 'none';
	const { size, mtimeMs } = statSync(file);
	return `${size} ${mtimeMs}`;
}

function find(tool: string, path: string): string | undefined {
	return path
		.split(delimiter)
		.map((folder) => join(folder, tool))
		.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Of a file its hash, of a folder the names and sizes in it. */
function contentOf(path: string | undefined): string {
	const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
	if (path === undefined || stat === undefined) return 'none';
	if (stat.isFile()) return createHash('sha256').update(readFileSync(path)).digest('hex');
	if (!stat.isDirectory()) return 'none';
	return readdirSync(path)
		.sort()
		.map((name) => `${name} ${statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 'none'}`)
		.join(',');
}
