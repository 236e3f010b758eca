/** What a hand-made image is made of: plain values, none of which has read anything yet. */
import type { DebianSet } from '../bases/contract.js';
import type { Extension } from '../builder/contract.js';
import type { Purpose } from '../image/types.js';
import type { Entry } from '../layers/entry.js';
import type { Platform } from '../oci/types.js';

/** A base assembled from Debian's archive: what the image's programs need of it, locked in `tare.lock`. */
export interface DebianBase {
	/** Sets of packages, e.g. `['static']` (certificates, time zones, users), `['cc']` (the C library, too), `['cc', 'init']`, `['python']`, `['jre-21']`. */
	readonly debian: readonly DebianSet[];
	/** Default `trixie`. */
	readonly release?: 'trixie' | 'bookworm';
	/** Further Debian packages, with what they depend on. */
	readonly packages?: readonly string[];
	/** A runtime from the npm registry: version or range of Node.js. It brings `cc` and `init` along. */
	readonly node?: string;
}

/** `scratch` (nothing), `debian` (its set `static`), `oci:DIR[:TAG]` (a layout folder) or a reference of an image in a registry; or Debian in detail. */
export type ImageBase = string | DebianBase;

export interface ImageOptions {
	/** Default `scratch`. */
	readonly base?: ImageBase;
	/** Folder that relative paths of layers begin at and where `tare.lock` lies; default the current one. */
	readonly dir?: string;
}

/** What the container runs, and how. Of two patches the later wins; variables, labels, ports and volumes are added to. */
export interface ImageConfigOptions {
	/** Exec form. On a base with an init the program runs under it; `node`, `python` or `java` alone is the base's runtime. */
	readonly entrypoint?: readonly string[];
	/** Arguments that the container's caller may replace. */
	readonly cmd?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** User and group; default 65532:65532. */
	readonly user?: string | number;
	/** Absolute folder in the image. */
	readonly workdir?: string;
	/** `8080`, `'53/udp'` */
	readonly ports?: readonly (number | string)[];
	readonly labels?: Readonly<Record<string, string>>;
	readonly volumes?: readonly string[];
	/** `SIGINT`, ... */
	readonly stopSignal?: string;
}

/** Where a layer's contents are made: once for each platform. */
export interface LayerPlace {
	/** Absolute. */
	readonly dir: string;
	readonly platform: Platform;
}

/** A layer that is not made yet. */
export interface ImageLayer {
	/** Letters, digits, `_` and `-`; default by its place in the image. */
	readonly name?: string;
	readonly purpose: Purpose;
	/** Asked when an output is asked for. */
	readonly entries: (place: LayerPlace) => Promise<readonly Entry[]>;
}

/** The whole of a hand-made image. */
export interface ImageSpec {
	readonly base: ImageBase;
	readonly dir: string;
	readonly layers: readonly ImageLayer[];
	readonly config: ImageConfigOptions;
	readonly annotations: Readonly<Record<string, string>>;
	/** `linux/amd64`, ... */
	readonly platforms: readonly string[];
	readonly extensions: readonly Extension[];
}
