/**
 * Pushing: Tare against crane and skopeo, from the same OCI layout to the same kind of registry, each to a repository of its own: one layer of
 * 1 GB and 200 layers of 100 KB, with no and with 30 ms of added latency, then once more with nothing changed. Three rounds, each of which another
 * tool begins; the table has the median. The registry keeps its data in memory where it can: its disk is not what is measured. crane is installed
 * by `go install` for the run. Needs go, skopeo and docker-registry, and 3 GB of memory or disk.
 *
 *   node bench/push.mjs [LARGE_MB]      default 1000
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mb, measure, median, seconds, table } from './measure.mjs';
import { workplace } from './registry.mjs';

const CLI = join(fileURLToPath(new URL('..', import.meta.url)), 'dist/cli.cjs');
const CRANE = 'github.com/google/go-containerregistry/cmd/crane@latest';
const LARGE = Number(process.argv[2] ?? 1000) * 1e6;
const ROUNDS = 3;
const STEPS = ['first push', 'no change'];
const { work, registry, end } = await workplace('push');
const closing = [];
const verdicts = [];
try {
	await run();
} finally {
	for (const close of closing) close();
	end();
}

async function run() {
	const bin = join(work, 'bin');
	await measure('go', ['install', CRANE], { env: { GOBIN: bin }, cwd: work });
	let round = 0;
	const pushers = {
		tare: (layout, ref) => measure(process.execPath, [CLI, 'copy', `oci:${layout}`, ref, '-q'], { env: { TARE_CACHE_DIR: join(work, `store-${round}`) } }),
		crane: (layout, ref) => measure(join(bin, 'crane'), ['push', '--insecure', layout, ref]),
		skopeo: (layout, ref) => measure('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci:${layout}`, `docker://${ref}`]),
	};
	const images = { [`1 layer of ${mb(LARGE)}`]: layout('large', [LARGE]), '200 layers of 100 kB': layout('many', Array(200).fill(100_000)) };
	const rows = [];
	for (const delay of [0, 30]) {
		const host = delay === 0 ? registry.host : await delayed(registry.port, delay);
		for (const [label, dir] of Object.entries(images)) {
			const samples = {};
			for (let turn = 0; turn < ROUNDS; turn++, round++) {
				for (const name of rotated(Object.keys(pushers), turn)) {
					const ref = `${host}/${name}-${round}/image:1`;
					for (const step of STEPS) {
						registry.take();
						const made = await pushers[name](dir, ref);
						samples[`${step} ${name}`] = [...(samples[`${step} ${name}`] ?? []), { ...made, requests: registry.take() }];
					}
					registry.forget();
				}
			}
			const results = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)]));
			const blobs = label.startsWith('1 ') ? 2 : 201;
			for (const step of STEPS)
				for (const name of Object.keys(pushers)) {
					const { wall, cpu, rss, requests } = results[`${step} ${name}`];
					rows.push([label, `${delay} ms`, step, name, seconds(wall), seconds(cpu), mb(rss), requests, (requests / blobs).toFixed(1)]);
				}
			judge(label, delay, results);
		}
	}
	table(['image', 'latency', 'push', 'tool', 'wall', 'CPU', 'peak RSS', 'requests', 'a blob'], rows);
	for (const line of verdicts) console.log(line);
}

function rotated(names, by) {
	return names.map((_, at) => names[(at + by) % names.length]);
}

function judge(label, delay, results) {
	const tare = results['first push tare'];
	const best = Math.min(results['first push crane'].wall, results['first push skopeo'].wall);
	verdict(tare.wall <= best, `first push, ${label}, ${delay} ms: ${(tare.wall / best).toFixed(2)} of the fastest rival's wall time (target: at most 1)`);
	verdict(tare.rss <= 120e6, `first push, ${label}, ${delay} ms: peak RSS ${mb(tare.rss)} (target: at most 120 MB)`);
	const { requests } = results['no change tare'];
	verdict(requests <= 2, `no change, ${label}, ${delay} ms: ${requests} requests (target: at most 2)`);
}

function verdict(reached, says) {
	verdicts.push(`${reached ? 'reached' : 'MISSED '}  ${says}`);
}

/** An image of incompressible layers: what is measured is the transfer. */
function layout(name, sizes) {
	const dir = join(work, name);
	mkdirSync(join(dir, 'blobs/sha256'), { recursive: true });
	const json = (value) => blob(dir, [Buffer.from(JSON.stringify(value))]);
	const layers = sizes.map((size) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...blob(dir, random(size)) }));
	const config = json({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) } });
	const mediaType = 'application/vnd.oci.image.manifest.v1+json';
	const manifest = json({ schemaVersion: 2, mediaType, config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config }, layers });
	writeFileSync(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, ...manifest }] }));
	return dir;
}

function* random(size) {
	for (let left = size; left > 0; left -= 1 << 20) yield randomBytes(Math.min(left, 1 << 20));
}

function blob(dir, chunks) {
	const aside = join(dir, 'aside');
	const file = openSync(aside, 'w');
	const hash = createHash('sha256');
	let size = 0;
	for (const chunk of chunks) {
		hash.update(chunk);
		size += writeSync(file, chunk);
	}
	closeSync(file);
	const hex = hash.digest('hex');
	renameSync(aside, join(dir, 'blobs/sha256', hex));
	return { digest: `sha256:${hex}`, size };
}

/** Every byte arrives half the delay later, in each direction, and no more are under way than a connection of 1 GB/s would have. @returns where */
async function delayed(port, ms) {
	const sockets = new Set();
	const window = ms * 1e6;
	const server = createServer((client) => {
		const onward = connect(port, '127.0.0.1');
		for (const [from, to] of [
			[client, onward],
			[onward, client],
		]) {
			sockets.add(from);
			let underway = 0;
			from.on('data', (chunk) => {
				underway += chunk.length;
				if (underway > window) from.pause();
				const arrived = () => {
					underway -= chunk.length;
					if (underway <= window) from.resume();
				};
				setTimeout(() => to.writable && to.write(chunk, arrived), ms / 2);
			});
			from.on('end', () => setTimeout(() => to.end(), ms / 2));
			from.on('error', () => to.destroy());
		}
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	closing.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return `127.0.0.1:${server.address().port}`;
}
