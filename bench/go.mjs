/**
 * Go: Tare against ko on the same app, base and registry in one run: cold, unchanged, after an unrelated commit, after a one-line change (the median of three).
 * ko is installed by `go install` for the run; KOCACHE is set, as its fast path needs. Needs go, git and docker-registry.
 *
 *   node bench/go.mjs [APP MAIN]      default examples/go-server ./cmd/server; MAIN is the folder of main.go
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, median, seconds, table } from './measure.mjs';
import { workplace } from './registry.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = join(ROOT, 'dist/cli.cjs');
/** Extra certificates, where the user has some, are read by every Node that starts: only the cold build needs them, for Debian's mirror. */
const LOOPBACK = { NODE_EXTRA_CA_CERTS: undefined };
/** Of all but the cold build; the table has the median. */
const ROUNDS = 3;
const KO = 'github.com/google/ko@latest';
const [dir = join(ROOT, 'examples/go-server'), program = './cmd/server'] = process.argv.slice(2);
const app = resolve(dir);
const { work, registry, end } = await workplace('go');
try {
	await run();
} finally {
	end();
}

async function run() {
	const bin = join(work, 'bin');
	await measure('go', ['install', KO], { env: { GOBIN: bin }, cwd: work });
	const version = /^\s+mod\s+\S+\s+(\S+)/m.exec(execFileSync('go', ['version', '-m', join(bin, 'ko')], { encoding: 'utf8' }))?.[1];
	// Each has the packages of the standard library to compile in its first build, and no other's.
	const tools = { tare: await tareOn(checkout('tare')), ko: await koOn(checkout('ko'), bin) };
	const rows = { tare: {}, ko: {} };
	for (const [name, tool] of Object.entries(tools)) {
		const take = async (label, prepare = async () => {}) => {
			const rounds = label === 'cold' ? 1 : ROUNDS;
			const samples = [];
			for (let round = 0; round < rounds; round++) {
				await prepare(round);
				registry.take();
				const built = await tool.build(label === 'cold' ? {} : LOOPBACK);
				samples.push({ ...built, requests: registry.take() });
			}
			rows[name][label] = median(samples);
		};
		await take('cold');
		await take('no change');
		await take('unrelated commit', () => commitNothing(tool.dir));
		const links = [];
		await take('one-line change', async (round) => {
			appendFileSync(join(tool.dir, program, 'main.go'), `\nfunc init() { println("changed by the bench: ${round}") }\n`);
			if (name === 'tare') links.push(await linkAlone(tool, round));
		});
		if (name === 'tare') rows.link = median(links);
	}
	const node = await measure(process.execPath, ['-e', '0'], { env: LOOPBACK });
	print(rows, version, node);
}

