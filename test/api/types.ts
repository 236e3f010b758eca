/** Types of the API as a user writes them: compiled with everything else by `npm run types`, never run. A line that should not compile says so above it. */
import {
	type BuildPlan,
	type BuildResult,
	build,
	type Digest,
	type Entry,
	ERRORS,
	type ErrorCode,
	type Extension,
	type HandMadeImage,
	image,
	layer,
	plan,
	TareError,
	type TareEvent,
} from '../../src/index.js';

export async function levelOne(): Promise<BuildResult> {
	const controller = new AbortController();
	const result = await build({ dir: '.', tags: ['a'], push: true, platforms: ['linux/arm64'] }, { signal: controller.signal, onEvent: (event) => event.type });
	const digest: Digest = result.digest;
	const size: number = result.images[0]?.size ?? 0;
	// @ts-expect-error results are read-only
	result.digest = digest;
	// @ts-expect-error there may be no image at a place
	result.images[0].size.toFixed();
	// @ts-expect-error an option that does not exist
	await build({ folder: '.' });
	// @ts-expect-error tags are a list
	await build({ tags: 'a' });
	// @ts-expect-error a digest is made by Tare, not by hand
	const other: Digest = 'sha256:00';
	return size > 0 || other === digest ? result : build();
}

export function levelTwo(entries: readonly Entry[]): HandMadeImage {
	const made = image({ base: { debian: ['static', 'jre-21'], packages: ['curl'], node: '24' }, dir: '.' })
		.with(layer.dir('dist', { at: '/app', owner: '1:2', mode: 0o640 }), layer.entries(entries, { purpose: 'dependencies' }))
		.with(layer.files({ '/a': 'text', '/b': new Uint8Array(), '/c': { content: '', mode: 0o755, owner: 5 }, '/d': { from: 'x' }, '/e': { link: 'a' } }))
		.config({ entrypoint: ['node', '/app/x.js'], user: 65532, ports: [80, '53/udp'] })
		.for('linux/amd64');
	// @ts-expect-error a set of packages that does not exist
	image({ base: { debian: ['everything'] } });
	// @ts-expect-error a folder needs a place in the image
	layer.dir('dist', {});
	// @ts-expect-error a file is a link or has content, not both
	layer.files({ '/a': { link: 'a', content: 'b' } });
	// @ts-expect-error an entrypoint is words, not a line for a shell
	made.config({ entrypoint: 'node x.js' });
	// @ts-expect-error images are made by image()
	made.spec = {};
	return made;
}

export const levelThree: Extension = (before) => ({ ...before, config: { ...before.config, StopSignal: 'SIGINT' } });
export const alsoAsync: Extension = async (before) => ({ ...before, files: [{ path: '/etc/motd', content: 'x' }] });
// @ts-expect-error what it returns is a plan
export const noPlan: Extension = () => ({ steps: [] });
export const changes: Extension = (before) => {
	// @ts-expect-error plans are read-only
	before.builder = 'x';
	// @ts-expect-error so are their lists
	before.steps.push();
	return before;
};

/** A union that can be told apart to its end. */
export function describe(event: TareEvent): string {
	if (event.type === 'layer') return `${event.name} ${event.size.toFixed()}`;
	if (event.type === 'step-output') return event.line;
	// @ts-expect-error other events have no name
	return event.name;
}

export function explain(error: unknown, made: BuildPlan): string {
	if (!(error instanceof TareError)) return made.base.kind;
	const code: ErrorCode = error.code;
	const [exitCode] = ERRORS[code];
	// @ts-expect-error a code that does not exist
	return error.code === 'NOT_A_CODE' ? '' : `${exitCode} ${error.hint ?? ''}`;
}

export const plain = async (): Promise<string> => JSON.stringify((await plan({ dir: '.' })).plan);
