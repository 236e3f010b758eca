/** Options in front of a program's own words, read as most programs read them. */

export interface Option {
	/** As written, without its value: `--watch`, `-r`. */
	readonly name: string;
	readonly value?: string;
	/** The words that say it. */
	readonly words: readonly string[];
}

export interface ReadOptions {
	readonly options: readonly Option[];
	/** From the first word that is not an option. */
	readonly rest: readonly string[];
	/** The word `--` ended the options. */
	readonly ended: boolean;
}

/** @param takesValue whether the next word is the option's value, where `=` gives none */
export function readOptions(words: readonly string[], takesValue: (name: string) => boolean): ReadOptions {
	const options: Option[] = [];
	let at = 0;
	for (; at < words.length; at++) {
		const word = words[at] as string;
		if (word === '--') return { options, rest: words.slice(at + 1), ended: true };
		if (!word.startsWith('-') || word === '-') break;
		const equals = word.indexOf('=');
		const name = equals < 0 ? word : word.slice(0, equals);
		const next = words[at + 1];
		if (equals >= 0) options.push({ name, value: word.slice(equals + 1), words: [word] });
		else if (takesValue(name) && next !== undefined) {
			options.push({ name, value: next, words: [word, next] });
			at++;
		} else options.push({ name, words: [word] });
	}
	return { options, rest: words.slice(at), ended: false };
}

/** `--a|-b` names as a test. */
export function named(names: string): (name: string) => boolean {
	const all = new Set(names.split(/\s+/));
	return (name) => all.has(name);
}

/** The value of the last of them that stands there. */
export function lastValue(options: readonly Option[], ...names: readonly string[]): string | undefined {
	return options.findLast(({ name, value }) => names.includes(name) && value !== undefined)?.value;
}
