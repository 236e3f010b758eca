/** The shape of a plan, checked where others than Tare's builders may have changed it. */
import * as v from 'valibot';

const texts = v.array(v.string());
const pairs = v.record(v.string(), v.string());
const marks = v.record(v.string(), v.object({}));
const reasons = v.array(v.looseObject({ says: v.string(), file: v.optional(v.string()), line: v.optional(v.number()) }));
const owner = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)));

const BASE = v.variant('kind', [
	v.looseObject({
		kind: v.literal('debian'),
		release: v.picklist(['trixie', 'bookworm']),
		sets: texts,
		packages: texts,
		slim: v.boolean(),
		strip: v.boolean(),
	}),
	v.looseObject({ kind: v.literal('registry'), ref: v.string() }),
	v.looseObject({ kind: v.literal('layout'), path: v.string() }),
	v.looseObject({ kind: v.literal('scratch') }),
]);

const FILE = v.strictObject({
	path: v.pipe(v.string(), v.regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))./, 'an absolute path in the image')),
	content: v.string(),
	encoding: v.optional(v.picklist(['utf8', 'base64'])),
	mode: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777))),
	uid: owner,
	gid: owner,
});

const PLAN = v.looseObject({
	builder: v.string(),
	steps: v.array(v.looseObject({ id: v.string(), command: v.pipe(texts, v.minLength(1)), env: pairs, reasons })),
	layers: v.array(v.looseObject({ name: v.string(), purpose: v.picklist(['os', 'runtime', 'dependencies', 'app', 'assets']), says: v.string() })),
	base: BASE,
	processes: v.array(v.looseObject({ type: v.string(), command: v.pipe(texts, v.minLength(1)), reasons })),
	config: v.strictObject({
		Entrypoint: v.optional(texts),
		Cmd: v.optional(texts),
		WorkingDir: v.optional(v.string()),
		ExposedPorts: v.optional(marks),
		Labels: v.optional(pairs),
		StopSignal: v.optional(v.string()),
		User: v.optional(v.string()),
		Volumes: v.optional(marks),
		env: v.optional(pairs),
	}),
	reasons,
	warnings: reasons,
	tools: pairs,
	files: v.optional(v.array(FILE)),
	writable: v.optional(
		v.array(v.looseObject({ path: v.pipe(v.string(), v.startsWith('/')), link: v.optional(v.string()), reason: v.looseObject({ says: v.string() }) })),
	),
	facts: v.record(v.string(), v.unknown()),
});

/** The first mistake, with its place: `steps[0].command: ...`; undefined for a plan. */
export function planMistake(value: unknown): string | undefined {
	const result = v.safeParse(PLAN, value, { abortEarly: true });
	if (result.success) return isPlain(value) ? undefined : 'it holds something that JSON does not have';
	const [issue] = result.issues;
	const place = (issue.path ?? []).map(({ key }, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`)).join('');
	const got = issue.received === 'undefined' ? 'missing' : `${issue.message}`;
	return place === '' ? 'it is no object' : `${place} ${got}`;
}

function isPlain(value: unknown): boolean {
	if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return true;
	if (typeof value === 'number') return Number.isFinite(value);
	if (Array.isArray(value)) return value.every(isPlain);
	return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
