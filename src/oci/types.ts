/** The image specification's documents, with its own field names: https://github.com/opencontainers/image-spec/tree/v1.1.0 */
import type { Digest } from './digest.js';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md (`platform`) */
export interface Platform {
	readonly os: string;
	readonly architecture: string;
	readonly variant?: string;
	readonly 'os.version'?: string;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor {
	readonly mediaType: string;
	readonly digest: Digest;
	/** Bytes. */
	readonly size: number;
	readonly urls?: readonly string[];
	readonly annotations?: Readonly<Record<string, string>>;
	readonly data?: string;
	readonly artifactType?: string;
	readonly platform?: Platform;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md */
export interface ImageManifest {
	readonly schemaVersion: 2;
	readonly mediaType?: string;
	readonly artifactType?: string;
	readonly config: Descriptor;
	readonly layers: readonly Descriptor[];
	readonly subject?: Descriptor;
	readonly annotations?: Readonly<Record<string, string>>;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md */
export interface IndexManifest {
	readonly schemaVersion: 2;
	readonly mediaType?: string;
	readonly artifactType?: string;
	readonly manifests: readonly Descriptor[];
	readonly subject?: Descriptor;
	readonly annotations?: Readonly<Record<string, string>>;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md (`config`) */
export interface ContainerConfig {
	readonly User?: string;
	readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
	readonly Env?: readonly string[];
	readonly Entrypoint?: readonly string[];
	readonly Cmd?: readonly string[];
	readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
	readonly WorkingDir?: string;
	readonly Labels?: Readonly<Record<string, string>>;
	readonly StopSignal?: string;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md (`history`) */
export interface History {
	readonly created?: string;
	readonly created_by?: string;
	readonly author?: string;
	readonly comment?: string;
	readonly empty_layer?: boolean;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md */
export interface ImageConfig extends Platform {
	readonly created?: string;
	readonly author?: string;
	readonly config?: ContainerConfig;
	readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
	readonly history?: readonly History[];
}
