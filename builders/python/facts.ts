/** What the plan decided and the build needs to know: plain data. */
import type { Origin } from './dependencies.js';
import type { State } from './state.js';

export interface PythonFacts {
	/** `3.13` */
	readonly version: string;
	/** manylinux tag of the base's C library: `manylinux_2_40`. */
	readonly manylinux: string;
	readonly origin: Origin;
	readonly locked: boolean;
	readonly local: boolean;
	/** Requirement lines of a server that the project does not depend on. */
	readonly adds: readonly string[];
	/** The start command names variables: the launcher is shipped. */
	readonly launched: boolean;
	/** First words of the commands that are started. */
	readonly programs: readonly string[];
	/** Django's manage.py folder, when static files are collected. */
	readonly collects?: { readonly root: string };
	/** The project as a distribution of its own: name, version, commands, entry points, where its modules lie. */
	readonly distribution?: Distribution;
	/** The project's own backend builds its package. */
	readonly wheel?: Wheel;
	/** Folder of the app below the source's root, '' for the root itself. */
	readonly folder: string;
	/** The image is made on Debian's Python. */
	readonly debian: boolean;
	/** Places for what the app writes when it starts. */
	readonly states: readonly State[];
	/** Modules whose absence the user knows of. */
	readonly ignoreImports: readonly string[];
	/** Variables of the user's that decide what is imported, where they are set. */
	readonly importing: { readonly PYTHONPATH?: string; readonly DJANGO_SETTINGS_MODULE?: string };
	/** User of the image's process. */
	readonly user: string;
	/** Variables for build steps. */
	readonly buildEnv: Readonly<Record<string, string>>;
}

export interface Wheel {
	/** For the backend, `KEY=VALUE` each. */
	readonly arguments: readonly string[];
	/** For backends that ask git. */
	readonly version?: string;
	/** Console commands: `name` → `module:function`. */
	readonly scripts: Readonly<Record<string, string>>;
	/** Folders from which the sources are imported as well. */
	readonly roots: readonly string[];
}

export interface Distribution {
	readonly name: string;
	readonly version: string;
	readonly scripts: Readonly<Record<string, string>>;
	readonly entryPoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
