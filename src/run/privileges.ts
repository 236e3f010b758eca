/** What this process may do (capabilities(7)). */
import { readFileSync } from 'node:fs';

const CAP_SYS_ADMIN = 21n;

/** True where namespaces and mounts can be made without a user namespace. */
export function isPrivileged(): boolean {
	const effective = /^CapEff:\s*([\da-f]+)$/m.exec(statusOf())?.[1];
	return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

function statusOf(): string {
	try {
		return readFileSync('/proc/self/status', 'latin1');
	} catch {
		return '';
	}
}
