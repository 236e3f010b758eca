/** Where the platform keeps what a program can make again. */
import { join } from 'node:path';

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ for Linux */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv, platform: string, home: string): string {
	if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, name);
	if (platform === 'darwin') return join(home, 'Library', 'Caches', name);
	if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, name, 'cache');
	return join(home, '.cache', name);
}