/** A git repository of its own: ko stamps the commit into the program. */
function checkout(name) {
	const dir = join(work, name);
	cpSync(app, dir, { recursive: true });
	const git = (...args) => execFileSync('git', ['-C', dir, '-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], { stdio: 'ignore' });
	git('init');
	git('add', '-A');
	git('commit', '-m', 'first');
	return dir;
}

async function commitNothing(dir) {
	execFileSync('git', ['-C', dir, '-c', 'user.name=bench', '-c', 'user.email=bench@example.org', 'commit', '--allow-empty', '-m', 'unrelated'], {
		stdio: 'ignore',
	});
}

async function tareOn(dir) {
	const env = { TARE_CACHE_DIR: join(work, 'store'), GOCACHE: join(work, 'gocache-tare') };
	const build = async (extra) => {
		const result = await measure(process.execPath, [CLI, 'build', dir, '--main', program, '--json', '-t', `${registry.host}/tare/app:1`, '--push'], {
			env: { ...env, ...extra },
		});
		const { digest, images } = JSON.parse(result.stdout);
		return { ...result, digest, layer: images[0].layers.at(-1).size };
	};
	return { dir, env, build };
}

/** Tare's own base, without an app on it, is what ko builds on: its default is on a registry that a bench should not need. */
async function koOn(dir, bin) {
	const base = join(work, 'base');
	mkdirSync(base);
	writeFileSync(join(base, 'x'), '');
	writeFileSync(join(base, 'tare.yaml'), 'builder: prebuilt\nentrypoint: ./program\n');
	cpSync(join(bin, 'ko'), join(base, 'program'));
	const env = {
		TARE_CACHE_DIR: join(work, 'store'),
		GOCACHE: join(work, 'gocache-ko'),
		KOCACHE: join(work, 'kocache'),
		KO_DOCKER_REPO: `${registry.host}/ko`,
		KO_DEFAULTBASEIMAGE: `${registry.host}/base:1`,
	};
	mkdirSync(env.KOCACHE);
	await measure(process.execPath, [CLI, 'build', base, '-t', `${registry.host}/base:1`, '--push', '-q'], { env });
	const build = async () => {
		const result = await measure(join(bin, 'ko'), ['build', '--sbom=none', '--platform=linux/amd64', program], { env, cwd: dir });
		const digest = result.stdout.trim().split('@')[1];
		return { ...result, digest, layer: await lastLayer(result.stdout.trim()) };
	};
	return { dir, env, build };
}

async function lastLayer(reference) {
	const [name, digest] = reference.split('@');
	const path = name.slice(name.indexOf('/') + 1).replace(/:.*$/, '');
	const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
	const answer = await fetch(`http://${registry.host}/v2/${path}/manifests/${digest}`, { headers: { accept } });
	return (await answer.json()).layers.at(-1).size;
}

/** What go itself needs for the changed program: the compiler for one package, and the linker. The cache is copied, so that Tare gains nothing. */
async function linkAlone({ dir, env }, round) {
	const cache = join(work, `gocache-link-${round}`);
	cpSync(env.GOCACHE, cache, { recursive: true });
	const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w -B=0x00'];
	return measure('go', ['build', ...flags, '-o', join(work, 'linked'), program], { cwd: dir, env: { GOCACHE: cache, CGO_ENABLED: '0', GOAMD64: 'v1' } });
}

function print(rows, version, node) {
	const same = (tool) => (tool['unrelated commit'].digest === tool.cold.digest ? 'the same' : 'another');
	const cores = execFileSync('nproc', { encoding: 'utf8' }).trim();
	console.log(
		`${app.split('/').at(-1)} on ${cores} cores, ${execFileSync('go', ['version'], { encoding: 'utf8' }).trim()}, ko ${version} with KOCACHE, both on Tare's static base, pushed to a registry on loopback. Node alone starts in ${seconds(node.wall)}${process.env.NODE_EXTRA_CA_CERTS === undefined ? '' : ' without NODE_EXTRA_CA_CERTS, which is set here and left out of all but cold builds'}.`,
	);
	const labels = ['cold', 'no change', 'unrelated commit', 'one-line change'];
	table(
		['build', 'tool', 'wall', 'CPU', 'peak RSS', 'requests', 'app layer', 'tare / ko, wall'],
		labels.flatMap((label) =>
			['tare', 'ko'].map((tool) => {
				const { wall, cpu, rss, requests, layer } = rows[tool][label];
				const ratio = tool === 'tare' ? (wall / rows.ko[label].wall).toFixed(2) : '';
				return [label, tool, seconds(wall), seconds(cpu), mb(rss), requests, mb(layer), ratio];
			}),
		),
	);
	const { tare, ko, link } = rows;
	const target = (says, got, reached) => console.log(`${reached ? 'reached' : 'MISSED '}  ${says}: ${got}`);
	target('no change at most 0.3 s', seconds(tare['no change'].wall), tare['no change'].wall <= 0.3);
	const share = tare['no change'].wall / ko['no change'].wall;
	target('no change at most 25 % of ko', `${(share * 100).toFixed(0)} %`, share <= 0.25);
	const over = tare['one-line change'].wall - link.wall;
	target('one-line change at most compile and link + 0.5 s', `${seconds(link.wall)} + ${seconds(over)}`, over <= 0.5);
	const bytes = tare.cold.layer / ko.cold.layer;
	target("layer at most 60 % of ko's", `${(bytes * 100).toFixed(0)} %`, bytes <= 0.6);
	target('digest unchanged by an unrelated commit', `tare ${same(tare)}, ko ${same(ko)}`, tare['unrelated commit'].digest === tare.cold.digest);
}
