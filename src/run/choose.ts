/** Which runner: the one that was asked for, else the first that works here. */
import { TareError } from '../errors.js';
import { bwrap } from './bwrap.js';
import { RUNNERS, type RunHost, type Runner, type RunnerName } from './contract.js';
import { docker, podman } from './engine.js';
import { host as none } from './host.js';
import { runc } from './runc.js';

const ALL: Readonly<Record<RunnerName, Runner>> = { runc, podman, docker, bwrap, host: none };

export interface Choice {
	readonly runner: Runner;
	/** Why those before it are not used, in words. */
	readonly because: readonly string[];
}

/** @throws TareError USAGE for an unknown name, RUNNER_MISSING where nothing works */
export async function chooseRunner(asked: string, host: RunHost): Promise<Choice> {
	if (asked !== 'auto') return { runner: await named(asked, host), because: [] };
	const because: string[] = [];
	for (const name of RUNNERS) {
		const usable = await ALL[name].usable(host);
		if (usable.yes) return { runner: ALL[name], because };
		because.push(`${name}, as ${usable.why}`);
	}
	throw new TareError('RUNNER_MISSING', `nothing here runs an image: ${because.join('; ')}`, {
		hint: 'Install podman or docker, on Linux also runc or bubblewrap.',
	});
}

async function named(asked: string, host: RunHost): Promise<Runner> {
	const name = RUNNERS.find((one) => one === asked);
	if (name === undefined) throw new TareError('USAGE', `"${asked}" is no runner`, { hint: `Use one of ${RUNNERS.join(', ')}, or auto.` });
	const usable = await ALL[name].usable(host);
	if (usable.yes) return ALL[name];
	throw new TareError('RUNNER_MISSING', `${name} cannot be used: ${usable.why}`, { hint: 'Leave --runner out to use what works here.' });
}
