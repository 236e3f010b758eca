/** Where the app may write: the rest of the image is read-only to its user. One rule for all languages. */
import { posix } from 'node:path';
import { TareError } from '../../errors.js';
import { type Entry, imagePath } from '../../layers/entry.js';
import type { BuildPlan, LayerPlan, LayerSpec, Reason, WritablePlace } from '../contract.js';

/** Found in the project, relative to the folder that the app runs in, or absolute in the image. */
export interface FoundPlace {
	readonly path: string;
	/** `file`: the app creates this very file; its folder is what has to be writable. */
	readonly kind: 'folder' | 'file';
	readonly reason: Reason;
}

/** Does a shipped path hold this one, or the other way round? */
export function overlaps(shipped: readonly string[]): (path: string) => boolean {
	return (path) => shipped.some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`));
}

/** Files directly in the app's folder cannot make the whole folder writable, which would hide the app: they are links to here. */
export const DATA = '/data';
const NAME = 'writable';
/** Platforms give these, or nothing may write there. */
const SYSTEM = /^\/(?:(?:tmp|var\/tmp|proc|sys|dev|bin|sbin|lib|lib64|usr|etc|boot|tare)(?:\/|$)|$)/;
const ROOT = '/app';

/**
 * @param workingDir absolute folder in the image that relative paths start from @param isShipped whether the image has files at a path below it
 * @returns the outer place where two are nested
 */
export function placesOf(found: readonly FoundPlace[], workingDir: string, isShipped: (path: string) => boolean = () => false): readonly WritablePlace[] {
	const places = found.flatMap((each) => placeOf(each, workingDir)).flatMap((place) => marked(place, workingDir, isShipped));
	const byPath = new Map<string, WritablePlace>();
	for (const place of places) if (!byPath.has(place.path)) byPath.set(place.path, place);
	const folders = [...byPath.values()].filter(({ link }) => link === undefined).map(({ path }) => path);
	const isInside = ({ path }: WritablePlace): boolean => folders.some((folder) => path.startsWith(`${folder}/`));
	return [...byPath.values()].filter((place) => !isInside(place)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file of the image cannot be a link as well: it stays, read-only. */
function marked(place: WritablePlace, workingDir: string, isShipped: (path: string) => boolean): readonly WritablePlace[] {
	const shipped = place.path.startsWith(`${workingDir}/`) && isShipped(place.path.slice(workingDir.length + 1));
	return !shipped ? [place] : place.link === undefined ? [{ ...place, shipped }] : [];
}

function placeOf({ path, kind, reason }: FoundPlace, workingDir: string): readonly WritablePlace[] {
	const full = posix.join('/', path.startsWith('/') ? path : posix.join(workingDir, path)).replace(/(.)\/$/, '$1');
	const folder = kind === 'file' ? posix.dirname(full) : full;
	if (SYSTEM.test(folder)) return [];
	if (!hidesApp(folder, workingDir)) return [{ path: folder, reason }];
	return kind === 'file' && folder === workingDir ? [{ path: full, link: posix.join(DATA, posix.basename(full)), reason }] : [];
}

/** A volume at the app's own folder, or above it, would be empty when the app starts. */
function hidesApp(folder: string, workingDir: string): boolean {
	return folder === ROOT || workingDir === folder || workingDir.startsWith(`${folder}/`);
}

/** What the user asks for by configuration or flag. @throws TareError CONFIG_INVALID */
export function askedPlaces(paths: readonly string[], workingDir: string): readonly WritablePlace[] {
	return paths.map((path) => {
		const [place] = placeOf({ path, kind: 'folder', reason: { says: `asked for: ${path}` } }, workingDir);
		if (place !== undefined) return place;
		throw new TareError('CONFIG_INVALID', `writable: ${path} cannot be a folder that the app writes to`, {
			hint: 'Name a folder below the app\'s, such as "data", or one of its own, such as "/var/lib/app". A writable /app would hide the app; /tmp is always writable.',
		});
	});
}

/** Folders that are declared as volumes. */
export function volumesOf({ writable = [] }: Pick<BuildPlan, 'writable'>): readonly string[] {
	return [...new Set(writable.filter(({ shipped }) => shipped !== true).map(({ path, link }) => (link === undefined ? path : DATA)))].sort();
}

export function writablePlan(plan: Pick<BuildPlan, 'writable'>): LayerPlan | undefined {
	const { writable = [] } = plan;
	const folders = [...volumesOf(plan), ...shippedOf(writable)];
	return folders.length === 0 ? undefined : { name: NAME, purpose: 'assets', says: `${folders.join(', ')}: writable; mount a volume to keep what is written` };
}

/**
 * The folders, of the app's user and group 0, as a layer.
 * Everyone may write: a platform that mounts a volume in their place copies the mode and not always the owner, and OpenShift runs any user.
 * @param user `UID[:GID]`; a name has no number here, and gets 65532
 */
export function writableLayer(plan: Pick<BuildPlan, 'writable'>, user: string): LayerSpec | undefined {
	const paths = [...volumesOf(plan), ...shippedOf(plan.writable ?? [])];
	if (paths.length === 0) return undefined;
	const uid = Number(/^\d+/.exec(user)?.[0] ?? 65532);
	const links = (plan.writable ?? []).flatMap(({ path, link }): Entry[] =>
		link === undefined ? [] : [{ type: 'symlink', path: imagePath(path), mode: 0o777, target: link }],
	);
	const folders = paths.map((path): Entry => ({ type: 'directory', path: imagePath(path), mode: 0o777, uid, gid: 0 }));
	return { name: NAME, purpose: 'assets', entries: async () => [...folders, ...links] };
}

function shippedOf(writable: readonly WritablePlace[]): readonly string[] {
	return writable.filter(({ shipped }) => shipped === true).map(({ path }) => path);
}

/** For the plan: what was found, where, and what to do about it. */
export function placeReason({ path, link, shipped, reason }: WritablePlace): Reason {
	const where = link === undefined ? `${path} is writable` : `${path} is a link to ${link}, which is writable`;
	const keep =
		shipped === true
			? 'no volume, because the image has files there; with a read-only root mount one with these files'
			: `mount a volume at ${link === undefined ? path : DATA} to keep it`;
	return { ...reason, says: `${reason.says}: ${where} (${keep})` };
}
