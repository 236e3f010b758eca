/** An error as an annotation: on the line of the file that it is about, or of the workflow that gave the input. */
import { messageOf, type SourceLocation, TareError } from '../errors.js';
import { printableText } from '../ui/printable.js';
import { command } from '../ui/workflow-commands.js';
import type { Environment } from './inputs.js';
import { FLAG_INPUTS, type ReadOptions } from './options.js';
import type { Places } from './places.js';

export interface Failure {
	/** `CONFIG_INVALID`, ... */
	readonly code: string;
	readonly message: string;
	readonly hint?: string;
	readonly at?: SourceLocation;
	/** What a build step printed last. */
	readonly output?: string;
}

export async function describeFailure(error: unknown, env: Environment, inputOf: ReadOptions['inputOf']): Promise<Failure> {
	if (!(error instanceof TareError))
		return {
			code: 'INTERNAL',
			message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
			hint: 'This is a defect in Tare. Please report it with the lines above.',
		};
	const { code, message, hint, data = {} } = error;
	const option = typeof data.option === 'string' ? inputOf(data.option, typeof data.index === 'number' ? data.index : 0) : undefined;
	const known = typeof data.input === 'string' ? data.input : undefined;
	const input = known ?? option ?? (code === 'SOURCE_NOT_FOUND' ? 'context' : undefined);
	const at = error.at ?? (input === undefined ? undefined : await inWorkflow(env, input));
	return {
		code,
		message: input === undefined || known !== undefined ? message : `input "${input}": ${message}`,
		...(hint !== undefined && { hint: withInputs(hint) }),
		...(at !== undefined && { at }),
		...(typeof data.output === 'string' && data.output !== '' && { output: data.output }),
	};
}

/** What reads YAML is loaded when something is wrong. */
async function inWorkflow(env: Environment, input: string): Promise<SourceLocation | undefined> {
	return (await import('./workflow-place.js')).placeOfInput(env, input);
}

export function annotation({ code, message, hint, at }: Failure, { annotate }: Places): string {
	return command('error', printableText(hint === undefined ? message : `${message}\n${hint}`), {
		...(at !== undefined && annotate(at)),
		title: `Tare: ${code}`,
	});
}

/** Hints speak of flags; here they are inputs. */
export function withInputs(hint: string): string {
	return hint.replace(/(?<![\w-])--([a-z][a-z-]*)/g, (flag, name: string) => (FLAG_INPUTS[name] === undefined ? flag : `${FLAG_INPUTS[name]}:`));
}
