/** Which package manager a project asks for, and in which versions: every place where people say so, the strongest first. */
import { validRange } from 'semver';
import type { Reason } from '../../../src/builder/contract.js';
import { toolVersions } from '../../../src/builder/tool-versions.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { isRecord, type Manifest } from '../manifest.js';

export const PROGRAMS = ['npm', 'pnpm', 'yarn', 'bun'] as const;

const SETTINGS = [
	['pnpm-workspace.yaml', 'pnpm'],
	['.yarnrc.yml', 'yarn'],
	['.yarnrc', 'yarn'],
] as const;

export interface WantedTool {
	/** The tool's name as written, which may be none of ours. */
	readonly program: string;
	/** A semver range. */
	readonly range: string;
	/** One version, chosen for this project and no other. */
	readonly pins: boolean;
	/** The field chooses the tool, whatever lock files there are. */
	readonly chooses: boolean;
	readonly reason: Reason;
}

/** Words that are no range (`"npm": "please-use-yarn"`) ask for nothing. */
export function wantedTools(source: FileIndex, manifest: Manifest): readonly WantedTool[] {
	return [...packageManager(manifest), ...devEngines(manifest), ...volta(manifest), ...versionFiles(source), ...engines(manifest), ...settings(source)];
}

/** `pnpm@9.1.0+sha512.abc`: https://nodejs.org/api/packages.html#packagemanager. Some write a range, a tag or nothing after the name. */
function packageManager({ json, file, lineOf }: Manifest): readonly WantedTool[] {
	const match = /^([a-z]+)(?:@([^+]+))?/.exec(json.packageManager ?? '');
	if (match === null) return [];
	const [, program = '', wants = ''] = match;
	const pins = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(wants);
	const reason = { file, line: lineOf('packageManager'), says: `packageManager "${program}${wants === '' ? '' : `@${wants}`}"` };
	return [{ program, range: validRange(wants) ?? '*', pins, chooses: true, reason }];
}

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines: one entry or a list, of which the first is preferred. */
function devEngines({ json, file, lineOf }: Manifest): readonly WantedTool[] {
	const [entry]: readonly unknown[] = isRecord(json.devEngines) ? [json.devEngines.packageManager].flat() : [];
	if (!isRecord(entry) || typeof entry.name !== 'string') return [];
	const version = typeof entry.version === 'string' ? entry.version : '';
	const reason = {
		file,
		line: lineOf('devEngines', 'packageManager'),
		says: `devEngines.packageManager "${entry.name}${version === '' ? '' : `@${version}`}"`,
	};
	return [{ program: entry.name, range: validRange(version) ?? '*', pins: /^\d+\.\d+\.\d+$/.test(version), chooses: true, reason }];
}

function volta({ json, file, lineOf }: Manifest): readonly WantedTool[] {
	return isRecord(json.volta) ? ranges(json.volta, (name) => ({ file, line: lineOf('volta', name), says: `volta.${name}` })) : [];
}

function versionFiles(source: FileIndex): readonly WantedTool[] {
	return PROGRAMS.flatMap((program) =>
		toolVersions(source, [program]).map(({ wants, file, line }) => asked(program, wants, { file, line, says: file })),
	).filter((one) => one !== undefined);
}

function engines({ json, file, lineOf }: Manifest): readonly WantedTool[] {
	return ranges(json.engines, (name) => ({ file, line: lineOf('engines', name), says: `engines.${name}` }));
}

/** Only one tool reads them; where there is neither lock file nor field, they tell. */
function settings(source: FileIndex): readonly WantedTool[] {
	return SETTINGS.filter(([file]) => source.has(file)).map(([file, program]) => ({
		program,
		range: '*',
		pins: false,
		chooses: false,
		reason: { file, says: file },
	}));
}

function ranges(of: Readonly<Record<string, unknown>>, reason: (name: string) => Reason): readonly WantedTool[] {
	return PROGRAMS.map((name) => asked(name, of[name], reason(name))).filter((one) => one !== undefined);
}

function asked(program: string, wants: unknown, { says, ...place }: Reason): WantedTool | undefined {
	const range = typeof wants === 'string' && wants.trim() !== '' ? validRange(wants) : null;
	return range === null ? undefined : { program, range, pins: false, chooses: false, reason: { ...place, says: `${says} "${String(wants)}"` } };
}
