/** Content types by file name: https://www.iana.org/assignments/media-types */

const TEXT: Readonly<Record<string, string>> = {
	html: 'text/html',
	htm: 'text/html',
	css: 'text/css',
	js: 'text/javascript',
	mjs: 'text/javascript',
	txt: 'text/plain',
	md: 'text/markdown',
	csv: 'text/csv',
	ics: 'text/calendar',
	vtt: 'text/vtt',
	xml: 'application/xml',
	xhtml: 'application/xhtml+xml',
	rss: 'application/rss+xml',
	atom: 'application/atom+xml',
};
const OTHER: Readonly<Record<string, string>> = {
	json: 'application/json',
	map: 'application/json',
	webmanifest: 'application/manifest+json',
	geojson: 'application/geo+json',
	jsonld: 'application/ld+json',
	wasm: 'application/wasm',
	pdf: 'application/pdf',
	zip: 'application/zip',
	gz: 'application/gzip',
	svg: 'image/svg+xml',
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	gif: 'image/gif',
	webp: 'image/webp',
	avif: 'image/avif',
	ico: 'image/vnd.microsoft.icon',
	bmp: 'image/bmp',
	woff: 'font/woff',
	woff2: 'font/woff2',
	ttf: 'font/ttf',
	otf: 'font/otf',
	eot: 'application/vnd.ms-fontobject',
	mp3: 'audio/mpeg',
	ogg: 'audio/ogg',
	wav: 'audio/wav',
	m4a: 'audio/mp4',
	mp4: 'video/mp4',
	webm: 'video/webm',
	ogv: 'video/ogg',
	mov: 'video/quicktime',
};

export function contentType(path: string): string {
	const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
	const text = TEXT[extension];
	return text === undefined ? (OTHER[extension] ?? 'application/octet-stream') : `${text}; charset=utf-8`;
}

/** Formats that hold no compression of their own. */
export function compresses(type: string): boolean {
	return /^(?:text\/|application\/(?:json|xml|wasm|manifest\+json|geo\+json|ld\+json|vnd\.ms-fontobject|[a-z]+\+xml)|image\/(?:svg\+xml|bmp|vnd\.microsoft\.icon)|font\/(?:ttf|otf))/.test(
		type,
	);
}
