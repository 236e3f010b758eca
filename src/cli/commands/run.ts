/** `tare run` */
import { type RunningOptions, run } from '../../index.js';
import { type BuildFlags, toOptions } from '../options.js';
import { type OutputFlags, printJson, session } from '../output.js';

interface Flags extends Omit<BuildFlags, 'env' | 'platform'>, OutputFlags {
	readonly env?: readonly string[];
	readonly envFile?: readonly string[];
	readonly publish?: readonly string[];
	readonly volume?: readonly string[];
	readonly keep?: string;
	readonly memory?: string;
	readonly runner?: string;
	readonly platform?: string;
	readonly debug?: boolean;
	readonly interactive?: boolean;
	readonly grace?: number;
}

export async function runRun(target: string | undefined, flags: Flags, rest: readonly string[]): Promise<void> {
	await session(flags, async ({ onEvent, signal, forward }) => {
		const options = toRunOptions(target, flags, rest);
		const result = await run({ ...options, onStart: ({ stop }) => forward(stop) }, { onEvent, signal });
		if (flags.json === true) printJson(result);
		process.exitCode = result.exitCode;
	});
}

function toRunOptions(first: string | undefined, { env, platform, ...flags }: Flags, rest: readonly string[]): RunningOptions {
	const words = [...(first === undefined ? [] : [first]), ...rest];
	const separator = process.argv.indexOf('--');
	// Behind a bare -- there are arguments only: the folder is the current one.
	const onlyArguments = separator >= 0 && process.argv.length - separator - 1 === words.length;
	const { interactive = flags.debug === true, debug, runner, memory, grace } = flags;
	return {
		target: onlyArguments ? undefined : first,
		args: onlyArguments ? words : rest,
		build: toOptions(undefined, flags),
		env,
		envFiles: flags.envFile,
		publish: flags.publish,
		volumes: flags.volume,
		keep: flags.keep,
		memory,
		runner,
		platform,
		debug,
		interactive,
		terminal: interactive && process.stdin.isTTY === true && process.stdout.isTTY === true,
		grace,
		insecure: flags.insecure,
		output: flags.json === true ? 'events' : 'inherit',
	};
}
