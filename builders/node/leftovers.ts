/** What a build leaves behind that an image must not carry. */
import type { IgnoreRules } from '../../src/source/ignore.js';
import type { NodeFacts } from './facts.js';
import { isKept } from './kept-sources.js';

/** node-gyp's intermediate files hold absolute paths and times; the add-on itself is build/Release/*.node. */
const GYP_TRACE =
	/(?:^|\/)build\/(?:Makefile|binding\.Makefile|config\.gypi|gyp-mac-tool|[^/]+\.target\.mk|node_gyp_bins(?:\/.*)?|(?:Release|Debug)\/(?:\.deps|obj|obj\.target|[^/]+\.a)(?:\/.*)?)$/;
const TYPESCRIPT = /(?:\.[cm]?tsx?|(?:^|\/)tsconfig(?:\.[^/]+)?\.json)$/;
/** What frameworks keep for their next build, and what they only say. */
const CACHES =
	/(?:^|\/)(?:\.next\/(?:cache|trace(?:-build)?|types|diagnostics|dev|turbopack|standalone)|\.nuxt|\.svelte-kit|\.astro|\.angular|\.turbo|\.nx|\.react-router|\.docusaurus|\.parcel-cache|\.vite)(?:\/|$)/;
/** Read when the server starts, or by a tool that runs before it (migrations). */
const RUNTIME_CONFIG = /(?:^|\/)(?:(?:next|prisma|drizzle|mikro-orm|medusa)[.-]config|knexfile)\.[cm]?ts$/;
/** Files in these folders are content, whatever their names end in (.ts is also a video format). */
const PUBLIC = /(?:^|\/)(?:public|static|assets)\//;

export function isBuildTrace(path: string): boolean {
	return GYP_TRACE.test(path);
}

export interface ShipFacts {
	readonly isFolder: boolean;
	/** The file was there before the build. */
	readonly fromSource: boolean;
	/** Undefined where all TypeScript is shipped. */
	readonly dropsTypeScript: NodeFacts['dropsTypeScript'];
	readonly rules: IgnoreRules;
}

export function shippedAfterBuild(path: string, { isFolder, fromSource, dropsTypeScript, rules }: ShipFacts): boolean {
	if (/(?:^|\/)node_modules(?:\/|$)/.test(path) || isBuildTrace(path) || CACHES.test(path) || rules.unshipped(path)) return false;
	const dropped = fromSource && dropsTypeScript !== undefined && TYPESCRIPT.test(path) && !isKept(path, dropsTypeScript);
	return isFolder || !dropped || RUNTIME_CONFIG.test(path) || PUBLIC.test(path);
}
