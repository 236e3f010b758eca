/** Which Debian package has a shared library, for the libraries that apps ask for most. */

const TRIXIE_PREFIXES: readonly (readonly [RegExp, string])[] = [
	[/^libatomic\.so\.1$/, 'libatomic1'],
	[/^libgomp\.so\.1$/, 'libgomp1'],
	[/^libz\.so\.1$/, 'zlib1g'],
	[/^libzstd\.so\.1$/, 'libzstd1'],
	[/^lib(?:ssl|crypto)\.so\.3$/, 'libssl3t64'],
	[/^libcrypt\.so\.1$/, 'libcrypt1'],
	[/^libbz2\.so\.1/, 'libbz2-1.0'],
	[/^liblzma\.so\.5$/, 'liblzma5'],
	[/^libffi\.so\.8$/, 'libffi8'],
	[/^libsqlite3\.so\.0$/, 'libsqlite3-0'],
	[/^libpq\.so\.5$/, 'libpq5'],
	[/^libmariadb\.so\.3$/, 'libmariadb3'],
	[/^libcurl\.so\.4$/, 'libcurl4t64'],
	[/^libexpat\.so\.1$/, 'libexpat1'],
	[/^libxml2\.so\.2$/, 'libxml2'],
	[/^libxslt\.so\.1$/, 'libxslt1.1'],
	[/^libvips\.so\.42$/, 'libvips42t64'],
	[/^libglib-2\.0\.so\.0$/, 'libglib2.0-0t64'],
	[/^libGL\.so\.1$/, 'libgl1'],
	[/^libcairo\.so\.2$/, 'libcairo2'],
	[/^libpango-1\.0\.so\.0$/, 'libpango-1.0-0'],
	[/^libpangocairo-1\.0\.so\.0$/, 'libpangocairo-1.0-0'],
	[/^libpixman-1\.so\.0$/, 'libpixman-1-0'],
	[/^libjpeg\.so\.62$/, 'libjpeg62-turbo'],
	[/^libpng16\.so\.16$/, 'libpng16-16t64'],
	[/^libgif\.so\.7$/, 'libgif7'],
	[/^librsvg-2\.so\.2$/, 'librsvg2-2'],
	[/^libfreetype\.so\.6$/, 'libfreetype6'],
	[/^libfontconfig\.so\.1$/, 'libfontconfig1'],
	[/^libuuid\.so\.1$/, 'libuuid1'],
	[/^libreadline\.so\.8$/, 'libreadline8t64'],
	[/^libkrb5\.so\.3$|^libgssapi_krb5\.so\.2$/, 'libgssapi-krb5-2'],
	[/^libpython3\.13\.so\.1\.0$/, 'libpython3.13'],
	[/^libpython3\.11\.so\.1\.0$/, 'libpython3.11'],
	[/^libnss3\.so$|^libnspr4\.so$/, 'libnss3'],
];
/** The 64-bit time_t transition renamed packages in trixie. */
const RENAMED = /t64$/;

/** Undefined when the table does not know. */
export function packageOfSoname(soname: string, release: 'trixie' | 'bookworm'): string | undefined {
	const name = TRIXIE_PREFIXES.find(([pattern]) => pattern.test(soname))?.[1];
	return release === 'bookworm' ? name?.replace(RENAMED, '') : name;
}
