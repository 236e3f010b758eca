/** What is compiled for: a static program where the host can make one, else one for the C library of the base. */
import { existsSync } from 'node:fs';
import { TareError } from '../../src/errors.js';
import { formatPlatform } from '../../src/oci/platform.js';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import { type Rustc, runRust } from './cargo.js';
import type { RustFacts } from './plan.js';

export interface Target {
	readonly triple: string;
	/** It links to the C library. */
	readonly glibc: boolean;
	readonly env: Readonly<Record<string, string>>;
}

const PROCESSORS: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** @param compilesC crates bring C code @throws TareError TOOL_MISSING | PLATFORM_INVALID */
export async function chooseTarget(platform: Platform, compilesC: boolean, rustc: Rustc, cwd: string, tools: Toolchain, facts: RustFacts): Promise<Target> {
	const processor = PROCESSORS[platform.architecture];
	if (processor === undefined)
		throw new TareError('PLATFORM_INVALID', `Rust programs are not built for ${formatPlatform(platform)}`, { hint: 'Platforms: linux/amd64, linux/arm64.' });
	const native = tools.host.os === platform.os && tools.host.architecture === platform.architecture;
	const installed = async (triple: string): Promise<boolean> => {
		const { exitCode, tail } = await runRust(
			tools,
			{ step: 'rustc', argv: ['rustc', '--print', 'target-libdir', '--target', triple], cwd, env: { ...rustc.env, ...facts.env } },
			facts,
		);
		return exitCode === 0 && existsSync(tail.trim());
	};
	const [musl, gnu] = [`${processor}-unknown-linux-musl`, `${processor}-unknown-linux-gnu`];
	if ((await installed(musl)) && (!compilesC || (await has(`${processor}-linux-musl-gcc`, tools)) || (native && (await has('musl-gcc', tools)))))
		return { triple: musl, glibc: false, env: native ? {} : { [variable(musl, 'LINKER')]: 'rust-lld' } };
	if (native) return { triple: gnu, glibc: true, env: {} };
	const linker = `${processor}-linux-gnu-gcc`;
	const [library, compiler] = [await installed(gnu), await has(linker, tools)];
	if (library && compiler) return { triple: gnu, glibc: true, env: { [variable(gnu, 'LINKER')]: linker, [`CC_${gnu.replaceAll('-', '_')}`]: linker } };
	const gcc = compiler ? undefined : `gcc-${processor.replace('_', '-')}-linux-gnu`;
	throw new TareError('TOOL_MISSING', `this machine cannot build Rust programs for ${formatPlatform(platform)}`, {
		hint: compilesC ? hintForC(library ? undefined : gnu, gcc) : `Run \`rustup target add ${musl}\`${library ? `, or install ${gcc}` : ''}.`,
	});
}

/** What is missing of both. */
function hintForC(target: string | undefined, gcc: string | undefined): string {
	if (target === undefined) return `Install ${gcc}.`;
	return `Run \`rustup target add ${target}\`${gcc === undefined ? '' : ` and install ${gcc}`}.`;
}

function variable(triple: string, name: string): string {
	return `CARGO_TARGET_${triple.replaceAll('-', '_').toUpperCase()}_${name}`;
}

async function has(program: string, tools: Toolchain): Promise<boolean> {
	try {
		return (await tools.run({ step: program, argv: [program, '--version'], cwd: await tools.workspace() })).exitCode === 0;
	} catch (error) {
		if (error instanceof TareError && error.code === 'TOOL_MISSING') return false;
		throw error;
	}
}
