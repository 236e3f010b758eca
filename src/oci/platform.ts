/** Platforms as users write them: `os/architecture[/variant]`. */
import { TareError } from '../errors.js';
import type { Descriptor, Platform } from './types.js';

const ALIASES: Readonly<Record<string, string>> = { x86_64: 'amd64', x64: 'amd64', aarch64: 'arm64' };

/** @throws TareError PLATFORM_INVALID */
export function parsePlatform(text: string): Platform {
	const [os, name, variant, ...rest] = text.trim().split('/');
	if (!os || !name || rest.length > 0 || variant === '') {
		throw new TareError('PLATFORM_INVALID', `"${text}" is not a platform`, { hint: 'Write it as os/architecture, for example linux/amd64 or linux/arm64.' });
	}
	const architecture = ALIASES[name] ?? name;
	// arm64 has v8 as its only common variant; containerd normalises it away.
	if (variant === undefined || (architecture === 'arm64' && variant === 'v8')) return { os, architecture };
	return { os, architecture, variant };
}

export function formatPlatform(platform: Platform): string {
	return [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
}

/** False for what an index lists beside images: attestations are of the platform unknown/unknown. */
export function isPlatform({ platform }: Descriptor): boolean {
	return platform?.os !== 'unknown';
}

const ARM = ['v8', 'v7', 'v6', 'v5'];
const AMD64 = ['v4', 'v3', 'v2', 'v1'];

/**
 * Variants that run on a platform, the best first; undefined stands for none named. As containerd has it
 * (https://github.com/containerd/platforms/blob/v1.0.0-rc.1/compare.go): arm without a variant is v7, arm64 v8, amd64 v1.
 */
export function runnableVariants({ architecture, variant }: Platform): readonly (string | undefined)[] {
	if (architecture === 'arm') {
		const own = variant ?? 'v7';
		const down = ARM.slice(Math.max(0, ARM.indexOf(own)));
		return down.flatMap((one) => (one === 'v7' ? [one, undefined] : [one]));
	}
	if (architecture === 'amd64') return [...AMD64.slice(AMD64.indexOf(variant ?? 'v1')), undefined];
	if (architecture === 'arm64') return [variant, 'v8', undefined];
	return [variant];
}

export function samePlatform(a: Platform, b: Platform): boolean {
	return formatPlatform(a) === formatPlatform(b);
}
