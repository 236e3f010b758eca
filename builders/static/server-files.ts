/** Configuration of web servers: where their pages are. The rest of it is for another server. */
import type { Reason } from '../../src/builder/contract.js';
import type { FileIndex } from '../../src/source/file-index.js';

export interface ServerFile {
	/** Folder of the pages, below the source. */
	readonly root: string;
	readonly singlePage: boolean;
	readonly reason: Reason;
	/** What is left out. */
	readonly warning?: Reason;
}

interface Server {
	readonly file: string;
	readonly root: RegExp;
	readonly fallback: RegExp;
	/** Rules for requests. */
	readonly rules: RegExp;
	/** Where the server has its pages if the file does not say. */
	readonly usual: string;
}

const SERVERS: readonly Server[] = [
	{
		file: 'httpd.conf',
		root: /^[^\S\n]*DocumentRoot[^\S\n]+"?([^"\n]+?)"?[^\S\n]*$/im,
		fallback: /^[^\S\n]*FallbackResource[^\S\n]+\/index\.html\b/im,
		rules: /^[^\S\n]*(?:Rewrite(?:Rule|Cond)|Redirect\w*|Header|Alias\w*|Proxy\w*|Auth\w*|Require[^\S\n]+(?!all\b)|ErrorDocument|<Location)\b/im,
		usual: 'htdocs',
	},
	{
		file: 'nginx.conf',
		root: /^[^\S\n]*root[^\S\n]+"?([^";\n]+?)"?[^\S\n]*;/m,
		fallback: /\btry_files\b[^;]*\/index\.html[^\S\n]*;/,
		rules: /^[^\S\n]*(?:rewrite|return|add_header|alias|proxy_\w+|auth_\w+|error_page|deny|expires)\b/m,
		usual: 'html',
	},
];

/** @returns undefined where none names a folder that is there */
export function findServerFile(source: FileIndex): ServerFile | undefined {
	for (const server of SERVERS) {
		const text = source.text(server.file);
		if (text === undefined) continue;
		const match = server.root.exec(text);
		const root = below(match?.[1] ?? server.usual, source) ?? below(server.usual, source);
		if (root === undefined) continue;
		const lineAt = (index: number): number => text.slice(0, index).split('\n').length;
		const rule = server.rules.exec(text);
		return {
			root,
			singlePage: server.fallback.test(text),
			reason: { file: server.file, ...(match !== null && { line: lineAt(match.index) }), says: `${server.file}: the pages are in ${root}/` },
			...(rule !== null && {
				warning: {
					file: server.file,
					line: lineAt(rule.index),
					says: `left out: rules of ${server.file} such as ${rule[0].trim()}; write _redirects and _headers for Tare's server`,
				},
			}),
		};
	}
	return undefined;
}

/** `/usr/local/apache2/htdocs` and `${SRVROOT}/htdocs` end in a folder of the source. */
function below(path: string, source: FileIndex): string | undefined {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	const ends = parts.map((_, at) => parts.slice(at).join('/'));
	return ends.find((folder) => source.has(`${folder}/index.html`));
}
