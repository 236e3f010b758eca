/** An image of one small program, and `tare run` of it. */
import assert from 'node:assert/strict';
import { execFileSync, type spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assembleImage } from '../../src/image/assemble.js';
import { toLayer } from '../../src/image/stored-layer.js';
import { type Entry, imagePath } from '../../src/layers/entry.js';
import { writeLayer } from '../../src/layers/write.js';
import type { ContainerConfig } from '../../src/oci/types.js';
import { ociLayout } from '../../src/outputs/oci-layout.js';
import { openStore } from '../../src/store/open.js';
import { ROOT, start } from './cli.js';

/** What podman needs where it is not set up: the reference runtime, no limits that a container may not raise. */
const CONTAINERS = `[containers]
default_ulimits = ["nofile=1024:4096", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

export const HOST = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };

export interface Lab {
	/** Folder of Tare's store. */
	readonly store: string;
	/** Marks every process that belongs to the test. */
	readonly env: Readonly<Record<string, string>>;
	/** An image layout of the server, as `tare run` takes it. */
	image(config?: ContainerConfig): Promise<string>;
	/** Processes, control groups, temporary files and containers that a run has left. */
	left(): readonly string[];
	run(args: readonly string[], env?: Readonly<Record<string, string>>): Run;
}

export interface Run {
	readonly child: ReturnType<typeof spawn>;
	readonly ended: Promise<number>;
	readonly out: () => string;
	readonly err: () => string;
	/** Until the app answers. */
	facts(port: number): Promise<Record<string, string | number>>;
	/** Until standard output or error says so. */
	says(text: RegExp): Promise<RegExpExecArray>;
}

/** Removed with everything in it after all tests of the file. */
export function lab(after: (clean: () => void) => void): Lab {
	const home = mkdtempSync(join(tmpdir(), 'tare-lab-'));
	// For an image's user, too.
	chmodSync(home, 0o755);
	const children: ReturnType<typeof start>[] = [];
	after(() => {
		for (const child of children) child.kill('SIGKILL');
		rmSync(home, { recursive: true, force: true });
	});
	const store = join(home, 'store');
	const mark = `tare-test-${process.pid}-${Date.now()}`;
	writeFileSync(join(home, 'containers.conf'), CONTAINERS);
	const env = { TARE_CACHE_DIR: store, TARE_TEST_MARK: mark, CONTAINERS_CONF: join(home, 'containers.conf'), TMPDIR: join(home) };
	let images = 0;
	return {
		store,
		env,
		image: (config = {}) => serverImage(join(home, `image-${images++}`), home, config),
		left: () => leftOvers(store, mark, home),
		run: (args, more = {}) => {
			const child = start(['run', '-e', 'TARE_TEST_MARK', ...args], { env: { ...env, ...more } });
			children.push(child);
			return follow(child);
		},
	};
}

async function serverImage(path: string, home: string, config: ContainerConfig): Promise<string> {
	const program = join(home, 'server');
	if (statSync(program, { throwIfNoEntry: false }) === undefined)
		execFileSync('gcc', ['-static', '-Os', '-w', '-o', program, join(ROOT, 'test/support/server.c')]);
	const store = await openStore(join(home, 'images'));
	const { size } = statSync(program);
	const text = (at: string, content: string): Entry => {
		const bytes = Buffer.from(content);
		return { type: 'file', path: imagePath(at), mode: 0o644, size: bytes.length, content: { kind: 'bytes', bytes } };
	};
	const entries: Entry[] = [
		{ type: 'file', path: imagePath('server'), mode: 0o755, size, content: { kind: 'disk', path: program } },
		text('etc/passwd', 'root:x:0:0::/root:/none\nnonroot:x:65532:65532::/home/nonroot:/none\n'),
		text('etc/group', 'nonroot:x:65532:\n'),
		{ type: 'directory', path: imagePath('data'), mode: 0o755 },
	];
	const layer = toLayer(await writeLayer(entries, store, { level: 1 }), { name: 'app', purpose: 'app', history: 'test' }, store);
	const base = { layers: [], config: { Env: ['PATH=/bin'] } };
	const image = assembleImage({
		platform: HOST,
		base,
		layers: [layer],
		config: { Entrypoint: ['/server'], User: 'nonroot', WorkingDir: '/data', env: { PORT: '8080' }, ...config },
		epoch: 0,
		annotations: {},
	});
	await ociLayout({ path, tag: 'latest' }).write(image);
	await store.close();
	return `oci:${path}`;
}

function follow(child: ReturnType<typeof start>): Run {
	let out = '';
	let err = '';
	child.stdout.on('data', (chunk) => (out += chunk));
	child.stderr.on('data', (chunk) => (err += chunk));
	let over = false;
	const ended = new Promise<number>((resolve) => child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 1))));
	void ended.then(() => (over = true));
	const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
		for (let tries = 0; tries < 400 && !over; tries++) {
			const found = await look();
			if (found !== undefined) return found;
			await delay(50);
		}
		throw new Error(`it does not come, ${over ? `ended with ${await ended}` : 'still running'}:\n${out}\n${err}`);
	};
	return {
		child,
		ended,
		out: () => out,
		err: () => err,
		facts: (port) =>
			until(async () => {
				const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
				return (await answer?.json().catch(() => undefined)) as Record<string, string | number> | undefined;
			}),
		says: (text) => until(async () => text.exec(out + err) ?? undefined),
	};
}

function leftOvers(store: string, mark: string, home: string): readonly string[] {
	const groups = execFileSync('sh', ['-c', 'ls -d /sys/fs/cgroup/*/tare-run-* /sys/fs/cgroup/tare-run-* 2>/dev/null || true'], { encoding: 'utf8' });
	const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
	return [
		...processes(mark),
		...groups.split('\n').filter((line) => line !== ''),
		...readdirSync(join(store, 'v1', 'tmp')),
		...readdirSync(home).filter((name) => name.startsWith('tare-run-')),
		...mounts.filter((line) => line.includes(store) || line.includes('/netns-')),
	];
}

function processes(mark: string): readonly string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.flatMap((pid) => {
			try {
				const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
				// podman's monitors have no environment of ours.
				const ours = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark) || /conmon.* tare-run-/.test(command);
				return ours ? [`${pid} ${command}`] : [];
			} catch {
				return [];
			}
		});
}

/** Cleaning up begins when Tare is gone: it may last a moment. */
export async function assertNothingLeft({ left }: Lab): Promise<void> {
	for (let tries = 0; tries < 300 && left().length > 0; tries++) await delay(50);
	assert.deepEqual(
		left().map((line) => line.slice(0, 200)),
		[],
	);
}
