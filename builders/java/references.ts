/** Which packages of the JDK an application speaks of: read from the constants of its class files, names of classes in texts included. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { FileEntry } from '../../src/layers/entry.js';
import type { Store } from '../../src/store/contract.js';
import { textConstants } from './class-file.js';
import { openZipBytes } from './zip.js';

/** Grows when the same bytes would be read otherwise. */
const RECIPE = 1;
const KIND = 'java-references';

/** `java/lang/Foo`, `Ljava/lang/Foo;` and the parts of signatures; the JDK's other names begin so, too. */
const NAMES = /(?:^|[L;(<[])((?:javax?|jdk|sun|com\/sun|org\/(?:w3c|xml|ietf|jcp))(?:\/[\w$]+)+)/g;
/** What `Class.forName` is given; tools that a text names may be anything, so only the platform's own. */
const TEXT = /^javax?(?:\.[a-z]\w*)+\.[A-Z][\w$]*$/;

/** Names of classes with slashes, as far as they may be the JDK's. */
export function referencesOf(bytes: Buffer): ReadonlySet<string> {
	const found = new Set<string>();
	for (const text of textConstants(bytes)) {
		if (TEXT.test(text)) found.add(text.replaceAll('.', '/'));
		else for (const [, name] of text.matchAll(NAMES)) found.add(name as string);
	}
	return found;
}

/** Of a class file or a jar, jars within it included; known from its bytes when it was read before. */
export async function referencesIn(file: Pick<FileEntry, 'path' | 'size' | 'content'>, store: Store): Promise<readonly string[]> {
	const bytes = bytesOf(file);
	const key = `${RECIPE} ${createHash('sha256').update(bytes).digest('hex')}`;
	const known = await store.record<readonly string[]>(KIND, key);
	if (known !== undefined) return known;
	const found = [...(file.path.endsWith('.jar') ? jarReferences(bytes, file.path) : referencesOf(bytes))].sort();
	await store.setRecord(KIND, key, found);
	return found;
}

function jarReferences(bytes: Buffer, path: string): ReadonlySet<string> {
	const zip = openZipBytes(bytes, path);
	const found = new Set<string>();
	for (const member of zip.members) {
		const names = member.name.endsWith('.class')
			? referencesOf(zip.read(member))
			: member.name.endsWith('.jar')
				? jarReferences(zip.read(member), member.name)
				: [];
		for (const name of names) found.add(name);
	}
	return found;
}

export function bytesOf({ content, size }: Pick<FileEntry, 'size' | 'content'>): Buffer {
	if (content.kind === 'bytes') return Buffer.from(content.bytes);
	const fd = openSync(content.path, 'r');
	try {
		const buffer = Buffer.alloc(size);
		return buffer.subarray(0, readSync(fd, buffer, 0, size, content.offset ?? 0));
	} finally {
		closeSync(fd);
	}
}
