/** Boots an image as a platform would: its own user, read-only root, /tmp in memory, no capabilities, no new privileges. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Booted {
	readonly port: number;
	log(): string;
	/** Retries until the app answers or has ended. */
	get(path: string): Promise<{ readonly status: number; readonly body: string }>;
	/** SIGTERM; the exit code, or an error after ten seconds. */
	stop(): Promise<number>;
	readonly user: { readonly uid: number; readonly gid: number };
}

export interface BootOptions {
	/** `DIR:TAG` of an OCI layout. */
	readonly image: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Static qemu for another architecture: runs through bubblewrap. */
	readonly qemu?: string;
}

interface RuntimeSpec {
	process: {
		env: string[];
		args: string[];
		cwd: string;
		user: { uid: number; gid: number };
		terminal: boolean;
		noNewPrivileges: boolean;
		capabilities: object;
		rlimits?: unknown;
	};
	root: { path: string; readonly: boolean };
	mounts: { destination: string; type?: string; source?: string; options?: string[] }[];
	linux: { namespaces: { type: string }[] };
}

export function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}

/** Paths of files and links in the image, as another tool unpacks it. */
export function filesOf(image: string): readonly string[] {
	const work = mkdtempSync(join(tmpdir(), 'tare-unpack-'));
	try {
		execFileSync('umoci', ['unpack', '--image', image, join(work, 'bundle')], { stdio: 'ignore' });
		const entries = readdirSync(join(work, 'bundle/rootfs'), { withFileTypes: true, recursive: true });
		return entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(join(work, 'bundle/rootfs'), join(entry.parentPath, entry.name)));
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

export async function boot({ image, env = {}, qemu }: BootOptions): Promise<Booted> {
	const work = mkdtempSync(join(tmpdir(), 'tare-boot-'));
	const bundle = join(work, 'bundle');
	execFileSync('umoci', ['unpack', '--image', image, bundle], { stdio: 'ignore' });
	const spec = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as RuntimeSpec;
	const port = await freePort();
	const variables = new Map(spec.process.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
	for (const [name, value] of Object.entries({ PORT: String(port), ...env })) variables.set(name, value);
	const name = `tare-test-${process.pid}-${port}`;
	if (qemu === undefined) restrict(spec, variables, join(bundle, 'config.json'));
	const argv = qemu === undefined ? ['runc', 'run', '-b', bundle, name] : bubblewrap(spec, variables, join(bundle, 'rootfs'), qemu);
	const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
	let log = '';
	child.stdout.on('data', (chunk) => (log += chunk));
	child.stderr.on('data', (chunk) => (log += chunk));
	const exited = new Promise<number>((resolve) => child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143))));
	let ended = false;
	exited.then(() => (ended = true));
	const clean = (): void => {
		if (qemu === undefined) execFileSync('sh', ['-c', `runc delete -f ${name} 2>/dev/null || true`]);
		else child.kill('SIGKILL');
		rmSync(work, { recursive: true, force: true });
	};
	return {
		port,
		user: spec.process.user,
		log: () => log,
		async get(path) {
			const deadline = Date.now() + 60_000;
			for (;;) {
				try {
					const response = await fetch(`http://127.0.0.1:${port}${path}`);
					return { status: response.status, body: await response.text() };
				} catch (error) {
					if (ended || Date.now() > deadline) {
						clean();
						throw new Error(`the app does not answer: ${log}`, { cause: error });
					}
					await setTimeout(100);
				}
			}
		},
		async stop() {
			// Under bubblewrap the app is a grandchild that no signal of ours reaches: ending it is all that can be asked.
			if (qemu === undefined) execFileSync('sh', ['-c', `runc kill ${name} TERM 2>/dev/null || true`]);
			else child.kill('SIGKILL');
			const code = await Promise.race([exited, setTimeout(10_000, undefined, { ref: false })]);
			clean();
			if (code === undefined) throw new Error('SIGTERM did not end the app within ten seconds');
			return code;
		},
	};
}

function restrict(spec: RuntimeSpec, variables: ReadonlyMap<string, string>, path: string): void {
	spec.process = { ...spec.process, env: [...variables].map(([key, value]) => `${key}=${value}`), terminal: false, noNewPrivileges: true, capabilities: {} };
	delete spec.process.rlimits;
	spec.root.readonly = true;
	spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'network');
	spec.mounts = [
		...spec.mounts.filter(({ destination }) => destination !== '/tmp'),
		{ destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
	];
	writeFileSync(path, JSON.stringify(spec));
}

/** qemu runs one program: the app itself, without the init that would execute another. */
function bubblewrap(spec: RuntimeSpec, variables: ReadonlyMap<string, string>, rootfs: string, qemu: string): string[] {
	const { args, cwd, user } = spec.process;
	const program = args.slice(args.indexOf('--') + 1);
	const set = [...variables].flatMap(([key, value]) => ['--setenv', key, value]);
	const mounts = ['--ro-bind', rootfs, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--ro-bind', qemu, '/tmp/qemu'];
	return [
		'bwrap',
		'--unshare-pid',
		'--unshare-ipc',
		'--die-with-parent',
		...mounts,
		'--chdir',
		cwd,
		'--clearenv',
		...set,
		'--uid',
		String(user.uid),
		'--gid',
		String(user.gid),
		'--cap-drop',
		'ALL',
		'--unshare-user',
		'/tmp/qemu',
		...program,
	];
}
