/** runc: the reference runtime, with a configuration of ours (https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md). Needs root. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Root, Runner } from './contract.js';
import { networkFile } from './network-file.js';
import { isPrivileged } from './privileges.js';
import { NETWORK_FILES, programInside } from './root.js';

/** Where cgroups are mounted, in both versions. */
const CGROUPS = '/sys/fs/cgroup';
const MASKED = [
	'/proc/acpi',
	'/proc/asound',
	'/proc/kcore',
	'/proc/keys',
	'/proc/latency_stats',
	'/proc/sched_debug',
	'/proc/scsi',
	'/proc/timer_list',
	'/proc/timer_stats',
	'/sys/firmware',
];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export const runc: Runner = {
	name: 'runc',
	network: 'host',
	async usable({ exec, uid }) {
		if (uid !== 0) return { yes: false, why: 'it needs root' };
		if (!isPrivileged()) return { yes: false, why: 'this root may not make namespaces (CAP_SYS_ADMIN), as in most containers' };
		const { exitCode } = await exec(['runc', '--version']);
		return exitCode === 0 ? { yes: true } : { yes: false, why: 'it is not installed' };
	},
	async prepare(container, host, undo) {
		const { id, scratch, main, memory } = container;
		const root = await host.root(container, { owners: true });
		programInside(root.path, main.argv[0], main.env.PATH ?? '', main.cwd);
		const bundle = join(scratch, 'bundle');
		const state = join(scratch, 'state');
		mkdirSync(bundle);
		writeFileSync(join(bundle, 'config.json'), JSON.stringify(specOf(container, root)), { mode: 0o600 });
		// runc, killed at its beginning, knows nothing of the groups it has made.
		await undo(
			['sh', '-c', `for at in ${CGROUPS}/*/"$1" ${CGROUPS}/"$1"; do [ ! -d "$at" ] || rmdir "$at" || left=1; done; [ -z "$left" ]`, 'sh', id],
			'again',
		);
		await undo(['runc', '--root', state, 'delete', '--force', id]);
		const log = join(scratch, 'log');
		const pid = join(scratch, 'pid');
		return {
			// Without a limit no cgroup is needed, and in many places none can be made.
			argv: [
				'runc',
				'--root',
				state,
				'--log',
				log,
				'--log-format',
				'json',
				`--rootless=${memory === undefined}`,
				'run',
				'--bundle',
				bundle,
				'--pid-file',
				pid,
				id,
			],
			failure: () => (existsSync(pid) ? undefined : lastMessage(log)),
		};
	},
};

function lastMessage(log: string): string {
	const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
	const messages = lines.flatMap((line) => /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? []);
	return messages.length === 0 ? 'it says nothing' : JSON.parse(`"${messages.at(-1)}"`);
}

function specOf({ id, main: { argv, env, cwd }, terminal, memory, volumes, temporary }: Container, root: Root): object {
	const { uid, gid, groups, home } = root.user;
	return {
		ociVersion: '1.0.2',
		process: {
			terminal,
			user: { uid, gid, additionalGids: groups },
			args: argv,
			env: Object.entries({ HOME: home, ...env }).map(([name, value]) => `${name}=${value}`),
			cwd,
			capabilities: {},
			noNewPrivileges: true,
		},
		root: { path: root.path, readonly: true },
		mounts: [
			...MOUNTS,
			...temporary.map((folder) => ({
				destination: root.place(folder),
				type: 'tmpfs',
				source: 'tmpfs',
				options: ['nosuid', 'nodev', `uid=${uid}`, `gid=${gid}`],
			})),
			...NETWORK_FILES.flatMap((file) => networkFile(file) ?? []).map(({ from, to }) => bind(from, to, true)),
			...volumes.map(({ from, to, readOnly }) => bind(from, root.place(to), readOnly)),
		],
		linux: {
			namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
			cgroupsPath: `/${id}`,
			...(memory !== undefined && { resources: { memory: { limit: memory } } }),
			maskedPaths: MASKED,
			readonlyPaths: READ_ONLY,
		},
	};
}

const MOUNTS = [
	{ destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
	{ destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
	{ destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'] },
	{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'] },
	{ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
	{ destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
];

function bind(source: string, destination: string, readOnly: boolean): object {
	return { destination, type: 'bind', source, options: ['rbind', ...(readOnly ? ['ro'] : [])] };
}
