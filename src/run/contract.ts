/** The seam of runners: an image that is ready to start goes in, a command line of this machine that runs it comes out. */
import type { Image } from '../image/types.js';
import type { User } from './user.js';

/** In the order in which they are tried. */
export const RUNNERS = ['runc', 'podman', 'docker', 'bwrap', 'host'] as const;
export type RunnerName = (typeof RUNNERS)[number];

/** The process of a container, with what the user asked for. */
export interface Process {
	readonly argv: readonly [string, ...string[]];
	/** Complete, the image's included. */
	readonly env: Readonly<Record<string, string>>;
	/** Absolute, in the image. */
	readonly cwd: string;
}

export interface Volume {
	/** Absolute, on this machine; a folder or a file. */
	readonly from: string;
	/** Absolute, in the image. */
	readonly to: string;
	readonly readOnly: boolean;
}

/** A port of the app's and where it is reached on this machine. */
export interface Port {
	/** Address of this machine, e.g. `127.0.0.1`. */
	readonly address: string;
	readonly host: number;
	readonly app: number;
}

export interface Container {
	/** Of this machine, no other container has it. */
	readonly id: string;
	readonly image: Image;
	readonly main: Process;
	readonly ports: readonly Port[];
	readonly volumes: readonly Volume[];
	/** Folders of the image that may be written to for as long as it runs, /tmp among them: absolute. */
	readonly temporary: readonly string[];
	/** Bytes. */
	readonly memory?: number;
	/** Standard input is a terminal that the process shall have. */
	readonly terminal: boolean;
	/** Standard input is passed on. */
	readonly interactive: boolean;
	/** An empty folder for what the runner needs, removed afterwards. */
	readonly scratch: string;
}

/** An image as a folder of this machine. */
export interface Root {
	readonly path: string;
	/** Who runs the process. */
	readonly user: User;
	/** A place in the image that is there, whatever links lead to it: absolute, in the image. */
	place(path: string): string;
}

export interface Launch {
	readonly argv: readonly [string, ...string[]];
	/** Complete; default: that of this machine. */
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Ends the container: the runner, which is but a client, is not killed before that has succeeded. */
	readonly gently?: readonly string[];
	/** Whom to become before; default: nobody else. */
	readonly user?: User;
	/**
	 * How the app's process is told from the runner's, where signals are not passed on: the runner writes JSON with `child-pid` to file descriptor 4.
	 */
	readonly tellsPid?: boolean;
	/** A file that the runner reads from descriptor 5: what must not stand on a command line. */
	readonly options?: string;
	/** Why it could not be started; undefined where it was. Asked when the runner has ended. */
	failure?(exitCode: number): string | undefined;
}

/** Whether a runner can be used here; `why` not, in words. */
export type Usable = { readonly yes: true } | { readonly yes: false; readonly why: string };

/** Runs a program of this machine to its end. @param options `gently`: see `ChildOptions` */
export type Exec = (
	argv: readonly string[],
	options?: { readonly timeoutMs?: number; readonly gently?: readonly string[] },
) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;

export interface Runner {
	readonly name: RunnerName;
	/** The app has the network of this machine, or one of its own with ports forwarded. */
	readonly network: 'host' | 'own';
	usable(host: RunHost): Promise<Usable>;
	/** @param undo a command that removes what the runner may leave; to be told before it can be there */
	prepare(container: Container, host: RunHost, undo: Undo): Promise<Launch>;
}

/** Registers a command line that is run when the app has ended or Tare was killed; the last is run first. See `Reaper`. */
export type Undo = (argv: readonly string[], how?: 'again' | 'killed') => Promise<unknown>;

export interface RunHost {
	readonly exec: Exec;
	/** Numeric user of this process; undefined where there is none (Windows). */
	readonly uid: number | undefined;
	/** `linux`, `darwin`, ... */
	readonly os: string;
	/** A folder that every user reaches. */
	readonly temporary: string;
	/** The image unpacked, with what its volumes are mounted at: files belong to the image's owners, or all to the caller; made at `at` for this run alone, else kept. */
	root(container: Container, options: { readonly owners: boolean; readonly at?: string }): Promise<Root>;
}
