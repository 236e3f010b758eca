/** Calls of JavaScript that create or write files, in Node, Bun and Deno. */
import type { WritingCall } from './code.js';

export const JAVASCRIPT_ASSIGNMENT = /\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=\n]+)?=\s*/;

export const JAVASCRIPT_CALLS: readonly WritingCall[] = [
	{ before: /\b(?:mkdirSync|mkdir|mkdirp|mkdirs|mkdirsSync|ensureDir|ensureDirSync|mkdirpSync)(?:\.sync)?\s*\(\s*/, kind: 'folder' },
	{ before: /\bmulter\s*\(\s*\{[^;]{0,300}?\bdest\s*:\s*/, kind: 'folder' },
	{ before: /\bdestination\s*:\s*(?=['"`])/, kind: 'folder' },
	{ before: /\buploadDir\s*:\s*/, kind: 'folder' },
	{ before: /\bnew\s+LocalStorage\s*\(\s*/, kind: 'folder' },
	{
		before:
			/\b(?:writeFileSync|writeFile|appendFileSync|appendFile|createWriteStream|outputFileSync|outputFile|outputJsonSync|outputJson|writeJsonSync|writeJson)\s*\(\s*/,
		kind: 'file',
	},
	{ before: /\b(?:openSync|open)\s*\(\s*(?=['"`\w])/, kind: 'file', when: /,\s*['"`][wa]/ },
	{ before: /\bBun\.write\s*\(\s*/, kind: 'file' },
	{ before: /\bnew\s+(?:sqlite3?\.)?(?:Database|DatabaseSync|BetterSqlite3)\s*\(\s*(?=['"`\w])/, kind: 'file' },
	{ before: /\bopen\s*\(\s*\{\s*filename\s*:\s*/, kind: 'file' },
	{ before: /\bdialect\s*:\s*['"]sqlite['"][^}]*?\bstorage\s*:\s*/, kind: 'file' },
	{ before: /\bstorage\s*:\s*(?=['"`][^'"`\n]*\.(?:sqlite3?|db)\b)/, kind: 'file' },
	{ before: /\bfilename\s*:\s*(?=['"`][^'"`\n]*\.(?:sqlite3?|db|log)\b)/, kind: 'file' },
	{ before: /\burl\s*:\s*(?=['"`](?:file|sqlite):)/, kind: 'file' },
	{ before: /\b(?:new\s+(?:JSONFile|JSONFileSync|FileSync|FileAsync)|JSONFilePreset|JSONFileSyncPreset|JsonDB|new\s+Config)\s*\(\s*(?=['"`\w])/, kind: 'file' },
];
