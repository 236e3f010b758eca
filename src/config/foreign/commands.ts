/** Start and build commands, as Railpack and Nixpacks have them, in terms of the configuration. */
import type { Reason } from '../../builder/contract.js';
import type { Configuration } from '../schema.js';

const SCRIPT = /^(?:npm|pnpm|yarn|bun)\s+run\s+([\w:.-]+)$/;
/** What installs packages is the builder's own work. */
const INSTALL = /^(?:\.\.\.|(?:npm|pnpm|yarn|bun)\s+(?:ci|install|i)\b.*|pip\s+install\b.*|uv\s+sync\b.*|poetry\s+install\b.*|bundle\s+install\b.*)$/;

export interface ForeignCommands {
	readonly config: Configuration;
	readonly notes: readonly Reason[];
	readonly warnings: readonly Reason[];
}

/** @param build commands in order @param start one command line */
export function takeCommands(file: string, build: readonly string[], start: string | undefined): ForeignCommands {
	const own = build.filter((command) => !INSTALL.test(command));
	const [script] = own.map((command) => SCRIPT.exec(command)?.[1]).filter((name) => name !== undefined);
	const others = own.filter((command) => SCRIPT.exec(command)?.[1] !== script || script === undefined);
	return {
		config: { ...(start !== undefined && { start }), ...(script !== undefined && { build: { script } }) },
		notes: [
			...(start === undefined ? [] : [{ file, says: `start command: ${start}` }]),
			...(script === undefined ? [] : [{ file, says: `build script: ${script}` }]),
		],
		warnings: others.map((command) => ({ file, says: `build command "${command}" is not run: the builder compiles by itself` })),
	};
}
