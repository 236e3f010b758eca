/** What a start command loads: files it runs, modules it names. */
import { posix } from 'node:path';
import { LAUNCH } from '../launcher.js';

export interface Target {
	readonly kind: 'file' | 'module';
	/** Path from the folder of the start, or a dotted name. */
	readonly name: string;
	/** It is run as `__main__`. */
	readonly main: boolean;
	/** A function of it that is called. */
	readonly call?: string;
	/** Without it nothing starts; else it may be no module at all. */
	readonly sure: boolean;
}

export interface Targets {
	readonly loads: readonly Target[];
	/** Folders that the command puts on the import path, from the folder of the start or absolute. */
	readonly folders: readonly string[];
}

export interface TargetQuestion {
	readonly command: readonly string[];
	/** Commands of the project: `name` → `module:function`. */
	readonly scripts: Readonly<Record<string, string>>;
	/** Is there such a file, from the folder of the start? */
	readonly has: (path: string) => boolean;
}

const NOTHING: Targets = { loads: [], folders: [] };

/** The last command of the start is the app; what is set before it counts. */
export function targetsOf({ command, scripts, has }: TargetQuestion): Targets {
	const words = command.slice(LAUNCH.every((word, at) => command[at] === word) ? LAUNCH.length : 0);
	const last = words.slice(words.lastIndexOf('&&') + 1);
	const first = last.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
	if (first === -1) return NOTHING;
	const set = last.slice(0, first).flatMap((word) => (word.startsWith('PYTHONPATH=') ? word.slice('PYTHONPATH='.length).split(':') : []));
	const found = programTargets(last.slice(first), scripts, has);
	return { ...found, folders: [...set.filter((folder) => folder !== '' && !folder.includes('$')), ...found.folders] };
}

function programTargets(words: readonly string[], scripts: TargetQuestion['scripts'], has: TargetQuestion['has']): Targets {
	const [program = '', ...rest] = words;
	const name = posix.basename(program);
	if (name === 'python') return pythonTargets(rest, scripts, has);
	const own = scripts[name];
	if (own !== undefined) {
		const [module = '', call] = own.replace(/\s*\[.*\]$/, '').split(':');
		return { loads: [{ kind: 'module', name: module.trim(), main: false, sure: true, ...(call !== undefined && { call: call.trim() }) }], folders: [] };
	}
	return serverTargets(name, rest, has);
}

/** https://docs.python.org/3/using/cmdline.html */
function pythonTargets(words: readonly string[], scripts: TargetQuestion['scripts'], has: TargetQuestion['has']): Targets {
	for (let at = 0; at < words.length; at++) {
		const word = words[at] as string;
		if (word === '-c') return NOTHING;
		if (word === '-m' || /^-[A-Za-z]*m$/.test(word)) return moduleTargets(words[at + 1] ?? '', words.slice(at + 2), scripts, has);
		if (word === '-W' || word === '-X') at++;
		else if (!word.startsWith('-')) return fileTargets(posix.normalize(word), has);
	}
	return NOTHING;
}

function fileTargets(file: string, has: TargetQuestion['has']): Targets {
	// A folder with `__main__.py` is run, too.
	const run = has(file) || !has(`${file}/__main__.py`) ? file : `${file}/__main__.py`;
	return { loads: [{ kind: 'file', name: run, main: true, sure: true }], folders: [posix.dirname(run)] };
}

function moduleTargets(name: string, rest: readonly string[], scripts: TargetQuestion['scripts'], has: TargetQuestion['has']): Targets {
	const path = name.replaceAll('.', '/');
	if (has(`${path}/__main__.py`)) return { loads: [{ kind: 'module', name: `${name}.__main__`, main: true, sure: true }], folders: [] };
	if (has(`${path}.py`)) return { loads: [{ kind: 'module', name, main: true, sure: true }], folders: [] };
	return { ...programTargets([name, ...rest], scripts, has), folders: [] };
}

/** Options of servers and runners whose value is the app, or a folder that they put on the import path. */
const NAMES_APP = /^(?:-A|--app|-m|--module|--wsgi-file|--target|--factory-app)$/;
const ADDS_FOLDER = /^(?:--chdir|--pythonpath|--app-dir|--working-dir|--workdir)$/;
const WORKER = /^(?:-k|--worker-class)$/;
const NAMES_FILE = /^(?:-c|--config)$/;
const FIRST = ['gunicorn', 'uvicorn', 'hypercorn', 'daphne', 'granian', 'waitress-serve'];
const APP = /^([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_]\w*)(?:\.\w+)*(?:\(.*\))?$/;

function serverTargets(program: string, words: readonly string[], has: TargetQuestion['has']): Targets {
	const loads: Target[] = [];
	const folders: string[] = [];
	const isFile = (name: string): boolean => name.endsWith('.py') && has(posix.normalize(name));
	const split = words.flatMap((word) => (/^--[\w-]+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word]));
	split.forEach((word, at) => {
		const option = split[at - 1] ?? '';
		const app = APP.exec(word);
		const worker = program === 'gunicorn' && WORKER.test(option) ? workerModule(word) : undefined;
		if (worker !== undefined) loads.push({ kind: 'module', name: worker, main: false, sure: true });
		else if (ADDS_FOLDER.test(option)) folders.push(...word.split(','));
		else if (isFile(word)) {
			const runs = ['streamlit', 'chainlit', 'panel'].includes(program);
			loads.push({ kind: 'file', name: posix.normalize(word), main: runs, sure: runs || NAMES_FILE.test(option) });
			if (!NAMES_FILE.test(option)) folders.push(posix.dirname(word));
		} else if (app !== null && !word.startsWith('-')) {
			const sure = FIRST.includes(program) && !/^-/.test(option);
			loads.push({ kind: 'module', name: app[1] as string, main: false, sure, call: app[2] as string });
		} else if (isModule(word, option, program, at === split.length - 1)) loads.push({ kind: 'module', name: word, main: false, sure: false });
	});
	if (program === 'gunicorn' && has('gunicorn.conf.py')) loads.push({ kind: 'file', name: 'gunicorn.conf.py', main: false, sure: true });
	return { loads, folders };
}

/** Of gunicorn's own kinds some need a package of their name; `uvicorn.workers.UvicornWorker` is a class. */
function workerModule(word: string): string | undefined {
	if (['gevent', 'eventlet', 'tornado'].includes(word)) return word;
	return /^[A-Za-z_]\w*(?:\.\w+)+$/.test(word) ? word.slice(0, word.lastIndexOf('.')) : undefined;
}

/** `gunicorn project.wsgi`, `celery -A project`. */
function isModule(word: string, option: string, program: string, last: boolean): boolean {
	return /^[A-Za-z_]\w*(?:\.\w+)*$/.test(word) && (NAMES_APP.test(option) || (last && FIRST.includes(program)));
}
