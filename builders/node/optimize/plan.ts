/** What the asked optimizations add to a plan, and what they cannot be asked for. */
import type { Step } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { BUNDLER } from './bundle.js';

const PREFIX = 'optimize:';

export interface OptimizationRequest {
	readonly asked: readonly string[];
	readonly command: readonly string[];
	/** Variables of the app, and those for build steps. */
	readonly env: Readonly<Record<string, string>>;
	readonly user: string;
}

/** @throws TareError CONFIG_INVALID for what does not fit the app */
export function optimizationSteps({ asked, command, env, user }: OptimizationRequest): readonly Step[] {
	const onBun = command[0] === 'bun';
	const unfit = asked.find((name) => (name === 'executable') !== onBun && name !== 'trace');
	if (unfit !== undefined)
		throw new TareError('CONFIG_INVALID', `the optimization "${unfit}" is for apps that run on ${onBun ? 'Node' : 'Bun'}, and this one runs on ${command[0]}`, {
			hint: `Leave "${unfit}" out.`,
		});
	if (asked.includes('executable') && asked.length > 1)
		throw new TareError('CONFIG_INVALID', 'an executable holds all that the app imports: nothing is left to trace', { hint: 'Ask for "executable" alone.' });
	if (asked.includes('compile-cache') && !/^\d+/.test(user))
		throw new TareError('CONFIG_INVALID', `compile-cache needs the number of the user, and the app runs as "${user}"`, {
			hint: 'Give it as --user 65532:65532.',
		});
	return [
		...(asked.includes('bundle')
			? [{ id: `${PREFIX}bundle`, command: ['esbuild', '--bundle', command[1] ?? ''], env: {}, reasons: [{ says: 'asked for' }] }]
			: []),
		...(asked.includes('compile-cache')
			? [{ id: `${PREFIX}compile-cache`, command, env, reasons: [{ says: 'started once, until it would listen, for its compiled code' }] }]
			: []),
		...(asked.includes('executable')
			? [{ id: `${PREFIX}executable`, command: ['bun', 'build', '--compile', command.at(-1) ?? ''], env: {}, reasons: [{ says: 'asked for' }] }]
			: []),
	];
}

export function isOptimization({ id }: Step): boolean {
	return id.startsWith(PREFIX);
}

/** npm packages that the optimizations run. */
export function optimizationTools(asked: readonly string[]): Readonly<Record<string, string>> {
	return asked.includes('bundle') ? { [BUNDLER.name]: BUNDLER.range } : {};
}
