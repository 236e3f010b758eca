/** Where the program listens, as far as its sources say. */
import type { Reason } from '../../src/builder/contract.js';
import { type GoFile, stringLiterals } from './files.js';

export interface Listening {
	/** The program reads PORT. */
	readonly reads?: Reason;
	/** A port that is written into the program. */
	readonly fixed?: string;
	readonly warnings: readonly Reason[];
}

const TAG = /\b(?:env|envconfig|envDefault|mapstructure):"PORT\b/;
const LISTENS =
	/(?:ListenAndServe(?:TLS)?|\.Run|\.Listen|\.Start|\.Serve)\(\s*"([\w.]*):(\d{2,5})"|Addr:\s*"([\w.]*):(\d{2,5})"|net\.Listen\(\s*"tcp4?6?",\s*"([\w.]*):(\d{2,5})"/g;

export function findListening(files: readonly GoFile[]): Listening {
	const reader = files.find((file) => readsPort(file.text));
	const places = files.flatMap((file) =>
		[...file.text.matchAll(LISTENS)].map((match) => ({
			host: match[1] ?? match[3] ?? match[5] ?? '',
			port: match[2] ?? match[4] ?? match[6] ?? '',
			reason: { file: file.path, line: file.text.slice(0, match.index).split('\n').length },
		})),
	);
	const local = places.find(({ host }) => host === 'localhost' || host.startsWith('127.'));
	const ports = [...new Set(places.map(({ port }) => port))];
	return {
		...(reader !== undefined && { reads: { file: reader.path, says: 'the program reads PORT' } }),
		...(ports.length === 1 && { fixed: ports[0] }),
		warnings:
			local === undefined
				? []
				: [{ ...local.reason, says: `listens on ${local.host} only, so that nothing outside the container can reach it: listen on ":${local.port}"` }],
	};
}

function readsPort(text: string): boolean {
	if (!text.includes('PORT')) return /"github\.com\/gin-gonic\/gin"/.test(text) && /\.Run\(\s*\)/.test(text);
	for (const literal of stringLiterals(text)) if (literal === 'PORT' || TAG.test(literal)) return true;
	return false;
}
