/** Does the app run on Bun, or does Bun only install it? Its binary doubles the image, so the second is the rule without a sign of the first. */
import type { VersionChoice } from '../../../src/bases/contract.js';
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { allDependencies, type Manifest } from '../manifest.js';

const SOURCE = /^(?:src\/)?(?:index|server|app|main)\.[cm]?[jt]sx?$/;
const NODE_ENTRY = /^(?:index|server|app|main)\.[cm]?js$/;

/** The global object, and modules that only Bun has. */
const BUN_API = /(?<![\w.$'"`])Bun\.[a-z]\w*|\bfrom\s+['"]bun(?::\w+)?['"]|\b(?:import|require)\s*\(\s*['"]bun(?::\w+)?['"]/;
/** The file runs on others, too. */
const OPTIONAL = /\btypeof\s+Bun\b|\bglobalThis\.Bun\b|['"]Bun['"]\s+in\s+globalThis|\bversions\.bun\b/;

/** Lines keep their numbers. */
function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

/** The sign that says so: the start script's first word, the API in an entry file, or Bun's types with no file that Node could run. */
export function runsOnBun(source: FileIndex, manifest: Manifest | undefined): Reason | undefined {
	const start = manifest?.json.scripts.start;
	if (manifest !== undefined && start !== undefined) {
		const runs = /(?:^|&&\s*|\s)bunx?\s+(?:--[\w-]+(?:=\S+)?\s+)*(?:run\s+)?(?:--[\w-]+\s+)*[\w./-]+\.[cm]?[jt]sx?\b/.test(start);
		return runs ? { file: manifest.file, line: manifest.lineOf('scripts', 'start'), says: `script "start": ${start}` } : undefined;
	}
	for (const { path } of source.files) {
		if (!SOURCE.test(path)) continue;
		const text = withoutComments(source.text(path) ?? '');
		const at = OPTIONAL.test(text) ? undefined : BUN_API.exec(text)?.index;
		if (at !== undefined) return { file: path, line: text.slice(0, at).split('\n').length, says: `${path} uses Bun's own API` };
	}
	const types = manifest === undefined ? undefined : ['@types/bun', 'bun-types'].find((name) => name in allDependencies(manifest.json));
	const forNode = source.files.some(({ path }) => NODE_ENTRY.test(path));
	return types === undefined || manifest === undefined || forNode ? undefined : { file: manifest.file, says: `${types} and no JavaScript entry file` };
}

/** @param installed range of the bun that installs, when the project names one */
export function bunRuntime({ says, file, line }: Reason, installed: string | undefined): VersionChoice {
	return { name: 'bun', ranges: [installed ?? '1'], because: says, file, line };
}
