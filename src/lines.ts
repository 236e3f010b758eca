/** A stream of text, line by line. */

/** In characters. */
const LINE_LIMIT = 1 << 20;

/**
 * Lines end as they do on any system; of what is longer than 2^20 characters, the end is taken.
 * @param mask applied before the start is cut off, so that no half of a secret stays
 */
export function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void, mask = (text: string): string => text): void {
	let rest = '';
	stream?.setEncoding('utf8');
	stream?.on('data', (chunk: string) => {
		const lines = (rest + chunk).split(/\r\n|\n|\r/);
		rest = lines.pop() ?? '';
		if (rest.length > LINE_LIMIT) rest = mask(rest).slice(-LINE_LIMIT / 2);
		for (const line of lines) onLine(line);
	});
	stream?.on('end', () => {
		if (rest !== '') onLine(rest);
	});
}
