/** One image of a layout or archive that may hold several: by tag, full name or digest, and never the first one in silence. */
import { TareError } from '../errors.js';

export interface Choice<T> {
	/** What it is: entries of one identity are one image. */
	readonly identity: string;
	/** By which it can be asked for. */
	readonly names: readonly string[];
	readonly value: T;
}

/** @param what names the layout or archive @throws TareError IMAGE_INVALID where none or several fit */
export function chooseOne<T>(choices: readonly Choice<T>[], asked: string | undefined, what: string): Choice<T> {
	const fitting = asked === undefined ? choices : best(choices, asked);
	const [first, ...others] = fitting.filter(({ identity }, at) => fitting.findIndex((one) => one.identity === identity) === at);
	if (first === undefined) throw new TareError('IMAGE_INVALID', `${what} holds no image${asked === undefined ? '' : ` named "${asked}"`}`, hintOf(choices));
	if (others.length === 0) return first;
	throw new TareError('IMAGE_INVALID', `${what} holds several images${asked === undefined ? '' : ` named "${asked}"`}`, hintOf([first, ...others]));
}

/** A name that is given in full counts before a part of it. */
function best<T>(choices: readonly Choice<T>[], asked: string): readonly Choice<T>[] {
	const full = choices.filter(({ names, identity }) => identity === asked || names.includes(asked));
	return full.length > 0 ? full : choices.filter(({ names }) => names.some((name) => name.endsWith(`:${asked}`) || name.endsWith(`/${asked}`)));
}

function hintOf(choices: readonly Choice<unknown>[]): { readonly hint?: string; readonly data?: { readonly names: readonly string[] } } {
	const names = choices.map((one) => one.names.find((name) => unique(name, one, choices)) ?? one.identity);
	return names.length === 0 ? {} : { hint: `Choose one by adding :NAME to the path. There are: ${names.join(', ')}.`, data: { names } };
}

function unique(name: string, own: Choice<unknown>, choices: readonly Choice<unknown>[]): boolean {
	return choices.every((one) => one.identity === own.identity || !one.names.includes(name));
}
