/** Sizes as users write them: `500MB`, `5GB`; powers of ten. */
import { TareError } from '../errors.js';

/** @returns bytes @throws TareError USAGE */
export function parseSize(text: string): number {
	const match = /^(\d+(?:\.\d+)?)\s*([kMGT]?)B?$/i.exec(text.trim());
	if (match === null) throw new TareError('USAGE', `"${text}" is not a size`, { hint: 'Write it as 500MB or 5GB.' });
	return Number(match[1]) * 1000 ** ['', 'K', 'M', 'G', 'T'].indexOf((match[2] ?? '').toUpperCase());
}
