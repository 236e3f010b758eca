/** Files that frameworks write beside the app when it starts, where an image cannot be written to: a place is made for them. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type Dependencies, has } from './dependencies.js';
import type { Start } from './start.js';

/** A file that is written elsewhere; its path is below the app's folder. */
export interface State {
	readonly path: string;
	readonly target: string;
}

export interface FoundState {
	readonly state: State;
	readonly reason: Reason;
}

export function findState(source: FileIndex, start: Start, dependencies: Dependencies): readonly FoundState[] {
	const { file } = start.reason;
	const text = file === undefined || !file.endsWith('.py') ? undefined : source.text(file);
	if (file === undefined || text === undefined) return [];
	return [sessionKey(file, text, start, source, dependencies)].filter((one) => one !== undefined);
}

/** FastHTML makes a key for its session cookies where it is given none (https://fastht.ml/docs/api/core.html). */
function sessionKey(file: string, text: string, { folder }: Start, source: FileIndex, dependencies: Dependencies): FoundState | undefined {
	const path = below(folder, '.sesskey');
	if (!has(dependencies, 'python-fasthtml') || /\b(?:secret_key|key_fname)\s*=/.test(text) || source.has(path)) return undefined;
	const says = 'the app has no secret_key: one is made in /tmp at each start, which ends the sessions of the one before';
	return { state: { path, target: '/tmp/.sesskey' }, reason: { file, says } };
}

function below(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}
