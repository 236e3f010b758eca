/** The version of this package; the bundler puts it in. */
declare const TARE_VERSION: string;

export const VERSION: string = TARE_VERSION;
