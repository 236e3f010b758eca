/** Settings of an application (application.properties, application.yml) as keys and values, each with its place and the profile it belongs to. */
import { isMap, isScalar, LineCounter, type Node, parseAllDocuments, type Scalar } from '../../src/source/yaml.js';

export interface Setting {
	/** Dotted: `server.port`. */
	readonly key: string;
	readonly value: string;
	/** From 1. */
	readonly line: number;
	/** Of the document or key; undefined for one that always counts. */
	readonly profile?: string;
}

/** @returns undefined for text that the format does not allow: placeholders of a build tool (`@port@`) can make it so */
export function readSettings(text: string, file: string): readonly Setting[] | undefined {
	return /\.ya?ml$/.test(file) ? fromYaml(text) : fromProperties(text);
}

/** The part of a file's name after `application-`. */
export function profileOfFile(file: string): string | undefined {
	return /(?:^|\/)application-([^/]+)\.(?:properties|ya?ml)$/.exec(file)?.[1];
}

function fromYaml(text: string): readonly Setting[] | undefined {
	const lines = new LineCounter();
	const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false });
	if (!Array.isArray(documents)) return [];
	if (documents.some(({ errors }) => errors.length > 0)) return undefined;
	return documents.flatMap(({ contents }) => {
		const all = flatten(contents as Node | null, '', lines);
		const profile = profileOf(all);
		return all.map((setting) => withProfile(setting, profile));
	});
}

/** `spring.config.activate.on-profile`, once `spring.profiles`. */
function profileOf(settings: readonly Setting[]): string | undefined {
	return settings.find(({ key }) => /^spring\.(?:config\.activate\.on-profile|profiles)$/.test(key))?.value;
}

/** Quarkus writes the profile in front of a key: `%prod.quarkus.http.port`. */
function withProfile(setting: Setting, document: string | undefined): Setting {
	const [, own, key] = /^%([\w-]+)\.(.+)$/.exec(setting.key) ?? [];
	const profile = own ?? document;
	return { ...setting, ...(key !== undefined && { key }), ...(profile !== undefined && { profile }) };
}

function flatten(node: Node | null, prefix: string, lines: LineCounter): readonly Setting[] {
	if (isMap(node))
		return node.items.flatMap(({ key, value }) => {
			const name = isScalar(key) ? String(key.value) : '';
			return flatten(value as Node | null, prefix === '' ? name : `${prefix}.${name}`, lines);
		});
	if (!isScalar(node)) return [];
	const { value, range, source } = node as Scalar;
	// `08` and `0x1` are numbers to YAML; what is written is what the framework reads.
	const text = typeof value === 'string' ? value : (source ?? String(value));
	return [{ key: prefix, value: text, line: lines.linePos(range?.[0] ?? 0).line }];
}

/** https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader- */
function fromProperties(text: string): readonly Setting[] {
	const lines = text.split(/\r\n|\n|\r/);
	const out: Setting[] = [];
	let document: Setting[] = [];
	const close = (): void => {
		const profile = profileOf(document);
		out.push(...document.map((setting) => withProfile(setting, profile)));
		document = [];
	};
	for (let at = 0; at < lines.length; at++) {
		const line = at + 1;
		let content = lines[at] ?? '';
		// Spring's separator of documents is a comment to all others.
		if (/^(?:#|!)---\s*$/.test(content)) close();
		if (/^\s*(?:[#!]|$)/.test(content)) continue;
		while (/(?<!\\)(?:\\\\)*\\$/.test(content) && at + 1 < lines.length) content = content.slice(0, -1) + (lines[++at] ?? '').trimStart();
		const [, key = '', value = ''] = /^\s*((?:[^=:\s\\]|\\.)+)\s*[=:\s]\s*(.*)$/.exec(content) ?? [];
		if (key !== '') document.push({ key: key.replace(/\\(.)/g, '$1'), value: value.trim(), line });
	}
	close();
	return out;
}
