/** Asks every builder and picks the one that fits, or says exactly why none does. */
import { TareError } from '../errors.js';
import type { FileIndex } from '../source/file-index.js';
import { subfolder } from '../source/subfolder.js';
import type { Builder, Detection } from './contract.js';
import { type FoundLanguage, foreignLanguages } from './languages.js';

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
	const foreign = foreignLanguages(source, new Set(builders.map(({ id }) => id)));
	const others = foreign.filter(({ common }) => !common || found.length === 0);
	const custom = found.find(({ builder }) => builder.custom === true);
	if (custom !== undefined) return custom;
	const sure = found.filter(({ detection }) => detection.weak !== true);
	const leading = sure.filter(({ builder }) => builder.yields !== true);
	const strong = leading.length > 0 ? leading : sure;
	// Of files that may be only helpers, the builders' own order decides.
	const candidates = strong.length > 0 ? strong : others.length > 0 ? [] : found.slice(0, 1);
	if (candidates.length + others.length > 1) throw ambiguous(candidates, others);
	const [only] = candidates;
	if (only === undefined) throw nothing(builders, source, others, others.length > 0 ? [] : await folders(builders, source));
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

function ambiguous(candidates: readonly Choice[], others: readonly FoundLanguage[]): TareError {
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

/** Folders, at most two levels down, in which a builder would find something. */
async function folders(builders: readonly Builder[], source: FileIndex): Promise<readonly string[]> {
	const names = new Set(source.files.flatMap(({ path }) => [1, 2].map((depth) => path.split('/').slice(0, -1).slice(0, depth).join('/'))));
	names.delete('');
	const found: string[] = [];
	for (const folder of [...names].sort().slice(0, MOST_FOLDERS)) {
		if (found.some((other) => folder.startsWith(`${other.split(' ')[0]}/`))) continue;
		const inside = subfolder(source, folder);
		for (const builder of builders.filter(({ byName, custom }) => byName !== true && custom !== true)) {
			const detection = await builder.detect(inside).catch(() => undefined);
			if (detection === undefined || detection.weak === true) continue;
			found.push(`${folder} (${builder.id})`);
			break;
		}
	}
	return found;
}

const MOST_FOLDERS = 200;
const SHOWN_FOLDERS = 8;

function nothing(builders: readonly Builder[], source: FileIndex, others: readonly FoundLanguage[], inside: readonly string[]): TareError {
	const [other] = others;
	if (other !== undefined) {
		return new TareError(
			'NOTHING_DETECTED',
			`${other.file} says this is a ${other.language} project, and this version of Tare has no builder for ${other.language}`,
			{
				hint: `Builders: ${builders.map(({ id }) => id).join(', ')}. A program that is built already is shipped with --entrypoint ./PROGRAM; a builder of your own: docs/custom-builders.md.`,
				at: { file: other.file },
			},
		);
	}
	const looked = builders
		.filter(({ byName }) => byName !== true)
		.map(({ id, looksFor }) => `${id}: ${looksFor}`)
		.join('; ');
	if (inside.length > 0) {
		const [first = ''] = (inside[0] ?? '').split(' ');
		const more = inside.length > SHOWN_FOLDERS ? `, and ${inside.length - SHOWN_FOLDERS} more` : '';
		return new TareError(
			'NOTHING_DETECTED',
			`no builder recognises the folder itself, but some of its folders: ${inside.slice(0, SHOWN_FOLDERS).join(', ')}${more}`,
			{
				hint: `Build one: tare build ${first}.`,
				data: { folders: inside },
			},
		);
	}
	const what = source.files.length === 0 ? 'the folder is empty' : 'no builder recognises the folder';
	return new TareError('NOTHING_DETECTED', `${what}: ${source.root}`, {
		hint: `Looked for ${looked}. If the app is in a subfolder, name it: tare build DIR. A program that is built already is named with --entrypoint.`,
	});
}
