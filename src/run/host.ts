/** No container: the image's program on this machine itself, with the image's files, environment and folder. The last resort, and said. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { elfFactsOf } from '../elf/file.js';
import { TareError } from '../errors.js';
import { pathInside } from '../layers/inside.js';
import { SITE_INDEX, SITE_ROOT } from '../site/site.js';
import type { Container, Runner } from './contract.js';
import { programInside } from './root.js';

const LIBRARIES = ['usr/local/lib', 'usr/lib', 'lib', 'usr/lib64', 'lib64'];
const TRIPLETS: Readonly<Record<string, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export const host: Runner = {
	name: 'host',
	network: 'host',
	async usable({ os }) {
		return os === 'linux' ? { yes: true } : { yes: false, why: 'images are for Linux' };
	},
	async prepare(container, { root: open, uid, temporary }, undo) {
		const { main, volumes, memory, image } = container;
		if (volumes.length > 0 || memory !== undefined)
			throw new TareError('USAGE', 'without a container there are no volumes and no memory limit', { hint: 'Install runc, podman, docker or bubblewrap.' });
		// Nothing keeps the app from writing to its files: they are a copy. Root gives them to their owners and becomes the image's user, who
		// may not reach the store.
		const asRoot = uid === 0 && everyoneReaches(temporary);
		const at = join(asRoot ? temporary : container.scratch, container.id);
		await undo(['rm', '-rf', '--', at]);
		const { path, user } = await open(container, { owners: asRoot, at });
		const [program, ...args] = withoutInit(main.argv);
		const file = programInside(path, program, main.env.PATH ?? '', main.cwd);
		const here = (text: string): string =>
			text
				.split(':')
				.map((part) => placeOf(path, part))
				.join(':');
		const cwd = placeOf(path, main.cwd);
		mkdirSync(cwd, { recursive: true });
		return {
			argv: [...loaderOf(path, file, image.platform.architecture), ...args.map(here)],
			env: { HOME: placeOf(path, user.home), ...mapped(main.env, here), ...ownPrograms(path) },
			cwd,
			...(asRoot && { user }),
		};
	},
};

function mapped(env: Readonly<Record<string, string>>, here: (text: string) => string): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
}

/** The file server of static sites is told where it lies. */
function ownPrograms(root: string): Readonly<Record<string, string>> {
	return existsSync(join(root, SITE_INDEX)) ? { TARE_SITE_INDEX: join(root, SITE_INDEX), TARE_SITE_ROOT: join(root, SITE_ROOT) } : {};
}

function everyoneReaches(folder: string): boolean {
	for (let at = folder; ; at = dirname(at)) {
		if ((statSync(at).mode & 0o001) === 0) return false;
		if (at === dirname(at)) return true;
	}
}

/** An init is for containers: it would start a program of this machine. */
function withoutInit(argv: Container['main']['argv']): readonly [string, ...string[]] {
	const [first, separator, program, ...args] = argv;
	const isInit = /^(?:tini|tini-static|dumb-init)$/.test(basename(first)) && separator === '--' && program !== undefined;
	return isInit ? [program, ...args] : argv;
}

/** An absolute path that the image has is meant to be the image's. */
function placeOf(root: string, text: string): string {
	if (!isAbsolute(text) || text === '/') return text;
	const at = pathInside(root, text, 'target');
	return existsSync(at) ? at : text;
}

/** A linked program is started by the image's own loader: this machine's C library may be another. */
function loaderOf(root: string, program: string, architecture: string): readonly [string, ...string[]] {
	const interpreter = elfFactsOf(program, 0, statSync(program).size)?.interpreter;
	if (interpreter === undefined) return [program];
	const loader = pathInside(root, interpreter, 'target');
	if (!existsSync(loader)) throw new TareError('RUN_FAILED', `the image does not have ${interpreter}, which starts ${program.slice(root.length)}`);
	const triplet = TRIPLETS[architecture];
	const folders = LIBRARIES.flatMap((folder) => [...(triplet === undefined ? [] : [join(root, folder, triplet)]), join(root, folder)]);
	return [loader, '--library-path', folders.filter((folder) => existsSync(folder)).join(':'), program];
}
