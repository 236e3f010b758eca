/** Platforms as users write them: `os/architecture[/variant]`. */
import { TareError } from '../errors.js';
import type { Platform } from './types.js';

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

export function samePlatform(a: Platform, b: Platform): boolean {
	return formatPlatform(a) === formatPlatform(b);
}
