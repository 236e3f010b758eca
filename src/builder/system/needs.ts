/** What packages of apps open or run that no package of theirs brings: shared libraries by soname, programs by name. */

export interface Need {
	/** Opened when the package is loaded; `a|b` where releases of Debian have different names. */
	readonly libraries?: readonly string[];
	/** Run when the package is used. */
	readonly programs?: readonly string[];
	/** Its programs are looked for when it is loaded: without them it fails then. */
	readonly atLoad?: boolean;
	/** Nothing of it works without its programs, and they are small. */
	readonly always?: boolean;
	/** Packages with which it is no need: they bring the program, or bring this package and do without it. */
	readonly notWith?: readonly string[];
}

export type Ecosystem = 'pypi' | 'npm';

const PYPI: Readonly<Record<string, Need>> = {
	cairocffi: { libraries: ['libcairo.so.2'] },
	'camelot-py': { programs: ['gs'] },
	'ffmpeg-python': { programs: ['ffmpeg'] },
	ghostscript: { libraries: ['libgs.so.10'] },
	gitpython: { programs: ['git'], atLoad: true, notWith: ['streamlit', 'mlflow', 'mlflow-skinny', 'wandb'] },
	graphviz: { programs: ['dot'] },
	html2image: { programs: ['chromium'] },
	imgkit: { programs: ['wkhtmltoimage'] },
	jpype1: { programs: ['java'] },
	'language-tool-python': { programs: ['java'] },
	libusb1: { libraries: ['libusb-1.0.so.0'] },
	mysqlclient: { libraries: ['libmariadb.so.3'] },
	ocrmypdf: { programs: ['tesseract', 'gs'] },
	'openai-whisper': { programs: ['ffmpeg'] },
	'opencv-contrib-python': { libraries: ['libGL.so.1', 'libglib-2.0.so.0'] },
	'opencv-python': { libraries: ['libGL.so.1', 'libglib-2.0.so.0'] },
	pdf2image: { programs: ['pdftoppm'], always: true },
	pdfkit: { programs: ['wkhtmltopdf'] },
	playwright: { programs: ['chromium'] },
	psycopg: { libraries: ['libpq.so.5'], notWith: ['psycopg-binary', 'psycopg-c'] },
	pycairo: { libraries: ['libcairo.so.2'] },
	pydot: { programs: ['dot'] },
	pydub: { programs: ['ffmpeg'] },
	pyenchant: { libraries: ['libenchant-2.so.2'] },
	pyexiftool: { programs: ['exiftool'] },
	pylibdmtx: { libraries: ['libdmtx.so.0'] },
	pypandoc: { programs: ['pandoc'], notWith: ['pypandoc-binary'] },
	pyppeteer: { programs: ['chromium'] },
	pysodium: { libraries: ['libsodium.so.23'] },
	pyspark: { programs: ['java'] },
	pytesseract: { programs: ['tesseract'] },
	'python-gnupg': { programs: ['gpg'] },
	'python-ldap': { libraries: ['libldap.so.2|libldap-2.5.so.0'] },
	'python-magic': { libraries: ['libmagic.so.1'] },
	'python-nmap': { programs: ['nmap'] },
	pyttsx3: { libraries: ['libespeak-ng.so.1'] },
	pyvips: { libraries: ['libvips.so.42'], notWith: ['pyvips-binary'] },
	pyzbar: { libraries: ['libzbar.so.0'] },
	selenium: { programs: ['chromedriver'] },
	sounddevice: { libraries: ['libportaudio.so.2'] },
	sox: { programs: ['sox'] },
	'tabula-py': { programs: ['java'] },
	tika: { programs: ['java'] },
	unoconv: { programs: ['soffice'] },
	unoserver: { programs: ['soffice'] },
	wand: { libraries: ['libMagickWand-7.Q16.so.10|libMagickWand-6.Q16.so.6'] },
	weasyprint: { libraries: ['libharfbuzz-subset.so.0', 'libpango-1.0.so.0', 'libpangoft2-1.0.so.0'] },
};

const FFMPEG = ['ffmpeg-static', '@ffmpeg-installer/ffmpeg', 'ffmpeg-ffprobe-static'];

const NPM: Readonly<Record<string, Need>> = {
	// It brings its own, which runs with the Perl that Debian's brings.
	'exiftool-vendored': { programs: ['exiftool'] },
	'fluent-ffmpeg': { programs: ['ffmpeg'], notWith: FFMPEG },
	gm: { programs: ['gm'] },
	graphviz: { programs: ['dot'] },
	imagemagick: { programs: ['convert'] },
	'libreoffice-convert': { programs: ['soffice'] },
	'node-poppler': { programs: ['pdftocairo'] },
	'node-tesseract-ocr': { programs: ['tesseract'] },
	'pdf-image': { programs: ['convert', 'gs'] },
	'pdf-poppler': { programs: ['pdftocairo'] },
	pdf2pic: { programs: ['gm', 'gs'] },
	puppeteer: { programs: ['chromium'] },
	'puppeteer-core': { programs: ['chromium'], notWith: ['puppeteer', '@sparticuz/chromium', 'chrome-aws-lambda'] },
	'simple-git': { programs: ['git'] },
	wkhtmltopdf: { programs: ['wkhtmltopdf'] },
};

/** Debian packages beside the one that has the program: Perl is left out unless it is named. */
export const MORE: Readonly<Record<string, Readonly<Record<'trixie' | 'bookworm', readonly string[]>>>> = {
	exiftool: { trixie: ['perl', 'perl-base', 'perl-modules-5.40'], bookworm: ['perl', 'perl-base', 'perl-modules-5.36'] },
};

export const NEEDS: Readonly<Record<Ecosystem, Readonly<Record<string, Need>>>> = { pypi: PYPI, npm: NPM };

/** Programs that no package of Debian's alone makes run in an image without a shell and without install scripts; with what there is to do. */
export const APART: Readonly<Record<string, string>> = {
	chromedriver: 'Run the browser in a container of its own (selenium/standalone-chromium), or start from a base that has one: --base IMAGE.',
	chromium: 'Debian starts it by a shell script: start from a base that has a browser (--base IMAGE), or connect to one in a container of its own.',
	dot: 'The Graphviz of Debian lists its plugins in an install script, which does not run here: start from a base that has Graphviz (--base IMAGE).',
	java: 'Debian has "packages: [default-jre-headless]", whose program is /usr/lib/jvm/default-java/bin/java: set "env: JAVA_HOME: /usr/lib/jvm/default-java".',
	soffice: 'Debian starts it by a shell script: start from a base that has LibreOffice (--base IMAGE), or convert in a container of its own.',
};
