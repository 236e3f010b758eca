/** Files that Logback and Log4j write, from their configurations. */
import { posix } from 'node:path';
import type { FoundPlace } from '../../../src/builder/writable/places.js';
import { TareError } from '../../../src/errors.js';
import { type Element, parseXml } from '../xml.js';

const XML = /(?:^|\/)(?:logback|log4j2?)(?:-[\w-]+)?\.xml$/;
const OTHERS = /(?:^|\/)log4j2?(?:-[\w-]+)?\.(?:properties|ya?ml)$/;

export function isLogFile(path: string): boolean {
	return (XML.test(path) || OTHERS.test(path)) && !/-test\.\w+$/.test(path);
}

export function logPlaces(file: string, text: string): readonly FoundPlace[] {
	return XML.test(file) ? fromXml(file, text) : fromText(file, text);
}

function fromXml(file: string, text: string): readonly FoundPlace[] {
	try {
		const all = everyElement(parseXml(text, file));
		const names = new Map(
			all.filter(({ name }) => /^property$/i.test(name)).map((one) => [one.attributes.name ?? '', one.attributes.value ?? one.text.trim()]),
		);
		return all.flatMap((element) => {
			const written = /^(?:file|fileNamePattern)$/i.test(element.name)
				? element.text.trim()
				: (element.attributes.fileName ?? (/^param$/i.test(element.name) && element.attributes.name === 'File' ? element.attributes.value : undefined));
			return written === undefined ? [] : place(filled(written, names), { file, line: element.line });
		});
	} catch (error) {
		// The logger complains of it when it runs.
		if (error instanceof TareError) return [];
		throw error;
	}
}

function everyElement(element: Element): readonly Element[] {
	return [element, ...element.children.flatMap(everyElement)];
}

function fromText(file: string, text: string): readonly FoundPlace[] {
	return [...text.matchAll(/^[ \t]*[\w.]*(?:fileName|File)\s*[=:]\s*["']?([^\s"'#]+)/gm)].flatMap((match) =>
		place(filled(match[1] ?? '', new Map()), { file, line: text.slice(0, match.index).split('\n').length }),
	);
}

/** `${NAME:-logs}` of Logback, `${sys:NAME:-logs}` of Log4j. */
function filled(written: string, names: ReadonlyMap<string, string>): string {
	let text = written;
	for (let left = 5; left > 0 && text.includes('${'); left--)
		text = text.replace(/\$\{([^${}]*)\}/g, (whole, inner: string) => {
			const [name = '', ...rest] = inner.split(':-');
			return names.get(name.trim()) ?? (rest.length > 0 ? rest.join(':-') : whole);
		});
	return text;
}

/** A pattern's date stands for a name in the folder before it. */
function place(path: string, at: { readonly file: string; readonly line: number }): readonly FoundPlace[] {
	const [fixed = ''] = path.split('%', 1);
	if (path.includes('${') || fixed === '') return [];
	const isPattern = fixed !== path;
	const folder = isPattern ? posix.dirname(`${fixed}x`) : fixed;
	if (isPattern && folder === '.') return [];
	return [{ path: folder, kind: isPattern ? 'folder' : 'file', reason: { ...at, says: `${at.file} writes its log to ${path}` } }];
}
