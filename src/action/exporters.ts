/** The input `outputs`: Docker's exporters, or Tare's own `KIND:PATH[:TAG]`. https://docs.docker.com/build/exporters/ */
import { attributes, type Environment, invalidInput, lines } from './inputs.js';

export interface Exports {
	/** `KIND:PATH[:TAG]` */
	readonly outputs: readonly string[];
	/** Names that an exporter brings. */
	readonly tags: readonly string[];
	readonly push?: true;
	readonly load?: 'docker';
	/** Docker's media types, where they are asked for. */
	readonly format?: 'docker';
	readonly compression?: number;
	/** With their level in front, as in the input `annotations`. */
	readonly annotations: readonly (readonly [string, string])[];
}

const NAME = 'outputs';
const NOTHING: Exports = { outputs: [], tags: [], annotations: [] };
/** Attributes that ask for what Tare does anyway, or that change no byte of an image. */
const HARMLESS = new Set([
	'type',
	'dest',
	'tar',
	'name',
	'push',
	'oci-mediatypes',
	'compression',
	'compression-level',
	'force-compression',
	'rewrite-timestamp',
]);
const IGNORED = new Set(['store', 'unpack', 'context', 'name-canonical', 'dangling-name-prefix', 'registry.insecure', 'prefer-nondist-layers']);

/** @throws TareError USAGE */
export function readExports(env: Environment): Exports {
	const all = lines(env, NAME, false).map(readOne);
	const level = all.find(({ compression }) => compression !== undefined)?.compression;
	return {
		outputs: all.flatMap(({ outputs }) => outputs),
		tags: all.flatMap(({ tags }) => tags),
		annotations: all.flatMap(({ annotations }) => annotations),
		...(all.some(({ push }) => push === true) && { push: true }),
		...(all.some(({ load }) => load !== undefined) && { load: 'docker' }),
		...(all.some(({ format }) => format !== undefined) && { format: 'docker' }),
		...(level !== undefined && { compression: level }),
	};
}

function readOne(line: string): Exports {
	if (/^(?:oci|oci-archive|docker-archive):/.test(line)) return { ...NOTHING, outputs: [line] };
	const given = attributes(line);
	if (given === undefined) throw refused(`"${line}" would be a folder of the image's files, which Tare does not write`);
	const own = readType(line, given);
	refuseUnknown(line, given);
	const level = given.get('compression-level');
	return {
		...own,
		annotations: annotationsIn(given),
		...(given.get('oci-mediatypes') === 'false' && { format: 'docker' }),
		...(level !== undefined && { compression: Number(level) }),
	};
}

/** `annotation.KEY`, `annotation-index.KEY`, `annotation[linux/amd64].KEY` */
function annotationsIn(given: ReadonlyMap<string, string>): Exports['annotations'] {
	return [...given].flatMap(([name, value]) => {
		const [, level = '', platform = '', key] = /^annotation(?:-([a-z-]+))?(\[[^\]]*\])?\.(.+)$/.exec(name) ?? [];
		return key === undefined ? [] : [[level === '' && platform === '' ? key : `${level || 'manifest'}${platform}:${key}`, value] as const];
	});
}

function readType(line: string, given: ReadonlyMap<string, string>): Exports {
	const dest = given.get('dest');
	switch (given.get('type')) {
		case 'oci':
			return { ...NOTHING, outputs: [given.get('tar') === 'false' ? `oci:${needed(line, dest)}` : `oci-archive:${needed(line, dest)}`] };
		case 'docker':
			return dest === undefined ? { ...NOTHING, load: 'docker' } : { ...NOTHING, outputs: [`docker-archive:${dest}`] };
		case 'registry':
			return { ...NOTHING, tags: namesOf(given), push: true };
		case 'image':
			return { ...NOTHING, tags: namesOf(given), ...(given.get('push') === 'true' && { push: true }) };
		case 'cacheonly':
			return NOTHING;
		case 'local':
		case 'tar':
			throw refused(`"${line}" asks for the image's files, and Tare writes images`);
		default:
			throw refused(`"${line}" has no type that is known`);
	}
}

function needed(line: string, dest: string | undefined): string {
	if (dest !== undefined && dest !== '' && dest !== '-') return dest;
	throw refused(`"${line}" does not say where to`, 'Add dest=PATH.');
}

function namesOf(given: ReadonlyMap<string, string>): readonly string[] {
	return (given.get('name') ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
}

function refuseUnknown(line: string, given: ReadonlyMap<string, string>): void {
	if (given.get('push-by-digest') === 'true')
		throw refused(
			`"${line}" pushes without a tag`,
			'Name all `platforms` in one step: Tare builds them on one machine, without emulation, and pushes one index.',
		);
	if ((given.get('compression') ?? 'gzip') !== 'gzip')
		throw refused(`"${line}" asks for ${given.get('compression')}, and Tare's layers are gzip`, 'Leave compression out.');
	const unknown = [...given.keys()].find((name) => !HARMLESS.has(name) && !IGNORED.has(name) && name !== 'push-by-digest' && !name.startsWith('annotation'));
	if (unknown !== undefined) throw refused(`"${line}": "${unknown}" is not known`, 'Leave it out.');
}

function refused(
	says: string,
	hint = 'Write type=oci,dest=FILE, type=docker,dest=FILE, type=image,name=NAME,push=true, or oci:DIR, oci-archive:FILE, docker-archive:FILE.',
) {
	return invalidInput(NAME, says, hint);
}
