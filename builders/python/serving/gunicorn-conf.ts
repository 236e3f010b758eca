/** gunicorn's settings file: which app it serves and where it listens (https://docs.gunicorn.org/en/stable/settings.html). */
import { posix } from 'node:path';
import type { FileIndex } from '../../../src/source/file-index.js';
import { statements } from '../python-source.js';

export type Bind =
	/** Addresses as they are written. */
	| { readonly kind: 'literal'; readonly addresses: readonly string[]; readonly line: number }
	/** It reads PORT. */
	| { readonly kind: 'variable'; readonly line: number }
	/** Another variable decides; without it, `addresses`. */
	| { readonly kind: 'default'; readonly addresses: readonly string[]; readonly line: number }
	| { readonly kind: 'unknown'; readonly line: number };

export interface GunicornConf {
	readonly file: string;
	readonly app?: { readonly target: string; readonly line: number };
	/** Folder that gunicorn changes to. */
	readonly chdir?: string;
	readonly bind?: Bind;
}

export const GUNICORN_CONF = 'gunicorn.conf.py';
const ASSIGNED = /^(\w+)\s*(?::[^=]+)?=\s*(.+)$/;
const TEXT = /^[rRbBuU]?(?:'([^'\\]*)'|"([^"\\]*)")$/;
const TEXTS = /'([^'\\]*)'|"([^"\\]*)"/g;

/** Undefined where there is no such file. */
export function readGunicornConf(source: FileIndex, file: string): GunicornConf | undefined {
	const text = source.text(file);
	if (text === undefined) return undefined;
	const all = statements(text);
	const values = new Map<string, { readonly value: string; readonly line: number; readonly indent: number }>();
	for (const { text: one, line, indent } of all) {
		const [, name = '', value = ''] = ASSIGNED.exec(one) ?? [];
		if (name !== '') values.set(name, { value, line, indent });
	}
	const literal = (name: string): string | undefined => textOf(values.get(name)?.value ?? '');
	const app = literal('wsgi_app');
	const chdir = literal('chdir');
	const bind = values.get('bind');
	return {
		file,
		...(app !== undefined && { app: { target: app, line: values.get('wsgi_app')?.line ?? 1 } }),
		...(chdir !== undefined && { chdir: posix.normalize(chdir) }),
		...(bind !== undefined && { bind: bind.indent > 0 ? { kind: 'unknown', line: bind.line } : bindOf(bind.value, bind.line, text, literal, values) }),
	};
}

function textOf(value: string): string | undefined {
	const match = TEXT.exec(value.trim());
	return match === null ? undefined : (match[1] ?? match[2]);
}

function bindOf(
	value: string,
	line: number,
	text: string,
	literal: (name: string) => string | undefined,
	values: ReadonlyMap<string, { readonly value: string }>,
): Bind {
	const plain = textOf(value) ?? literal(value);
	if (plain !== undefined) return { kind: 'literal', addresses: plain.split(',').map((one) => one.trim()), line };
	if (/^[[(][^()[\]]*[\])]$/.test(value)) return { kind: 'literal', addresses: [...value.matchAll(TEXTS)].map((match) => match[1] ?? match[2] ?? ''), line };
	const fallback = /^(?:os\.)?(?:environ\.get|getenv)\(\s*['"](\w+)['"]\s*,\s*['"]([^'"]+)['"]\s*\)$/.exec(value);
	if (fallback !== null && fallback[1] !== 'PORT') return { kind: 'default', addresses: [fallback[2] as string], line };
	if (/['"]PORT['"]/.test(text)) return { kind: 'variable', line };
	const filled = /^f(?:'([^']*)'|"([^"]*)")$/.exec(value);
	const address = (filled?.[1] ?? filled?.[2] ?? '{}').replace(/\{(\w+)\}/g, (all, name: string) => literal(name) ?? numberOf(values.get(name)?.value) ?? all);
	return address.includes('{') ? { kind: 'unknown', line } : { kind: 'literal', addresses: [address], line };
}

function numberOf(value: string | undefined): string | undefined {
	return value !== undefined && /^\d+$/.test(value) ? value : undefined;
}
