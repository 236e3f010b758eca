/** What an image starts, with what the user adds. */
import { TareError } from '../errors.js';
import type { Image } from '../image/types.js';
import type { Process } from './contract.js';

/** What every engine sets where the image does not. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @param args follow the entrypoint in place of the image's own @throws TareError RUN_FAILED for an image that starts nothing */
export function processOf({ config }: Image, args: readonly string[], env: Readonly<Record<string, string>>): Process {
	const { Entrypoint = [], Cmd = [], Env = [], WorkingDir } = config.value.config ?? {};
	const [program, ...rest] = [...(Entrypoint ?? []), ...(args.length > 0 ? args : (Cmd ?? []))];
	if (program === undefined) throw new TareError('RUN_FAILED', 'the image starts nothing: it has no entrypoint', { hint: 'Name a program after --.' });
	const own = (Env ?? []).map((pair) => /^([^=]*)=?(.*)$/s.exec(pair)?.slice(1, 3) ?? []);
	return { argv: [program, ...rest], env: { PATH: DEFAULT_PATH, ...Object.fromEntries(own), ...env }, cwd: WorkingDir || '/' };
}

/** The port that the app listens on: what PORT says, else the first that is exposed; undefined for an app that has none. */
export function portOf({ config }: Image, { PORT }: Readonly<Record<string, string>>): number | undefined {
	if (PORT !== undefined && /^\d+$/.test(PORT)) return Number(PORT);
	const exposed = Object.keys(config.value.config?.ExposedPorts ?? {}).find((port) => /^\d+(?:\/tcp)?$/.test(port));
	return exposed === undefined ? undefined : Number.parseInt(exposed, 10);
}
