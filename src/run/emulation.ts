/** Whether this machine runs programs of another processor: a kernel with qemu registered does (https://docs.kernel.org/admin-guide/binfmt-misc.html). */
import { readFileSync } from 'node:fs';
import { TareError } from '../errors.js';
import { formatPlatform, runnableVariants } from '../oci/platform.js';
import type { Platform } from '../oci/types.js';

/** As the kernel and qemu call OCI's architectures. */
const QEMU: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' };
const REGISTERED = '/proc/sys/fs/binfmt_misc/qemu-';

/** @param what the image's name, for the message @throws TareError RUN_FAILED */
export function checkRunnable(platform: Platform, host: Platform, what: string): void {
	if (platform.os === 'linux' && (isNative(platform, host) || isEmulated(platform))) return;
	throw new TareError('RUN_FAILED', `${what} is for ${formatPlatform(platform)}, which this machine (${formatPlatform(host)}) does not run`, {
		hint: 'Build it for this machine, or let the kernel run such programs with qemu: apt-get install qemu-user-static binfmt-support.',
	});
}

function isNative(platform: Platform, host: Platform): boolean {
	return platform.architecture === host.architecture && (platform.variant === undefined || runnableVariants(host).includes(platform.variant));
}

/** `F`: the emulator was opened when it was registered, so that it is there in a container, too. */
function isEmulated({ architecture }: Platform): boolean {
	try {
		const text = readFileSync(`${REGISTERED}${QEMU[architecture] ?? architecture}`, 'utf8');
		return /^enabled$/m.test(text) && /^flags:.*F/m.test(text);
	} catch {
		return false;
	}
}
