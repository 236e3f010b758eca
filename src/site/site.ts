/** What the static file server is told about a site; written at build, read when the container starts. Paths begin with a slash. */

export interface SiteFile {
	/** Bytes. */
	readonly size: number;
	/** Hex sha256 of the content: its strong ETag. */
	readonly sha256: string;
	/** Content-Type. */
	readonly type: string;
	/** Bytes of the compressed copies that lie beside it. */
	readonly br?: number;
	readonly gz?: number;
}

export interface Redirect {
	/** Regular expression over the whole path, with named groups. */
	readonly from: string;
	/** Location or path, with `:name` for groups. */
	readonly to: string;
	/** 3xx redirects, 200 serves `to` in place, 404 serves it as an error page. */
	readonly status: number;
	/** Also where a file has that path. */
	readonly force: boolean;
}

export interface HeaderRule {
	/** Regular expression over the whole path. */
	readonly path: string;
	readonly set: Readonly<Record<string, string>>;
}

export interface Site {
	readonly files: Readonly<Record<string, SiteFile>>;
	/** Paths that are no file get /index.html. */
	readonly singlePage: boolean;
	readonly redirects: readonly Redirect[];
	readonly headers: readonly HeaderRule[];
}

/** Places in the image. */
export const SITE_ROOT = '/app';
export const SERVER_PATH = '/tare/site-server.mjs';
export const SITE_INDEX = '/tare/site.json';
