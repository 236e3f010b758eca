/** Asks every builder and picks the one that fits, or says exactly why none does. */
import { TareError } from '../errors.js';
import type { FileIndex } from '../source/file-index.js';
import type { Builder, Detection } from './contract.js';
import { LANGUAGE_MARKERS } from './languages.js';

export interface Choice {
	readonly builder: Builder;
	readonly detection: Detection;
}

/**
 * @param asked a builder's id by flag or configuration
 * @throws TareError NOTHING_DETECTED | AMBIGUOUS | CONFIG_INVALID | MANIFEST_INVALID
 */
export async function chooseBuilder(builders: readonly Builder[], source: FileIndex, asked?: string): Promise<Choice> {
	if (asked !== undefined) return forced(builders, source, asked);
	const found = (await Promise.all(builders.filter(({ byName }) => byName !== true).map((builder) => detect(builder, source)))).filter(
		(choice) => choice !== undefined,
	);
	const others = LANGUAGE_MARKERS.flatMap(({ language, builder, files }) => {
		const file = source.first(...files);
		return file === undefined || builders.some(({ id }) => id === builder) ? [] : [{ language, file }];
	});
	const custom = found.find(({ builder }) => builder.custom === true);
	if (custom !== undefined) return custom;
	const sure = found.filter(({ detection }) => detection.weak !== true);
	const leading = sure.filter(({ builder }) => builder.yields !== true);
	const strong = leading.length > 0 ? leading : sure;
	// Of files that may be only helpers, the builders' own order decides.
	const candidates = strong.length > 0 ? strong : others.length > 0 ? [] : found.slice(0, 1);
	if (candidates.length + others.length > 1) throw ambiguous(candidates, others);
	const [only] = candidates;
	if (only === undefined) throw nothing(builders, source, others);
	return only;
}

async function detect(builder: Builder, source: FileIndex): Promise<Choice | undefined> {
	const detection = await builder.detect(source);
	return detection === undefined ? undefined : { builder, detection };
}

async function forced(builders: readonly Builder[], source: FileIndex, asked: string): Promise<Choice> {
	const builder = builders.find(({ id }) => id === asked);
	if (builder === undefined)
		throw new TareError('CONFIG_INVALID', `there is no builder "${asked}"`, { hint: `Builders: ${builders.map(({ id }) => id).join(', ')}.` });
	const choice = await detect(builder, source);
	if (choice === undefined)
		throw new TareError('NOTHING_DETECTED', `the ${asked} builder finds nothing to build`, { hint: `It looks for ${builder.looksFor}.` });
	return choice;
}

interface Other {
	readonly language: string;
	readonly file: string;
}

function ambiguous(candidates: readonly Choice[], others: readonly Other[]): TareError {
	const names = [
		...candidates.map(({ builder, detection }) => `${builder.id} (${detection.reasons[0]?.file ?? ''})`),
		...others.map(({ language, file }) => `${language} (${file})`),
	];
	const [first] = candidates;
	return new TareError('AMBIGUOUS', `more than one language: ${names.join(' and ')}`, {
		hint: first === undefined ? 'Build a subfolder: tare build DIR.' : `Choose one with --builder ${first.builder.id}, or build a subfolder: tare build DIR.`,
		data: { candidates: names },
	});
}

function nothing(builders: readonly Builder[], source: FileIndex, others: readonly Other[]): TareError {
	const [other] = others;
	if (other !== undefined) {
		return new TareError(
			'NOTHING_DETECTED',
			`${other.file} says this is a ${other.language} project, and this version of Tare has no builder for ${other.language}`,
			{
				hint: `Builders: ${builders.map(({ id }) => id).join(', ')}.`,
				at: { file: other.file },
			},
		);
	}
	const looked = builders
		.filter(({ byName }) => byName !== true)
		.map(({ id, looksFor }) => `${id}: ${looksFor}`)
		.join('; ');
	const what = source.files.length === 0 ? 'the folder is empty' : 'no builder recognises the folder';
	return new TareError('NOTHING_DETECTED', `${what}: ${source.root}`, {
		hint: `Looked for ${looked}. If the app is in a subfolder, name it: tare build DIR. A program that is built already is named with --entrypoint.`,
	});
}
