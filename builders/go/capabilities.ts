/** Capabilities of a program's file (capabilities(7), "File capabilities"), in ko's notation: https://ko.build/advanced/linux-capabilities/ */
import { TareError } from '../../src/errors.js';

/** In the order of their bits: linux/capability.h. */
const NAMES = [
	...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE'],
	...['NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT'],
	...['SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
	...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
];
const ALL = 2n ** BigInt(NAMES.length) - 1n;
/** The attribute's bits are 64; there may be capabilities that have no name here. */
const BITS = 64;
const REVISION_2 = 0x02000000;
const EFFECTIVE = 1;

interface Sets {
	/** permitted */
	p: bigint;
	/** inheritable */
	i: bigint;
	/** effective */
	e: bigint;
}

/**
 * @param terms names (which are permitted), or clauses as cap_from_text(3) has them: `net_bind_service`, `bpf,perfmon=ep`
 * @param file where they stand
 * @returns the attribute `security.capability`; undefined where nothing is left of them
 * @throws TareError CONFIG_INVALID
 */
export function fileCapabilities(terms: readonly string[], file: string): Uint8Array | undefined {
	const sets: Sets = { p: 0n, i: 0n, e: 0n };
	for (const term of terms) {
		const at = term.search(/[+=-]/);
		const [names, actions] = at < 0 ? [term, '+p'] : [term.slice(0, at), term.slice(at)];
		const mask = names === '' && actions.startsWith('=') ? ALL : names.split(',').reduce((all, name) => all | maskOf(name, term, file), 0n);
		if (!/^[+=\-pie]+$/.test(actions)) throw unknown(term, file);
		apply(sets, mask, actions);
	}
	return sets.p === 0n && sets.i === 0n ? undefined : attribute(sets);
}

function apply(sets: Sets, mask: bigint, actions: string): void {
	let adds = true;
	for (const action of actions) {
		if (action === '=') for (const set of ['p', 'i', 'e'] as const) sets[set] &= ~mask;
		if (action === 'p' || action === 'i' || action === 'e') sets[action] = adds ? sets[action] | mask : sets[action] & ~mask;
		else adds = action !== '-';
	}
}

/** @throws TareError CONFIG_INVALID */
function maskOf(name: string, term: string, file: string): bigint {
	if (/^\d+$/.test(name) && Number(name) < BITS) return 1n << BigInt(name);
	const known = name.toUpperCase();
	const bit = NAMES.indexOf(known.replace(/^CAP_/, ''));
	if (known === 'ALL') return ALL;
	if (bit < 0) throw unknown(term, file);
	return 1n << BigInt(bit);
}

function unknown(term: string, file: string): TareError {
	return new TareError('CONFIG_INVALID', `${file} has "${term}" among the capabilities of a program, which is none`, {
		hint: 'Write names of capabilities(7), or clauses as for setcap(8): net_bind_service, bpf,perfmon=ep.',
		at: { file },
	});
}

/** `struct vfs_cap_data` of linux/capability.h, revision 2, little endian. */
function attribute({ p, i, e }: Sets): Uint8Array {
	const out = new DataView(new ArrayBuffer(20));
	out.setUint32(0, REVISION_2 | (e === 0n ? 0 : EFFECTIVE), true);
	for (const [at, word] of [p, i, p >> 32n, i >> 32n].entries()) out.setUint32(4 + at * 4, Number(word & 0xffffffffn), true);
	return new Uint8Array(out.buffer);
}
