/** uv, and how it sees the user's package index. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PythonFacts } from './facts.js';
import { indexesOf } from './indexes.js';
import { targetPython } from './interpreter.js';
import { lockedUv, works } from './uv-program.js';

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
const PASSES = [...HOME, ...PIP.map((name) => `PIP_${name}`), 'PIP_DEFAULT_TIMEOUT', ...UV.map((name) => `UV_${name}`)];

export interface Uv {
	readonly program: string;
	readonly env: Readonly<Record<string, string>>;
	/** Folder of the image's Python, for PATH: what is built from source is built with it. */
	readonly python: string;
	/** Variables of the user that it sees. */
	readonly passes: readonly string[];
}

/** @throws TareError TOOL_MISSING | INSTALL_FAILED | LOCK_FROZEN */
export function findUv({ version }: PythonFacts, tools: Toolchain): Promise<Uv> {
	return tools.once('uv', async () => {
		const python = await targetPython(version, tools);
		const env = { ...uvEnvironment((await pipConfiguration(tools)) ?? {}, tools), UV_PYTHON: python.program };
		const passes = PASSES.filter((name) => !(name in env));
		return { program: await lockedUv({ env, passes }, tools), env, passes, python: dirname(python.program) };
	});
}

/** uv's own variables of the user win over pip's configuration. */
const PIP_MEANS: readonly (readonly [key: string, variable: string, others: readonly string[], separator: string])[] = [
	['index-url', 'UV_DEFAULT_INDEX', ['UV_INDEX_URL'], ' '],
	['extra-index-url', 'UV_INDEX', ['UV_EXTRA_INDEX_URL'], ' '],
	['find-links', 'UV_FIND_LINKS', [], ','],
	['trusted-host', 'UV_INSECURE_HOST', [], ' '],
	['cert', 'SSL_CERT_FILE', [], ' '],
	['no-index', 'UV_NO_INDEX', [], ' '],
];

/** Settings of no machine: no interpreter is fetched, and pip's way of choosing among indexes is kept. */
function uvEnvironment(pip: Readonly<Record<string, string>>, tools: Toolchain): Record<string, string> {
	const own = tools.passed(PASSES);
	const pairs = PIP_MEANS.flatMap(([key, variable, others, separator]) => {
		const value = (pip[key] ?? '').trim().split(/\s+/).join(separator);
		return value === '' || [variable, ...others].some((name) => own[name] !== undefined) ? [] : [[variable, value] as const];
	});
	const { indexes, env } = indexesOf(tools);
	const said = [own.UV_INDEX, Object.fromEntries(pairs).UV_INDEX, ...indexes].filter((one) => one !== undefined && one !== '');
	return {
		UV_PYTHON_DOWNLOADS: 'never',
		UV_NO_PROGRESS: '1',
		UV_INDEX_STRATEGY: 'unsafe-best-match',
		...Object.fromEntries(pairs),
		...env,
		...(said.length > 0 && { UV_INDEX: said.join(' ') }),
	};
}

const ASK_PIP = 'import subprocess,sys; open(sys.argv[1],"wb").write(subprocess.check_output([sys.executable,"-m","pip","config","list"]))';

/** What pip would use, by key; a file, because output is masked. Undefined without pip. */
async function pipConfiguration(tools: Toolchain): Promise<Readonly<Record<string, string>> | undefined> {
	const file = join(await tools.scratch('pip'), 'config');
	if (!(await works(['python3', '-c', ASK_PIP, file], PASSES, tools)) || !existsSync(file)) return undefined;
	const all: Record<string, string> = {};
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		const [, section = '', key = '', value = ''] = /^([^.]+)\.([\w-]+)=['"](.*)['"]$/.exec(line) ?? [];
		// The environment is listed first, and wins; other commands' sections do not count.
		if (['global', 'install', ':env:'].includes(section)) all[key] ??= value.replaceAll('\\n', ' ');
	}
	return all;
}
