/** What the Debian base is made with; values only, nothing global. */
import type { Listener } from '../../events.js';
import type { HttpClient } from '../../net/contract.js';
import type { Store } from '../../store/contract.js';
import type { BaseRequest } from '../contract.js';
import type { MirrorConfig } from './mirrors.js';
import type { PublicKey } from './openpgp.js';

export type DebianRequest = Extract<BaseRequest, { kind: 'debian' }>;

export interface DebianContext {
	readonly store: Store;
	readonly http: HttpClient;
	readonly emit: Listener;
	readonly signal: AbortSignal | undefined;
	/** In order of preference. */
	readonly mirrors: readonly MirrorConfig[];
	readonly keys: readonly PublicKey[];
	readonly offline: boolean;
	/** Milliseconds since the epoch. */
	readonly now: number;
}

/** Debian's names for OCI architectures. */
export const DEBIAN_ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'amd64', arm64: 'arm64' };
