/** An app that runs on Bun as one program, the runtime in it (https://bun.com/docs/bundler/executables). */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LayerSpec } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { imagePath } from '../../../src/layers/entry.js';
import type { Platform } from '../../../src/oci/types.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { nodeArchitecture } from '../package-managers/target.js';
import { entryFile } from '../start/entry.js';
import type { Staged } from './stage.js';

/** Where an administrator would put a program (FHS 3.0, 4.9): nothing of the app's lies there. */
const PLACE = 'usr/local/bin/app';
/** Inside the program these name places that hold no other files. */
const HAZARD = /\b__dirname\b|\b__filename\b|\bimport\.meta\.(?:url|dir|dirname|path|filename|file)\b/;

export interface Executable {
	readonly layer: LayerSpec;
	readonly command: readonly string[];
	/** Paths in the image of the app's files that are in the program now. */
	readonly replaced: ReadonlySet<string>;
}

/** @throws TareError OPTIMIZATION_FAILED */
export async function makeExecutable({ stage, command, workingDir }: Staged, platform: Platform, tools: Toolchain): Promise<Executable> {
	const entry = entryFile(command) ?? '';
	const cwd = join(stage, workingDir);
	const out = join(await tools.scratch('executable'), 'app');
	const [host, target] = [await tools.runtime('bun'), await tools.runtime('bun', platform.architecture)];
	const argv = [
		join(host.bin, 'bun'),
		'build',
		`./${entry}`,
		'--compile',
		`--target=bun-linux-${nodeArchitecture(platform.architecture)}`,
		`--compile-executable-path=${join(target.bin, 'bun')}`,
		`--outfile=${out}`,
		`--metafile=${out}.json`,
	];
	const { exitCode, tail } = await tools.run({ step: 'executable', argv, cwd });
	if (exitCode !== 0 || !existsSync(out))
		throw new TareError('OPTIMIZATION_FAILED', `bun build --compile failed for ${entry}`, {
			hint: 'The lines above are from bun; leave "executable" out, or correct what they name.',
			data: { output: tail },
		});
	const inputs = Object.keys((JSON.parse(readFileSync(`${out}.json`, 'utf8')) as { inputs: object }).inputs).map((path) => relative(stage, join(cwd, path)));
	const own = inputs.filter((path) => !path.includes('node_modules/') && existsSync(join(stage, path)));
	for (const path of own) refuseLostPlaces(stage, path);
	const arguments_ = command.slice(command.findIndex((word) => word.replace(/^\.\//, '') === entry) + 1);
	const file = { type: 'file' as const, path: imagePath(PLACE), mode: 0o755, size: lstatSync(out).size, content: { kind: 'disk' as const, path: out } };
	return {
		layer: { name: 'executable', purpose: 'app', entries: async () => [file] },
		command: [`/${PLACE}`, ...arguments_],
		replaced: new Set(own),
	};
}

function refuseLostPlaces(stage: string, path: string): void {
	const text = readFileSync(join(stage, path), 'utf8');
	const match = HAZARD.exec(text);
	if (match === null) return;
	const file = path.replace(/^app\//, '');
	throw new TareError('OPTIMIZATION_FAILED', `${file} uses ${match[0]}, which names no place in an executable`, {
		hint: 'Find files from process.cwd, which is the folder of the app, or leave "executable" out.',
		at: { file, line: text.slice(0, match.index).split('\n').length },
	});
}
