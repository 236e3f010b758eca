/** The pivot of every way to declare dependencies: a list that fixes each version, from which packages are installed as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/oci/types.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { PythonFacts } from './facts.js';
import { installFailure } from './failures.js';
import { targetPython } from './interpreter.js';
import { readable, readRequirements } from './requirements.js';
import { withTwins } from './twins.js';
import { findUv, PASSES } from './uv.js';

/** @returns lines of requirements; '' when there is nothing to install @throws TareError INSTALL_FAILED */
export function pinnedList(facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<string> {
	const { origin, adds } = facts;
	return tools.once(`pinned ${platform.architecture}`, async () => withTwins(joinedLines(await pinnedText())));
	async function pinnedText(): Promise<string> {
		switch (origin.kind) {
			case 'none':
				return joined(adds);
			case 'pinned':
				return joined([...origin.lines, ...adds]);
			case 'uv':
				return joined([...(await exportUv(facts, tools)), ...adds]);
			case 'resolve':
				return resolve(facts, origin.files, [...origin.lines, ...adds], platform, tools);
		}
	}
}

/** A requirement and its hashes on one line. */
function joinedLines(text: string): string {
	return text.replace(/\\\r?\n\s*/g, '');
}

function joined(lines: readonly string[]): string {
	return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

async function exportUv(facts: PythonFacts, tools: Toolchain): Promise<readonly string[]> {
	const out = join(await tools.scratch('export'), 'pinned.txt');
	const flags = [
		'--frozen',
		'--no-dev',
		'--no-default-groups',
		'--no-emit-project',
		'--no-editable',
		'--no-header',
		'--no-annotate',
		'--format',
		'requirements-txt',
	];
	await uv('lock', ['export', ...flags, '--output-file', out], facts, tools);
	return readFileSync(out, 'utf8')
		.split('\n')
		.filter((line) => line.trim() !== '');
}

async function resolve(facts: PythonFacts, files: readonly string[], lines: readonly string[], platform: Platform, tools: Toolchain): Promise<string> {
	const [workspace, dir] = [await tools.workspace(), await tools.scratch('resolve')];
	const inputs = files.map((file) => join(workspace, file));
	// Texts of an editor that writes UTF-16 are read as their author meant them.
	for (const file of included(files, tools).map((path) => join(workspace, path))) rewriteReadable(file);
	const own = join(workspace, '.tare-requirements.in');
	if (lines.length > 0) writeFileSync(own, withTwins(joined(lines)));
	const out = join(dir, 'pinned.txt');
	const hashes = facts.origin.kind === 'resolve' && facts.origin.hashed ? ['--generate-hashes'] : [];
	const args = [
		'pip',
		'compile',
		...hashes,
		'--no-header',
		'--no-annotate',
		'--no-strip-markers',
		...inputs,
		...(lines.length > 0 ? [own] : []),
		'--output-file',
		out,
	];
	const kept = ['--emit-index-url', '--emit-find-links'];
	await install('resolve', [...args, ...kept], facts, platform, tools);
	return readFileSync(out, 'utf8');
}

function included(files: readonly string[], { source }: Toolchain): readonly string[] {
	return [...new Set(files.flatMap((file) => readRequirements(source, file).files))];
}

function rewriteReadable(file: string): void {
	if (!existsSync(file)) return;
	const text = readFileSync(file, 'utf8');
	const plain = withTwins(joinedLines(readable(text).replace(/^\uFEFF/, '')));
	if (plain !== text) writeFileSync(file, plain);
}

/** Wheels alone first; what has none is built. @throws TareError INSTALL_FAILED */
export async function install(step: string, args: readonly string[], facts: PythonFacts, platform: Platform, tools: Toolchain): Promise<void> {
	const { version, manylinux } = facts;
	const machine = platform.architecture === 'arm64' ? 'aarch64' : 'x86_64';
	const target = ['--python-version', version, '--python-platform', `${machine}-${manylinux}`];
	const wheels = await run(step, [...args, ...target, '--only-binary', ':all:'], facts, tools);
	if (wheels.exitCode === 0) return;
	// Python alone, built anywhere, runs everywhere; what was compiled for this machine is refused by its tags.
	const elsewhere = platform.architecture === tools.host.architecture ? undefined : `linux/${platform.architecture}`;
	const built = await run(step, [...args, ...target], facts, tools);
	if (built.exitCode !== 0) throw installFailure(built.tail, facts, elsewhere);
}

async function uv(step: string, args: readonly string[], facts: PythonFacts, tools: Toolchain): Promise<void> {
	const result = await run(step, args, facts, tools);
	if (result.exitCode !== 0) throw installFailure(result.tail, facts, undefined);
}

async function run(step: string, args: readonly string[], facts: PythonFacts, tools: Toolchain) {
	const [{ program, env }, python] = [await findUv(tools), await targetPython(facts.version, tools)];
	const credentials = facts.indexes.flatMap((name) =>
		['USERNAME', 'PASSWORD'].map((what) => `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_${what}`),
	);
	return tools.run({
		step,
		argv: [program, ...args],
		cwd: await tools.workspace(),
		env: { ...env, UV_PYTHON: python.program, ...facts.buildEnv },
		passes: [...PASSES.filter((name) => env[name] === undefined), ...credentials],
	});
}
