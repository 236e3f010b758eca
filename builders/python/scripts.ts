/** Apps that are programs, not web app objects: Streamlit and its like, the project's own commands, a file that runs something. */
import { posix } from 'node:path';
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { has } from './dependencies.js';
import { candidateFiles, readModule, runnablePackages } from './modules.js';
import { importsOf, statements } from './python-source.js';
import type { Start, StartInput } from './start.js';

const LISTEN = '0.0.0.0';
const FILES = ['main.py', 'app.py', 'server.py', 'run.py', 'start.py', 'bot.py', 'hello.py', 'index.py', '__main__.py'];

interface Tool {
	readonly dependency: string;
	/** Files that are believed first. */
	readonly files: readonly string[];
	readonly module: string;
	words(file: string): readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

const python = (file: string): readonly string[] => ['python', file];
const TOOLS: readonly Tool[] = [
	{
		dependency: 'streamlit',
		module: 'streamlit',
		files: ['streamlit_app.py', 'Home.py', 'home.py', ...FILES],
		words: (file) => ['streamlit', 'run', file],
	},
	{ dependency: 'chainlit', module: 'chainlit', files: FILES, words: (file) => ['chainlit', 'run', file] },
	{
		dependency: 'gradio',
		module: 'gradio',
		files: FILES,
		words: python,
		env: { GRADIO_SERVER_NAME: LISTEN, GRADIO_SERVER_PORT: '$PORT', GRADIO_ANALYTICS_ENABLED: 'False' },
	},
	{ dependency: 'dash', module: 'dash', files: FILES, words: python, env: { HOST: LISTEN } },
	{
		dependency: 'panel',
		module: 'panel',
		files: FILES,
		words: (file) => ['panel', 'serve', file],
	},
];

export function script(input: StartInput): Start | undefined {
	return agents(input) ?? tool(input) ?? projectCommand(input) ?? mainModule(input, false) ?? mainFile(input.source) ?? mainModule(input, true);
}

function started(words: readonly string[], reason: Reason, root = '', env: Readonly<Record<string, string>> = {}): Start {
	return { commands: [{ words, env }], folder: '', roots: [root], reason, own: true };
}

/** Agents of Google's ADK: each is a folder with an agent.py, and the program serves the folder that holds them (https://google.github.io/adk-docs/runtime/api-server/). */
function agents({ source, dependencies }: StartInput): Start | undefined {
	if (!has(dependencies, 'google-adk')) return undefined;
	const found = source.files
		.map(({ path }) => path)
		.filter((path) => /^(?:[^/]+\/){0,3}(?:agent\.py|__init__\.py|root_agent\.yaml)$/.test(path) && !/(?:^|\/)(?:tests?|sub_agents|\.[^/]+)\//.test(path))
		.filter((path) => path.endsWith('.yaml') || /^(?:root_agent|app)\s*(?::[^=\n]+)?=/m.test(source.text(path) ?? ''))
		.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
	const [file] = found;
	if (file === undefined) return undefined;
	// The source may be one agent itself: its folder is /app.
	const above = posix.dirname(posix.dirname(file));
	const folder = file.includes('/') ? above : '/';
	const count = found.filter((path) => posix.dirname(posix.dirname(path)) === above).length;
	const says = `${count === 1 ? 'an agent' : `${count} agents`} of google-adk: adk serves its API; for the page of developers, --start "adk web ${folder}"`;
	return started(['adk', 'api_server', folder], { file, says });
}

function tool({ source, dependencies }: StartInput): Start | undefined {
	for (const one of TOOLS) {
		if (!has(dependencies, one.dependency)) continue;
		const file = fileImporting(source, one);
		if (file !== undefined) return started(one.words(file), { file, says: `${file} is an app of ${one.dependency}` }, '', one.env);
	}
	return undefined;
}

/** A conventional file first, then any that is alone in importing the tool. */
function fileImporting(source: FileIndex, { module, files }: Tool): string | undefined {
	const imports = (file: string): boolean => importsOf(statements(source.text(file) ?? '')).modules.some((name) => name.split('.')[0] === module);
	const { conventional, others } = candidateFiles(source);
	const known = [...files.filter((file) => source.has(file)), ...conventional].find(imports);
	if (known !== undefined) return known;
	const rest = others.filter(imports);
	const top = rest.filter((file) => !file.includes('/'));
	return top.length === 1 ? top[0] : rest.length === 1 ? rest[0] : undefined;
}

function projectCommand({ project }: StartInput): Start | undefined {
	const names = Object.keys(project?.scripts ?? {});
	const name = names.includes('start') ? 'start' : names.includes('serve') ? 'serve' : names.length === 1 ? names[0] : undefined;
	if (name === undefined || project === undefined) return undefined;
	const line = project.lineOf(`${name} =`) ?? project.lineOf(`${name}=`);
	return started([name], { file: project.file, ...(line !== undefined && { line }), says: `command "${name}": ${project.scripts[name]}` });
}

/** `<package>/__main__.py`, when there is one. @param deep of a package within packages */
function mainModule({ source, project }: StartInput, deep: boolean): Start | undefined {
	const found = runnablePackages(source, deep);
	const named = found.filter((path) => path.replace(/^src\//, '').startsWith(`${project?.name?.replaceAll('-', '_')}/`));
	const file = named[0] ?? (found.length === 1 ? found[0] : undefined);
	if (file === undefined) return undefined;
	const { root } = readModule(source, file);
	const name = (root === '' ? file : file.slice(root.length + 1)).replace('/__main__.py', '').replaceAll('/', '.');
	return started(['python', '-m', name], { file, says: `${file} runs the package` }, root);
}

function mainFile(source: FileIndex): Start | undefined {
	const conventional = FILES.flatMap((file) => [file, `src/${file}`, `app/${file}`]).filter((file) => source.has(file));
	const known = conventional.map((file) => [file, runLine(source, file)] as const).find(([, line]) => line !== undefined);
	if (known === undefined) {
		const inside = packageMain(source);
		if (inside !== undefined) return inside;
	}
	const chosen = known ?? alone(source);
	if (chosen === undefined) return undefined;
	const [file, line] = chosen;
	return started(['python', file], { file, ...(line !== undefined && { line }), says: `${file} runs something` });
}

/** `<package>/main.py` with a main block, when there is one; run as a module, so that the package's own imports are found. */
function packageMain(source: FileIndex): Start | undefined {
	const { conventional } = candidateFiles(source);
	const found = conventional.filter((file) => /^(?:src\/)?[^/]+\/(?:main|app|server)\.py$/.test(file) && mainLine(source, file) !== undefined);
	const named = found.filter((file) => file.endsWith('/main.py'));
	const [file, ...others] = named.length > 0 ? named : found;
	if (file === undefined || others.length > 0) return undefined;
	const { name, root } = readModule(source, file);
	const line = mainLine(source, file);
	return started(['python', '-m', name], { file, ...(line !== undefined && { line }), says: `${file} runs something` }, root);
}

/** The one file of the folder that has a main block. */
function alone(source: FileIndex): readonly [string, number | undefined] | undefined {
	const files = source.files.map(({ path }) => path).filter((path) => /^[^/]+\.py$/.test(path) && !/^(?:setup|manage|conftest|test_.*)\.py$/.test(path));
	const running = files.map((file) => [file, mainLine(source, file)] as const).filter(([, line]) => line !== undefined);
	return running.length === 1 ? running[0] : undefined;
}

const MAIN = /^if\s*\(?\s*__name__\s*==\s*['"]__main__['"]/;

function mainLine(source: FileIndex, file: string): number | undefined {
	return statements(source.text(file) ?? '').find(({ text, indent }) => indent === 0 && MAIN.test(text))?.line;
}

/** A main block, or a call at the top level that is more than setting something up. */
function runLine(source: FileIndex, file: string): number | undefined {
	const all = statements(source.text(file) ?? '').filter(({ indent }) => indent === 0);
	const main = all.find(({ text }) => MAIN.test(text));
	const call = all.filter(({ text }) => /^(?:await\s+)?[\w.]+\(.*\)$/.test(text) || /^(?:with|while|for|async with)\b/.test(text)).at(-1);
	return (main ?? call)?.line;
}
