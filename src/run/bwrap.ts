/** bubblewrap: namespaces without privileges and without a daemon. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../errors.js';
import type { Container, Root, Runner } from './contract.js';
import { networkFile } from './network-file.js';
import { NETWORK_FILES, programInside } from './root.js';

const NAMESPACES = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'];
const PID_FD = 4;
const OPTIONS_FD = 5;

export const bwrap: Runner = {
	name: 'bwrap',
	network: 'host',
	async usable({ exec }) {
		const { exitCode, stderr } = await exec(['bwrap', ...NAMESPACES, '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc', 'true']);
		if (exitCode === 0) return { yes: true };
		return { yes: false, why: exitCode === 127 ? 'it is not installed' : `it does not work here: ${stderr.trim().split('\n').at(-1)}` };
	},
	async prepare(container, host) {
		// One user alone is mapped: who calls. All files have to be that user's for the app to read what is its own.
		if (container.memory !== undefined)
			throw new TareError('USAGE', 'bwrap cannot limit memory', { hint: 'Use --runner runc, podman or docker for --memory.' });
		const root = await host.root(container, { owners: false });
		const { main, scratch } = container;
		programInside(root.path, main.argv[0], main.env.PATH ?? '', main.cwd);
		const options = join(scratch, 'options');
		// Not on the command line, which every user of the machine can read.
		writeFileSync(options, optionsOf(container, root).join('\0'), { mode: 0o600 });
		return { argv: ['bwrap', '--args', String(OPTIONS_FD), '--', ...main.argv], options, tellsPid: true };
	},
};

function optionsOf({ main: { env, cwd }, volumes, temporary }: Container, root: Root): readonly string[] {
	const { uid, gid, home } = root.user;
	return [
		...NAMESPACES,
		'--die-with-parent',
		'--as-pid-1',
		...['--info-fd', String(PID_FD)],
		...['--uid', String(uid), '--gid', String(gid), '--cap-drop', 'ALL'],
		...['--ro-bind', root.path, '/', '--proc', '/proc', '--dev', '/dev', '--ro-bind-try', '/sys', '/sys'],
		...temporary.flatMap((folder) => ['--tmpfs', root.place(folder)]),
		...NETWORK_FILES.flatMap((file) => networkFile(file) ?? []).flatMap(({ from, to }) => ['--ro-bind', from, to]),
		...volumes.flatMap(({ from, to, readOnly }) => [readOnly ? '--ro-bind' : '--bind', from, root.place(to)]),
		...['--chdir', cwd, '--clearenv'],
		...Object.entries({ HOME: home, ...env }).flatMap(([name, value]) => ['--setenv', name, value]),
	];
}
