/**
 * Java: Tare against Jib's Maven plugin on the same Spring Boot app, JRE base and registry in one run: cold, unchanged, one class changed.
 * The plugin is had by Maven for the run. Needs a JDK, mvn and docker-registry.
 *
 *   node bench/java.mjs
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, seconds, table } from './measure.mjs';
import { workplace } from './registry.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.cjs');
const JIB = 'com.google.cloud.tools:jib-maven-plugin:3.4.6:build';
const CLASS = 'src/main/java/com/example/greeter/Greeter.java';
/** Bytes of eclipse-temurin:17-jre for linux/amd64, Jib's default base for this app, which a bench cannot count on: docker-library/repo-info, September 2026. */
const JIB_BASE = { image: 'eclipse-temurin:17-jre', digest: 'sha256:4c3a8896e9d0af2e63c6219e44302ef273f2618691125d7dea171aeabdd0a16c', size: 115_557_887 };
const LABELS = ['cold', 'no change', 'one class'];
const { work, registry, end } = await workplace('java');
try {
	await run();
} finally {
	end();
}

async function run() {
	const env = { TARE_CACHE_DIR: join(work, 'store') };
	await pushBase(env);
	const rows = { tare: await series('tare', tareBuild(env)), jib: await series('jib', jibBuild()) };
	print(rows);
	await printSizes(await sizes(env), rows);
}

/** The same app on a runtime of the modules it needs. */
async function sizes(env) {
	const dir = join(work, 'linked');
	cpSync(join(ROOT, 'examples/java-spring'), dir, { recursive: true });
	await measure(process.execPath, [CLI, 'build', dir, '-q', '--optimize', 'jlink', '-t', `${registry.host}/tare/linked:1`, '--push'], { env });
	return sizeOf('tare/linked', '1');
}

/** Of Jib's image on its own default base: the layers of the app that it has just made, and the base's published size. */
async function printSizes(linked, { tare, jib }) {
	const [whole, same] = [tare.cold.total, jib.cold.total];
	const base = await sizeOf('base', '1');
	const own = JIB_BASE.size + same - base;
	console.log(
		`image with a linked runtime ${mb(linked)}, with the whole JRE ${mb(whole)}, Jib on the same JRE ${mb(same)}, Jib on ${JIB_BASE.image} ${mb(own)} (compressed; published size of ${JIB_BASE.digest}).`,
	);
	target("a linked runtime's image at most 40 % of Jib's default base and app", `${((100 * linked) / own).toFixed(0)} %`, linked <= 0.4 * own);
}

function target(says, got, reached) {
	console.log(`${reached ? 'reached' : 'MISSED '}  ${says}: ${got}`);
}

/** Cold is with Maven's repository filled and its plugins there: what the tools need of the network is not compared. */
async function series(name, build) {
	const dir = join(work, name);
	cpSync(join(ROOT, 'examples/java-spring'), dir, { recursive: true });
	const rows = {};
	let known = new Set();
	for (const label of LABELS) {
		if (label === 'one class') appendFileSync(join(dir, CLASS), '\nclass ChangedByTheBench { static final String VALUE = "yes"; }\n');
		registry.take();
		const result = await build(dir);
		const layers = await layersOf(`${name}/app`, '1');
		const pushed = layers.filter(({ digest }) => !known.has(digest)).reduce((sum, { size }) => sum + size, 0);
		known = new Set(layers.map(({ digest }) => digest));
		rows[label] = { ...result, requests: registry.take() - 1, pushed, total: layers.reduce((sum, { size }) => sum + size, 0) };
	}
	return rows;
}

function tareBuild(env) {
	return (dir) => measure(process.execPath, [CLI, 'build', dir, '-q', '-t', `${registry.host}/tare/app:1`, '--push'], { env });
}

function jibBuild() {
	const properties = {
		'jib.from.image': `${registry.host}/base:1`,
		'jib.to.image': `${registry.host}/jib/app:1`,
		'jib.allowInsecureRegistries': 'true',
		sendCredentialsOverHttp: 'true',
		'jib.baseImageCache': join(work, 'jib-base'),
		'jib.applicationCache': join(work, 'jib-app'),
		skipTests: 'true',
	};
	const flags = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
	return (dir) => measure('mvn', ['-q', '-B', 'package', JIB, ...flags], { cwd: dir });
}

/** Tare's JRE base under a program that is not started: Jib's own default base is on a registry that a bench should not need. */
async function pushBase(env) {
	const base = join(work, 'base');
	mkdirSync(base);
	cpSync(join(ROOT, 'LICENSE'), join(base, 'LICENSE'));
	await measure(process.execPath, [CLI, 'build', base, '--entrypoint', 'java -version', '-t', `${registry.host}/base:1`, '--push', '-q'], { env });
}

async function sizeOf(name, tag) {
	return (await layersOf(name, tag)).reduce((sum, { size }) => sum + size, 0);
}

async function layersOf(name, tag) {
	const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
	const answer = await fetch(`http://${registry.host}/v2/${name}/manifests/${tag}`, { headers: { accept } });
	return (await answer.json()).layers;
}

function print({ tare, jib }) {
	const cores = execFileSync('nproc', { encoding: 'utf8' }).trim();
	const maven = execFileSync('mvn', ['-v'], { encoding: 'utf8' }).split('\n')[0];
	console.log(
		`java-spring on ${cores} cores, ${maven}, ${JIB}, both on Tare's JRE base, pushed to a registry on loopback. Bytes pushed: layers that were not in the image before.`,
	);
	table(
		['build', 'tool', 'wall', 'CPU', 'peak RSS', 'requests', 'new layers', 'image', 'tare / jib, wall'],
		LABELS.flatMap((label) =>
			Object.entries({ tare, jib }).map(([tool, rows]) => {
				const { wall, cpu, rss, requests, pushed, total } = rows[label];
				const ratio = tool === 'tare' ? (wall / jib[label].wall).toFixed(2) : '';
				return [label, tool, seconds(wall), seconds(cpu), mb(rss), requests, `${(pushed / 1000).toFixed(1)} kB`, mb(total), ratio];
			}),
		),
	);
	target('no change at most 0.5 s, Maven not started', seconds(tare['no change'].wall), tare['no change'].wall <= 0.5);
	const share = tare['one class'].wall / jib['one class'].wall;
	target("one class at most 50 % of Jib's wall", `${(share * 100).toFixed(0)} %`, share <= 0.5);
	target('one class pushes at most 100 kB', `${(tare['one class'].pushed / 1000).toFixed(1)} kB`, tare['one class'].pushed <= 100_000);
}
