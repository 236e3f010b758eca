/** The version of this package; the bundler puts it in. */
declare const TARE_VERSION: string;

export const VERSION: string = TARE_VERSION;

/** Hex digest of Tare's own sources: what another build of it has planned or packed is not taken for this one's. */
declare const TARE_BUILD: string;

export const BUILD: string = TARE_BUILD;
