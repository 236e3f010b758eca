/** Code for browsers, which a bundler packs and Node cannot run. */
import type { FileIndex } from '../../../src/source/file-index.js';

const BROWSER =
	/\bdocument\s*\.\s*(?:getElementById|querySelector|body|createElement|addEventListener)|\bwindow\s*\.\s*\w|\bfrom\s+['"](?:react-dom(?:\/client)?|vue|svelte|preact|solid-js\/web|@angular\/platform-browser)['"]|\bimport\s+(?:\w+\s+from\s+)?['"][^'"]+\.(?:css|scss|sass|less|styl|svg|png|jpe?g|vue|svelte)['"]/;
const SERVER = /\.listen\s*\(|\bcreateServer\s*\(|\bserve\s*\(|\bNestFactory\b/;

/** The file is for a browser, by what it says. */
export function isBrowserCode(file: string, source: FileIndex): boolean {
	const text = source.text(file) ?? '';
	return BROWSER.test(text) && !SERVER.test(text);
}

/** The file starts a server. */
export function isServerCode(file: string, source: FileIndex): boolean {
	return SERVER.test(source.text(file) ?? '');
}
