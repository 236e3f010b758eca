/** uv, and how it sees the user's package index: the host's own uv, else the one that the user's pip fetches. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';

/** Where a user's tools look for configuration, credentials and caches. */
const HOME = ['HOME', 'XDG_CONFIG_HOME', 'XDG_CONFIG_DIRS', 'XDG_CACHE_HOME', 'NETRC', 'VIRTUAL_ENV', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
const PIP = [
	'INDEX_URL',
	'EXTRA_INDEX_URL',
	'FIND_LINKS',
	'NO_INDEX',
	'TRUSTED_HOST',
	'CERT',
	'CLIENT_CERT',
	'CONFIG_FILE',
	'PROXY',
	'CACHE_DIR',
	'TIMEOUT',
	'RETRIES',
];
const UV = [
	'DEFAULT_INDEX',
	'INDEX',
	'INDEX_URL',
	'EXTRA_INDEX_URL',
	'FIND_LINKS',
	'NO_INDEX',
	'INDEX_STRATEGY',
	'KEYRING_PROVIDER',
	'INSECURE_HOST',
	'NATIVE_TLS',
	'SYSTEM_CERTS',
	'CACHE_DIR',
	'CONFIG_FILE',
	'HTTP_TIMEOUT',
	'OFFLINE',
];
export const PASSES = [...HOME, ...PIP.map((name) => `PIP_${name}`), 'PIP_DEFAULT_TIMEOUT', ...UV.map((name) => `UV_${name}`)];

export interface Uv {
	readonly program: string;
	readonly env: Readonly<Record<string, string>>;
}

/** @throws TareError TOOL_MISSING | INSTALL_FAILED */
export function findUv(tools: Toolchain): Promise<Uv> {
	return tools.once('uv', async () => {
		const pip = await pipConfiguration(tools);
		const program = (await works(['uv', '--version'], tools)) ? 'uv' : await fetchUv(tools);
		return { program, env: uvEnvironment(pip ?? {}) };
	});
}

/** Settings of no machine: no interpreter is fetched, and pip's way of choosing among indexes is kept. */
function uvEnvironment(pip: Readonly<Record<string, string>>): Record<string, string> {
	const of = (name: string): string | undefined => pip[name];
	const pairs: readonly (readonly [string, string | undefined])[] = [
		['UV_DEFAULT_INDEX', of('index-url')],
		['UV_INDEX', of('extra-index-url')?.trim().split(/\s+/).join(' ')],
		['UV_FIND_LINKS', of('find-links')?.trim().split(/\s+/).join(',')],
		['UV_INSECURE_HOST', of('trusted-host')],
		['SSL_CERT_FILE', of('cert')],
		['UV_NO_INDEX', of('no-index')],
	];
	return {
		UV_PYTHON_DOWNLOADS: 'never',
		UV_NO_PROGRESS: '1',
		UV_INDEX_STRATEGY: 'unsafe-best-match',
		...Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')),
	};
}

const ASK_PIP = 'import subprocess,sys; open(sys.argv[1],"wb").write(subprocess.check_output([sys.executable,"-m","pip","config","list"]))';

/** What pip would use, by key; a file, because output is masked. Undefined without pip. */
async function pipConfiguration(tools: Toolchain): Promise<Readonly<Record<string, string>> | undefined> {
	const file = join(await tools.scratch('pip'), 'config');
	if (!(await works(['python3', '-c', ASK_PIP, file], tools)) || !existsSync(file)) return undefined;
	const all: Record<string, string> = {};
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		const [, section = '', key = '', value = ''] = /^([^.]+)\.([\w-]+)=['"](.*)['"]$/.exec(line) ?? [];
		// The environment is listed first, and wins; other commands' sections do not count.
		if (['global', 'install', ':env:'].includes(section)) all[key] ??= value.replaceAll('\\n', ' ');
	}
	return all;
}

async function works(argv: readonly string[], tools: Toolchain): Promise<boolean> {
	try {
		return (await tools.run({ step: 'tools', argv, cwd: await tools.scratch('probe'), passes: PASSES })).exitCode === 0;
	} catch (error) {
		if (error instanceof TareError && error.code === 'TOOL_MISSING') return false;
		throw error;
	}
}

/** Kept in the store. */
async function fetchUv(tools: Toolchain): Promise<string> {
	const dir = await tools.store.tree('python-tool', `uv ${tools.host.architecture}`, async (into) => {
		const argv = ['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--target', into, 'uv>=0.9'];
		const result = await pip(argv, tools);
		if (result.exitCode !== 0) throw noUv(result);
	});
	return join(dir, 'bin', 'uv');
}

async function pip(argv: readonly string[], tools: Toolchain): Promise<CommandResult> {
	try {
		return await tools.run({ step: 'uv', argv, cwd: await tools.scratch('uv'), passes: PASSES });
	} catch (error) {
		if (error instanceof TareError && error.code === 'TOOL_MISSING') throw noUv(undefined);
		throw error;
	}
}

function noUv(result: CommandResult | undefined): TareError {
	if (result !== undefined && !/No module named pip/.test(result.tail))
		return new TareError('INSTALL_FAILED', 'pip could not fetch uv, which installs Python packages', {
			hint: 'The lines above are from pip. Install uv yourself, or correct the package index in pip.conf.',
			data: { output: result.tail },
		});
	return new TareError('TOOL_MISSING', 'installing Python packages needs uv, or Python 3 with pip to fetch it; neither is on PATH', {
		hint: "Install uv (`pipx install uv`, or your system's package), or Python 3.8 or newer with pip (Debian: apt install python3-pip).",
	});
}
