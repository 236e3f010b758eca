/** setup.cfg and setup.py: what they say in plain words. Nothing is run; what is computed is left to setuptools. */
import type { FileIndex } from '../../../src/source/file-index.js';
import { statements } from '../python-source.js';
import { iniList, iniPairs, parseIni } from './ini.js';

export interface SetupFile {
	readonly file: string;
	readonly name?: string;
	/** As written: `attr: x.y`, `file: VERSION`, or a version. */
	readonly version?: string;
	readonly requiresPython?: string;
	readonly scripts: Readonly<Record<string, string>>;
	readonly entryPoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** Folders of packages by the name that they begin with; '' for all. */
	readonly packageDir: Readonly<Record<string, string>>;
	readonly where: readonly string[];
	/** What only setuptools can tell. */
	readonly unread?: string;
}

export function readSetupCfg(source: FileIndex): SetupFile | undefined {
	const text = source.text('setup.cfg');
	const cfg = text === undefined ? undefined : parseIni(text);
	const [metadata, options] = [cfg?.get('metadata'), cfg?.get('options')];
	if (metadata === undefined && options === undefined) return undefined;
	const { console_scripts: scripts, ...groups } = Object.fromEntries(
		[...(cfg?.get('options.entry_points') ?? [])].map(([group, value]) => [group, iniPairs(value)]),
	);
	const [name, version, python] = [metadata?.get('name'), metadata?.get('version'), options?.get('python_requires')];
	const extra = ['cmdclass', 'data_files', 'setup_requires'].find((key) => options?.has(key)) ?? (cfg?.has('options.data_files') ? 'data_files' : undefined);
	return {
		file: 'setup.cfg',
		...(name !== undefined && { name }),
		...(version !== undefined && { version }),
		...(python !== undefined && { requiresPython: python }),
		scripts: scripts ?? {},
		entryPoints: groups,
		packageDir: iniPairs(options?.get('package_dir')),
		where: iniList(cfg?.get('options.packages.find')?.get('where')),
		...(extra !== undefined && { unread: `setup.cfg has ${extra}` }),
	};
}

const TEXT = /^[rRuU]?(?:'([^']*)'|"([^"]*)")$/;
const BUILDS = /\b(ext_modules|cmdclass|distclass|cffi_modules|rust_extensions|use_scm_version|pbr|data_files|\*\*\w+)\s*=?/;

export function readSetupPy(source: FileIndex): SetupFile | undefined {
	const text = source.text('setup.py');
	if (text === undefined) return undefined;
	const all = statements(text);
	const call = all.find((one) => /^(?:\w+\.)?setup\s*\(/.test(one.text))?.text;
	if (call === undefined) return { ...NOTHING, unread: 'setup.py calls no setup() at its top level' };
	const given = keywords(call.slice(call.indexOf('(') + 1));
	const literal = (key: string): string | undefined => {
		const value = given.get(key);
		const named = value === undefined ? undefined : all.find((one) => one.text.replace(/\s*=.*$/, '') === value)?.text.replace(/^\w+\s*=\s*/, '');
		return textOf(value) ?? textOf(named);
	};
	const [name, version, python] = [literal('name'), literal('version'), literal('python_requires')];
	const points = entryPoints(given.get('entry_points') ?? '');
	const { console_scripts: scripts, ...groups } = points.groups;
	const packageDir = given.get('package_dir');
	const dirs = packageDir === undefined ? {} : dictionary(packageDir);
	const unread =
		BUILDS.exec(call)?.[1] ??
		(given.has('version') && version === undefined ? 'version' : undefined) ??
		(dirs === undefined ? 'package_dir' : points.read ? undefined : 'entry_points');
	return {
		file: 'setup.py',
		...(name !== undefined && { name }),
		...(version !== undefined && { version }),
		...(python !== undefined && { requiresPython: python }),
		scripts: scripts ?? {},
		entryPoints: groups,
		packageDir: dirs ?? {},
		where: whereOf(given.get('packages') ?? ''),
		...(unread !== undefined && { unread: `setup.py has ${unread}` }),
	};
}

const NOTHING: SetupFile = { file: 'setup.py', scripts: {}, entryPoints: {}, packageDir: {}, where: [] };

function textOf(value: string | undefined): string | undefined {
	const match = TEXT.exec(value?.trim() ?? '');
	return match === null ? undefined : (match[1] ?? match[2]);
}

/** `a=1, b=[...]` of a call, by name. */
function keywords(text: string): ReadonlyMap<string, string> {
	const out = new Map<string, string>();
	for (const part of parts(text)) {
		const [, name = '', value = ''] = /^(\w+)\s*=\s*([\s\S]*)$/.exec(part.trim()) ?? [];
		if (name !== '') out.set(name, value.trim());
	}
	return out;
}

/** Between commas outside of brackets and texts, up to the bracket that closes the first. */
function parts(text: string): readonly string[] {
	const out: string[] = [];
	let [part, depth] = ['', 0];
	for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\s\S]/g)) {
		if ('([{'.includes(token)) depth++;
		else if (')]}'.includes(token) && --depth < 0) break;
		if (token === ',' && depth === 0) {
			out.push(part);
			part = '';
		} else part += token;
	}
	return [...out, part];
}

/** Texts to texts. Undefined where it is more. */
function dictionary(value: string): Readonly<Record<string, string>> | undefined {
	const inside = /^\{([^{}[\]()]*)\}$/.exec(value.trim())?.[1];
	if (inside === undefined) return undefined;
	const pairs = parts(inside)
		.filter((one) => one.trim() !== '')
		.map((one) => one.split(':').map((side) => textOf(side)));
	return pairs.some((pair) => pair.length !== 2 || pair.includes(undefined)) ? undefined : Object.fromEntries(pairs);
}

/** Lists of `name = module:function` by group. */
function entryPoints(value: string): { readonly groups: Record<string, Readonly<Record<string, string>>>; readonly read: boolean } {
	if (value === '') return { groups: {}, read: true };
	const groups: Record<string, Readonly<Record<string, string>>> = {};
	for (const [, group = '', list = ''] of value.matchAll(/['"]([\w.]+)['"]\s*:\s*\[([^\]]*)\]/g)) {
		const lines = parts(list).map(textOf);
		groups[group] = iniPairs(
			lines
				.filter((one) => one !== undefined)
				.join('\n')
				.concat('\n'),
		);
	}
	return { groups, read: Object.keys(groups).length > 0 };
}

/** `find_packages("src")`, `find_packages(where="src")` */
function whereOf(packages: string): readonly string[] {
	const where = /find(?:_namespace)?_packages\(\s*(?:where\s*=\s*)?['"]([^'"]+)['"]/.exec(packages)?.[1];
	return where === undefined || where === '.' ? [] : [where];
}
