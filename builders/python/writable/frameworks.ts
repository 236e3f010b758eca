/** What frameworks and programs write without a call in the app's code. */
import { posix } from 'node:path';
import type { FoundPlace } from '../../../src/builder/writable/places.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { type Dependencies, has } from '../dependencies.js';
import { lineFinder } from '../project.js';
import type { Start } from '../start.js';
import type { WritableQuestion } from './index.js';

type Row = readonly [dependency: string, path: string, kind: FoundPlace['kind'], what: string];

const FRAMEWORKS: readonly Row[] = [
	['chainlit', '.files', 'folder', 'Chainlit keeps uploads there'],
	['chainlit', '.chainlit', 'folder', 'Chainlit writes its settings there'],
	['chainlit', 'chainlit.md', 'file', 'Chainlit writes its welcome page there'],
	['gradio', '.gradio', 'folder', 'Gradio keeps flagged data there'],
];
/** By a word of the start command. */
const PROGRAMS: readonly Row[] = [
	['mlflow', 'mlruns', 'folder', 'MLflow keeps runs there'],
	['mlflow', 'mlartifacts', 'folder', 'MLflow keeps artifacts there'],
	['mlflow', 'mlflow.db', 'file', 'MLflow keeps its database there'],
	['chroma', 'chroma', 'folder', 'Chroma keeps its data there'],
	['beat', 'celerybeat-schedule', 'file', 'Celery beat keeps its schedule there'],
	['-B', 'celerybeat-schedule', 'file', 'Celery beat keeps its schedule there'],
];
/** Caches of libraries, which would be in a home folder: the variable that moves them, and where to. */
const CACHES: readonly (readonly [dependencies: readonly string[], variable: string, path: string, keeps: boolean])[] = [
	[['transformers', 'sentence-transformers', 'huggingface-hub', 'diffusers', 'datasets', 'accelerate'], 'HF_HOME', '/var/cache/huggingface', true],
	[['torch', 'torchvision', 'easyocr'], 'TORCH_HOME', '/var/cache/torch', true],
	[['matplotlib', 'seaborn'], 'MPLCONFIGDIR', '/tmp/matplotlib', false],
	[['numba', 'librosa', 'umap-learn'], 'NUMBA_CACHE_DIR', '/tmp/numba', false],
	[['ultralytics'], 'YOLO_CONFIG_DIR', '/tmp', false],
];

export function frameworkPlaces({ source, start, dependencies }: WritableQuestion): readonly FoundPlace[] {
	const words = start.commands.flatMap((one) => one.words);
	const of = ([, path, kind, what]: Row, reason = {}): FoundPlace => ({ path, kind, reason: { ...reason, says: what } });
	const manifest = dependencies.reason.file === undefined ? {} : { file: dependencies.reason.file };
	return [
		...FRAMEWORKS.filter(([name]) => has(dependencies, name)).map((row) => of(row, manifest)),
		...PROGRAMS.filter(([name]) => words.some((word) => posix.basename(word) === name)).map((row) => of(row)),
		...CACHES.filter(([names, , , keeps]) => keeps && names.some((name) => has(dependencies, name))).map(([, variable, path]) =>
			of([variable, path, 'folder', `${variable}: downloaded models are kept there`], manifest),
		),
		...instanceFolder(source, start),
		...agentSessions(start),
	];
}

/** Variables for the container; what the user sets wins. */
export function cacheVariables(dependencies: Dependencies): Readonly<Record<string, string>> {
	const found = CACHES.filter(([names]) => names.some((name) => has(dependencies, name)));
	return Object.fromEntries(found.map(([, variable, path]) => [variable, path]));
}

/** Sessions of google-adk's agents. */
function agentSessions({ commands, folder, reason: { file } }: Start): readonly FoundPlace[] {
	if (commands.at(-1)?.words[0] !== 'adk' || file === undefined || !/\.(?:py|yaml)$/.test(file)) return [];
	const path = posix.join(posix.relative(folder, posix.dirname(file)), '.adk');
	return [{ path, kind: 'folder', reason: { file, says: 'google-adk keeps sessions there' } }];
}

/** https://flask.palletsprojects.com/en/stable/config/#instance-folders */
function instanceFolder(source: FileIndex, { roots, folder, reason: { file } }: Start): readonly FoundPlace[] {
	const text = file === undefined || !file.endsWith('.py') ? undefined : source.text(file);
	if (text === undefined || !/\bflask\b/.test(text) || !/\binstance_path\b/.test(text)) return [];
	const line = lineFinder(text)('instance_path');
	const path = posix.join(posix.relative(folder, roots[0] ?? ''), 'instance');
	return [{ path, kind: 'folder', reason: { ...(file !== undefined && { file }), ...(line !== undefined && { line }), says: "Flask's instance folder" } }];
}
