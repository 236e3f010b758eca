/** Servers whose settings are an ini file: uWSGI, and Pyramid's pserve. */
import type { Reason } from '../../../src/builder/contract.js';
import type { FileIndex } from '../../../src/source/file-index.js';
import { has } from '../dependencies.js';
import { parseIni, type Section } from '../packaging/ini.js';
import type { Start, StartInput } from '../start.js';
import { address } from './options.js';

const UWSGI = 'uwsgi.ini';
const PASTE = ['production.ini', 'prod.ini'];

/** uWSGI is started with a file that makes it speak HTTP; Pyramid's pserve with the file for production. */
export function iniServer({ source, dependencies }: StartInput): Start | undefined {
	if (['uwsgi', 'pyuwsgi'].some((name) => has(dependencies, name)) && httpOf(section(source, UWSGI, 'uwsgi')) !== undefined)
		return started(['uwsgi', '--ini', UWSGI], { file: UWSGI, says: `${UWSGI} starts uWSGI` });
	const file = source.first(...PASTE);
	if (file === undefined || !has(dependencies, 'pyramid') || section(source, file, 'server:main') === undefined) return undefined;
	return started(['pserve', file], { file, says: `${file} is for pserve` });
}

function started(words: readonly string[], reason: Reason): Start {
	return { commands: [{ words, env: {} }], folder: '', roots: [''], reason, own: true };
}

/** The address that the file of a command names, as it is written. */
export function iniAddress(source: FileIndex, words: readonly string[]): { readonly text: string; readonly reason: Reason } | undefined {
	const file = words.find((word) => /\.ini$/.test(word))?.replace(/^--ini=/, '');
	if (file === undefined || !/^(?:uwsgi|pserve)$/.test(words[0] ?? '')) return undefined;
	const text = words[0] === 'uwsgi' ? httpOf(section(source, file, 'uwsgi')) : listenOf(section(source, file, 'server:main'));
	if (text === undefined) return undefined;
	const { port } = address(text);
	return { text, reason: { file, says: port === undefined ? `${file} names ${text}` : `${file} names port ${port}` } };
}

function section(source: FileIndex, file: string, name: string): Section | undefined {
	return parseIni(source.text(file) ?? '').get(name);
}

function httpOf(uwsgi: Section | undefined): string | undefined {
	return uwsgi?.get('http') ?? uwsgi?.get('http_socket');
}

function listenOf(server: Section | undefined): string | undefined {
	const listen = server?.get('listen')?.split(/\s+/)[0];
	const port = server?.get('port');
	return listen ?? (port === undefined ? undefined : `${server?.get('host') ?? '127.0.0.1'}:${port}`);
}
