/** Runs the built command line as a user would, with a store of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = process.env.TARE_TEST_ROOT ?? process.cwd();
export const CLI = join(ROOT, 'dist', 'cli.cjs');

export interface CliResult {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CliOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** What is written to standard input. */
	readonly input?: string;
	/** Node binary to run it with. */
	readonly node?: string;
}

export function tare(args: readonly string[], { cwd, env, input, node = process.execPath }: CliOptions = {}): CliResult {
	const { status, stdout, stderr } = spawnSync(node, [CLI, ...args], {
		cwd,
		env: { ...process.env, ...env },
		encoding: 'utf8',
		maxBuffer: 1 << 28,
		...(input !== undefined && { input }),
	});
	return { status, stdout, stderr };
}

/** As `tare`, but fails loudly. */
export function built(args: readonly string[], options?: CliOptions): CliResult {
	const result = tare(args, options);
	if (result.status !== 0) throw new Error(`tare ${args.join(' ')} exited with ${result.status}:\n${result.stderr}`);
	return result;
}

export function start(args: readonly string[], { cwd, env }: CliOptions = {}) {
	return spawn(process.execPath, [CLI, ...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

export function digestOf({ stdout }: CliResult): string {
	return stdout.trim().split('@')[1] ?? '';
}
