/** What a Go program says of the files that it opens. What `//go:embed` puts into the binary is not shipped again. */
import { type CompiledIn, findRuntimeFiles, type RuntimeFiles, USUAL_FOLDERS } from '../../src/builder/runtime-files.js';
import type { FileIndex } from '../../src/source/file-index.js';
import { type GoFile, stringLiterals } from './files.js';

/** What viper finds by its stem. */
const CONFIG_FILE = /^(?:config|app|application|settings)\.(?:ya?ml|json|toml|ini|properties)$/;
const NEVER = /(?:^|\/)(?:[^/]+\.go|go\.(?:mod|sum|work|work\.sum)|Makefile|Procfile|LICENSE|\.ko\.yaml)$|(?:^|\/)(?:vendor|testdata|kodata|node_modules)\//;
const SERVES_EVERYTHING = /(?:http\.Dir|os\.DirFS)\(\s*"\.?\/?"\s*\)/;
const READS_ANYWHERE = /\b(?:viper|beego|revel|iris)\b/;

export function isGoData(path: string): boolean {
	return !NEVER.test(path);
}

/** @param files those that the program is made of */
export function goRuntimeFiles(source: FileIndex, roots: readonly string[], files: readonly GoFile[]): RuntimeFiles {
	const anywhere = files.some(({ text }) => READS_ANYWHERE.test(text));
	return findRuntimeFiles({
		source,
		roots,
		words: files.map(({ path, folder, text }) => ({
			file: path,
			words: [...stringLiterals(text)],
			everything: SERVES_EVERYTHING.test(text),
			...compiledIn(text, folder),
		})),
		isData: isGoData,
		usual: (path) => USUAL_FOLDERS.includes(path) || (anywhere && CONFIG_FILE.test(path)),
		embedded: files.flatMap(embeds),
	});
}

/** Its own path, of which the folder is taken; as it stands, it is only for messages. */
function compiledIn(text: string, folder: string): { readonly compiled?: CompiledIn } {
	const at = /\bruntime\.Caller\(\s*0\s*\)/.exec(text);
	if (at === null || !/\b(?:filepath|path)\.Dir\(/.test(text)) return {};
	const line = text.slice(0, at.index).split('\n').length;
	return { compiled: { folder, line, by: 'runtime.Caller', instead: 'embed them with //go:embed, or open them below the working folder' } };
}

/** Paths from the source's root that a file embeds, without what patterns leave open. */
function embeds({ text, folder }: GoFile): string[] {
	const patterns = [...text.matchAll(/^\/\/go:embed (.+)$/gm)].flatMap((match) => (match[1] as string).trim().split(/\s+/));
	return patterns.map((raw) => {
		const pattern = raw.replace(/^["`]|["`]$/g, '').replace(/^all:/, '');
		const [fixed = ''] = pattern.split(/[*?[]/, 1);
		const whole = fixed === pattern ? pattern : fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
		return [folder, whole].filter((part) => part !== '').join('/');
	});
}
