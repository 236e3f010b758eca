/**
 * AppCDS: classes as the JVM holds them in memory, in an archive that is mapped at start (https://docs.oracle.com/en/java/javase/25/vm/class-data-sharing.html).
 * The archive is dumped by the image's own Java from a list of classes that was recorded once: since Java 25 the same list gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DEBIAN_ARCHITECTURES } from '../../src/bases/debian/context.js';
import type { LayerSpec } from '../../src/builder/contract.js';
import { TareError } from '../../src/errors.js';
import { type Entry, type FileEntry, imagePath } from '../../src/layers/entry.js';
import type { Platform } from '../../src/oci/types.js';
import { baseProgram } from '../../src/toolchain/base-program.js';
import type { Toolchain } from '../../src/toolchain/contract.js';
import type { JavaFacts } from './plan.js';
import { bytesOf } from './references.js';
import { setFor } from './sets.js';
import { freePort, untilItAnswers } from './training.js';

/** Grows when the same classes would give another archive. */
const RECIPE = 1;
export const ARCHIVE = 'app.jsa';
const LIST = 'tare.classlist';
/** What the archive depends on, and machines differ in: which collector, and how references are packed. */
const SAME_EVERYWHERE = ['-XX:+UseG1GC', '-Xmx256m', '-Xms256m'];

export interface Archived {
	/** Jars on the class path. */
	readonly jars: readonly FileEntry[];
	/** Other files that the app opens. */
	readonly files: readonly FileEntry[];
	/** Words after `java` that start the app; paths are below /app. */
	readonly command: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Folder of the linked runtime on this machine, where there is one. */
	readonly linked?: string;
}

/** @throws TareError PLATFORM_INVALID | BUILD_FAILED | LOCK_FROZEN */
export async function archiveLayer(archived: Archived, facts: JavaFacts, platform: Platform, tools: Toolchain): Promise<LayerSpec> {
	if (platform.architecture !== tools.host.architecture)
		throw new TareError(
			'PLATFORM_INVALID',
			`java.cds makes an archive for ${platform.architecture} on a machine of that architecture only, this is ${tools.host.architecture}`,
			{
				hint: 'Build each platform on its own machine, or leave cds out of tare.yaml.',
			},
		);
	const [dir, java] = [await laidOut([...archived.jars, ...archived.files], tools), await javaOf(archived, facts, tools)];
	const list = await tools.kept(LIST, () => recordClasses(java.argv, dir, archived, facts, tools));
	const hashes = archived.jars.map((jar) => [jar.path, createHash('sha256').update(bytesOf(jar)).digest('hex')]);
	const key = createHash('sha256')
		.update(JSON.stringify([RECIPE, java.identity, tools.epoch, archived.command, hashes, list]))
		.digest('hex');
	const dumped = () => tools.store.tree('java-cds', `${tools.source.root}\0${key}`, (out) => dump(java.argv, dir, list, out, archived, tools));
	const entries = async (): Promise<readonly Entry[]> => {
		const path = join(await dumped(), ARCHIVE);
		return [{ type: 'file', path: imagePath(`app/${ARCHIVE}`), mode: 0o644, size: readFileSync(path).length, content: { kind: 'disk', path } }];
	};
	return { name: 'cds', purpose: 'app', key: `cds ${key}`, entries };
}

/** Java compares size and time of each jar; of their paths only what follows the part they have in common. */
async function laidOut(files: readonly FileEntry[], tools: Toolchain): Promise<string> {
	const dir = await tools.scratch('cds');
	for (const file of files) {
		const path = join(dir, file.path);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, bytesOf(file));
		utimesSync(path, tools.epoch, tools.epoch);
	}
	return join(dir, 'app');
}

async function javaOf({ linked }: Archived, { line }: JavaFacts, tools: Toolchain) {
	const root = await tools.packages([setFor(linked === undefined ? 'jre' : 'jdk', line)], tools.host.architecture);
	const program =
		linked === undefined ? `usr/lib/jvm/java-${line}-openjdk-${DEBIAN_ARCHITECTURES[tools.host.architecture]}/bin/java` : join(linked, 'bin/java');
	return { argv: baseProgram(root, program, tools.host), identity: linked === undefined ? basename(root) : basename(dirname(linked)) };
}

/** The app is started once, and ends when it answers. */
async function recordClasses(java: readonly string[], dir: string, { command, env }: Archived, facts: JavaFacts, tools: Toolchain): Promise<string> {
	const [file, port] = [join(await tools.scratch('classlist'), 'classes'), await freePort()];
	const values = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value]));
	const result = await tools.run({
		step: 'training',
		argv: [...java, '-Xshare:off', `-XX:DumpLoadedClassList=${file}`, ...command],
		cwd: dir,
		env: { ...values, ...facts.buildEnv, JAVA_TOOL_OPTIONS: '', PORT: String(port) },
		until: (ended) => untilItAnswers(port, ended),
	});
	const list = classList(readFileSync(file, 'utf8'));
	if (result.exitCode !== 0 && result.exitCode !== 143)
		throw new TareError('BUILD_FAILED', `the app ended with ${result.exitCode} when it was started to see which classes it loads`, {
			hint: 'Give it what it needs to start with --build-env NAME=VALUE, or leave cds out of tare.yaml.',
			data: { output: result.tail },
		});
	return list;
}

/** Sorted, and without what tells one run from another: numbers of classes, calls that were resolved. */
export function classList(recorded: string): string {
	const lines = recorded.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
	const classes = lines.filter((line) => !line.startsWith('@') && !line.includes(' source:')).map((line) => line.replace(/ .*/, ''));
	const lambdas = lines.filter((line) => line.startsWith('@lambda-'));
	return `${[...new Set(classes.sort()), ...new Set(lambdas.sort())].join('\n')}\n`;
}

async function dump(java: readonly string[], dir: string, list: string, out: string, { command }: Archived, tools: Toolchain): Promise<void> {
	const classes = join(out, 'classes');
	writeFileSync(classes, list);
	const argv = [
		...java,
		'-Xshare:dump',
		'-Xlog:disable',
		'-Xlog:all=error',
		...SAME_EVERYWHERE,
		`-XX:SharedClassListFile=${classes}`,
		`-XX:SharedArchiveFile=${join(out, ARCHIVE)}`,
		...command,
	];
	const result = await tools.run({ step: 'cds', argv, cwd: dir });
	if (result.exitCode === 0) return;
	throw new TareError('BUILD_FAILED', `java -Xshare:dump exited with ${result.exitCode}`, {
		hint: 'The lines above say why. Leave cds out of tare.yaml to build without an archive.',
		data: { output: result.tail },
	});
}
