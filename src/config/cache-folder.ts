/** Where the platform keeps what can be made again. */
import { join } from 'node:path';

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ for Linux */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: string, home: string): string {
	if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
	if (platform === 'darwin') return join(home, 'Library', 'Caches');
	if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
	return join(home, '.cache');
}
