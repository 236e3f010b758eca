/** A runtime of the needed modules alone: Debian's, for the image's platform, linked by the same version's jlink on this machine. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DEBIAN_ARCHITECTURES } from '../../src/bases/debian/context.js';
import type { LayerSpec } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { directoryEntries } from '../../src/layers/directory.js';
import { type Entry, type FileEntry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import { baseProgram } from '../../src/toolchain/base-program.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { Application } from './application.js';
import { checkModules, type JdkModules, modulesFor, readModules } from './modules.js';
import type { JavaFacts } from './plan.js';
import { referencesIn } from './references.js';
import { setFor } from './sets.js';

/** Grows when the same modules would be linked otherwise. */
const RECIPE = 1;
/** Only these of the JDK's programs are of use to an app. */
const PROGRAMS = /^bin\/(?!(?:java|keytool|jcmd)$)/;
/** Parts of java.desktop that need a screen, sound or fonts: there when the user's packages have what they link to. */
const DESKTOP: readonly (readonly [RegExp, RegExp])[] = [
	[/^lib\/lib(?:awt_xawt|jawt|splashscreen)\.so$/, /^libx(?:11|awt|tst)/],
	[/^lib\/libjsound\.so$/, /^libasound/],
	[/^lib\/libfontmanager\.so$/, /^libfreetype/],
];

export interface LinkedRuntime {
	readonly modules: readonly string[];
	readonly layer: LayerSpec;
	/** On this machine; for the image's platform. */
	folder(): Promise<string>;
}

/** @throws TareError CONFIG_INVALID | BUILD_FAILED | BASE_* */
export async function linkRuntime(app: Application, facts: JavaFacts, platform: Platform, tools: Toolchain): Promise<LinkedRuntime> {
	const { line } = facts;
	const home = `usr/lib/jvm/java-${line}-openjdk-${DEBIAN_ARCHITECTURES[platform.architecture]}`;
	const packages = await tools.packages([setFor('jmods', line)], platform.architecture);
	const jmods = join(packages, home, 'jmods');
	const modules = await tools.once('java:modules', () => chooseModules(app, facts, readModules(jmods), tools));
	const key = createHash('sha256')
		.update(JSON.stringify([RECIPE, basename(packages), modules]))
		.digest('hex');
	const link = () => tools.store.tree('java-runtime', key, (dir) => runJlink(line, jmods, modules, join(dir, 'java'), tools));
	const dropped = DESKTOP.filter(([, needs]) => !facts.packages.some((name) => needs.test(name))).map(([file]) => file);
	const layer: LayerSpec = {
		name: 'runtime',
		purpose: 'runtime',
		key: `jlink ${key} ${dropped.length}`,
		entries: async () => [...runtimeFiles(join(await link(), 'java'), home, dropped), ...statusFiles(packages, line)],
	};
	return { modules, layer, folder: async () => join(await link(), 'java') };
}

async function chooseModules(app: Application, { jlink, flags }: JavaFacts, jdk: JdkModules, tools: Toolchain): Promise<readonly string[]> {
	const asked = flags.flatMap((flag) => /^--add-modules=(.+)$/.exec(flag)?.[1]?.split(',') ?? []).filter((name) => jdk.names.has(name));
	if (jlink !== undefined && jlink !== 'auto') return checkModules([...jlink, ...asked], jdk);
	const files = app.own.filter((entry): entry is FileEntry => entry.type === 'file');
	const own = await references(files, tools);
	const libraries = await references(
		app.libraries.map(({ name, size, content }) => ({ path: imagePath(name), size, content })),
		tools,
	);
	const found = modulesFor(jdk, own, app.libraries.length > 0 || app.jar !== undefined ? libraries : undefined);
	return checkModules([...found, ...asked], jdk);
}

async function references(files: readonly Pick<FileEntry, 'path' | 'size' | 'content'>[], { store }: Toolchain): Promise<ReadonlySet<string>> {
	const found = new Set<string>();
	for (const file of files) if (/\.(?:class|jar)$/.test(file.path)) for (const name of await referencesIn(file, store)) found.add(name);
	return found;
}

/** Uncompressed: the layer is compressed as a whole, and comes out smaller. Without the JDK's own line numbers, which are half of its code's size. */
async function runJlink(line: number, jmods: string, modules: readonly string[], output: string, tools: Toolchain): Promise<void> {
	const { architecture } = tools.host;
	const root = await tools.packages([setFor('jdk', line)], architecture);
	const program = `usr/lib/jvm/java-${line}-openjdk-${DEBIAN_ARCHITECTURES[architecture]}/bin/jlink`;
	const argv = [
		...baseProgram(root, program, tools.host),
		...['--module-path', jmods, '--add-modules', modules.join(','), '--output', output],
		...['--strip-java-debug-attributes', '--no-header-files', '--no-man-pages'],
	];
	const result = await tools.run({ step: 'jlink', argv, cwd: join(output, '..') });
	if (result.exitCode === 0) return;
	throw new TareError('BUILD_FAILED', `jlink exited with ${result.exitCode}`, {
		hint: 'The lines above say why. Leave jlink out of tare.yaml to ship the whole runtime.',
		data: { output: result.tail },
	});
}

function runtimeFiles(from: string, home: string, dropped: readonly RegExp[]): readonly Entry[] {
	const skip = (path: string): boolean => PROGRAMS.test(path) || path === 'lib/security/cacerts' || dropped.some((pattern) => pattern.test(path));
	const trust: Entry = { type: 'symlink', path: imagePath(`${home}/lib/security/cacerts`), mode: 0o777, target: '/etc/ssl/certs/java/cacerts' };
	return [...directoryEntries({ from, into: home, skip }), trust];
}

/** Scanners know the runtime by its package, whose modules these are. */
function statusFiles(packages: string, line: number): readonly Entry[] {
	const folder = 'var/lib/dpkg/status.d';
	const names = readdirSync(join(packages, folder)).filter((name) => name.startsWith(`openjdk-${line}-`) && !name.endsWith('.md5sums'));
	return [...names.map((name) => `${folder}/${name}`), ...names.map((name) => `usr/share/doc/${name}/copyright`)]
		.filter((path) => existsSync(join(packages, path)))
		.map((path): Entry => {
			const full = join(packages, path);
			return { type: 'file', path: imagePath(path), mode: 0o644, size: lstatSync(full).size, content: { kind: 'disk', path: full } };
		});
}
