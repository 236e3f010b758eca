/**
 * The uv that packages are installed with: one version, kept in tare.lock with its hashes, whatever the machine has. What another version
 * would choose, build or write cannot reach the image.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../../src/errors.js';
import type { CommandResult, Toolchain } from '../../src/toolchain/contract.js';

/** The oldest whose options are used here. */
const RANGE = 'uv>=0.9';

export interface Surroundings {
	readonly env: Readonly<Record<string, string>>;
	readonly passes: readonly string[];
}

/** @returns name on PATH, or path @throws TareError TOOL_MISSING | INSTALL_FAILED | LOCK_FROZEN */
export async function lockedUv(around: Surroundings, tools: Toolchain): Promise<string> {
	const host = await hostVersion(around, tools);
	const lines = await tools.choose({
		name: 'uv',
		question: RANGE,
		make: async () => newest(host === undefined ? await fetched(around, tools) : 'uv', around, tools),
	});
	if (host !== undefined && lines.some((line) => line.startsWith(`uv==${host} `))) return 'uv';
	const key = createHash('sha256').update(lines.join('\n')).digest('hex');
	return inTree(
		`${key} ${tools.host.architecture}`,
		async (into, requirements) => {
			writeFileSync(requirements, `${lines.join('\n')}\n`);
			const hashed = ['install', '--quiet', '--require-hashes', '--no-deps', '--target', into, '-r', requirements];
			return (await hasPip(around, tools)) ? pip(hashed, around, tools) : run(['uv', 'pip', ...hashed], around, tools);
		},
		tools,
	);
}

async function hostVersion({ passes }: Surroundings, tools: Toolchain): Promise<string | undefined> {
	const result = await attempt(['uv', '--version'], passes, tools);
	return result?.exitCode === 0 ? /^uv (\S+)/m.exec(result.tail)?.[1] : undefined;
}

/** With the hashes of its files for every platform. */
async function newest(program: string, around: Surroundings, tools: Toolchain): Promise<readonly string[]> {
	const dir = await tools.scratch('uv');
	const [asked, out] = [join(dir, 'uv.in'), join(dir, 'uv.txt')];
	writeFileSync(asked, `${RANGE}\n`);
	const argv = [program, 'pip', 'compile', '--quiet', '--no-deps', '--generate-hashes', '--no-header', '--no-annotate', asked, '--output-file', out];
	const result = await run(argv, around, tools);
	if (result.exitCode !== 0) throw noUv(result);
	return [
		readFileSync(out, 'utf8')
			.replace(/\s*\\\n\s*/g, ' ')
			.trim(),
	];
}

/** Any uv, to ask which is the newest. */
function fetched(around: Surroundings, tools: Toolchain): Promise<string> {
	const argv = ['install', '--quiet', '--no-deps', '--target'];
	return inTree(`uv ${tools.host.architecture}`, async (into) => pip([...argv, into, RANGE], around, tools), tools);
}

/** Kept in the store. */
async function inTree(key: string, install: (into: string, requirements: string) => Promise<CommandResult>, tools: Toolchain): Promise<string> {
	const dir = await tools.store.tree('python-tool', key, async (into) => {
		const result = await install(into, join(await tools.scratch('uv'), 'uv.txt'));
		if (result.exitCode !== 0) throw noUv(result);
	});
	return join(dir, 'bin', 'uv');
}

function hasPip({ passes }: Surroundings, tools: Toolchain): Promise<boolean> {
	return works(['python3', '-m', 'pip', '--version'], passes, tools);
}

export async function works(argv: readonly string[], passes: readonly string[], tools: Toolchain): Promise<boolean> {
	return (await attempt(argv, passes, tools))?.exitCode === 0;
}

/** Undefined when there is no such program. */
async function attempt(argv: readonly string[], passes: readonly string[], tools: Toolchain): Promise<CommandResult | undefined> {
	try {
		return await tools.run({ step: 'tools', argv, cwd: await tools.scratch('probe'), passes });
	} catch (error) {
		if (error instanceof TareError && error.code === 'TOOL_MISSING') return undefined;
		throw error;
	}
}

async function pip(args: readonly string[], { passes }: Surroundings, tools: Toolchain): Promise<CommandResult> {
	// The variables of uv's environment say to uv what pip knows by itself.
	const result = await attempt(['python3', '-m', 'pip', '--disable-pip-version-check', ...args], passes, tools);
	if (result === undefined) throw noUv(undefined);
	return result;
}

async function run(argv: readonly string[], { env, passes }: Surroundings, tools: Toolchain): Promise<CommandResult> {
	return tools.run({ step: 'uv', argv, cwd: await tools.scratch('uv'), env, passes });
}

function noUv(result: CommandResult | undefined): TareError {
	if (result !== undefined && !/No module named pip/.test(result.tail))
		return new TareError('INSTALL_FAILED', 'uv, which installs Python packages, could not be fetched from the package index', {
			hint: 'The lines above say why. Correct the package index in pip.conf; an index without uv needs it, too.',
			data: { output: result.tail },
		});
	return new TareError('TOOL_MISSING', 'installing Python packages needs uv, or Python 3 with pip to fetch it; neither is on PATH', {
		hint: "Install uv (`pipx install uv`, or your system's package), or Python 3.8 or newer with pip (Debian: apt install python3-pip).",
	});
}
