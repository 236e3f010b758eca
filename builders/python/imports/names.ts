/** Distributions whose module has another name, for hints. What is not here has the module's name. */
import { normalName } from '../names.js';

const NAMES: Readonly<Record<string, string>> = {
	Bio: 'biopython',
	Crypto: 'pycryptodome',
	Cryptodome: 'pycryptodomex',
	MySQLdb: 'mysqlclient',
	OpenSSL: 'pyOpenSSL',
	PIL: 'Pillow',
	Xlib: 'python-xlib',
	attr: 'attrs',
	bs4: 'beautifulsoup4',
	corsheaders: 'django-cors-headers',
	crispy_forms: 'django-crispy-forms',
	cv2: 'opencv-python-headless',
	dateutil: 'python-dateutil',
	debug_toolbar: 'django-debug-toolbar',
	decouple: 'python-decouple',
	django_filters: 'django-filter',
	djcelery: 'django-celery',
	docx: 'python-docx',
	dotenv: 'python-dotenv',
	environ: 'django-environ',
	faiss: 'faiss-cpu',
	fitz: 'PyMuPDF',
	flask_sqlalchemy: 'Flask-SQLAlchemy',
	fpdf: 'fpdf2',
	git: 'GitPython',
	github: 'PyGithub',
	gi: 'PyGObject',
	'google.cloud.bigquery': 'google-cloud-bigquery',
	'google.cloud.storage': 'google-cloud-storage',
	'google.protobuf': 'protobuf',
	grpc: 'grpcio',
	jose: 'python-jose',
	jwt: 'PyJWT',
	ldap: 'python-ldap',
	lxml: 'lxml',
	magic: 'python-magic',
	memcache: 'python-memcached',
	mpl_toolkits: 'matplotlib',
	multipart: 'python-multipart',
	mysql: 'mysql-connector-python',
	nacl: 'PyNaCl',
	pkg_resources: 'setuptools<81',
	pptx: 'python-pptx',
	psycopg: 'psycopg[binary]',
	psycopg2: 'psycopg2-binary',
	pymongo: 'pymongo',
	bson: 'pymongo',
	pythonjsonlogger: 'python-json-logger',
	pytz_deprecation_shim: 'pytz-deprecation-shim',
	rest_framework: 'djangorestframework',
	rest_framework_simplejwt: 'djangorestframework-simplejwt',
	ruamel: 'ruamel.yaml',
	serial: 'pyserial',
	skimage: 'scikit-image',
	sklearn: 'scikit-learn',
	slugify: 'python-slugify',
	socketio: 'python-socketio',
	storages: 'django-storages',
	telegram: 'python-telegram-bot',
	usb: 'pyusb',
	websocket: 'websocket-client',
	whois: 'python-whois',
	yaml: 'PyYAML',
	zmq: 'pyzmq',
};

/** Modules that Python had once, and the releases that took them away. */
export const GONE: Readonly<Record<string, string>> = {
	aifc: '3.13',
	asynchat: '3.12',
	asyncore: '3.12',
	audioop: '3.13',
	cgi: '3.13',
	cgitb: '3.13',
	crypt: '3.13',
	distutils: '3.12',
	imghdr: '3.13',
	imp: '3.12',
	mailcap: '3.13',
	nntplib: '3.13',
	pipes: '3.13',
	smtpd: '3.12',
	sndhdr: '3.13',
	telnetlib: '3.13',
	uu: '3.13',
	xdrlib: '3.13',
};
/** What gives them back. */
export const BACKPORTS: Readonly<Record<string, string>> = {
	asynchat: 'pyasynchat',
	asyncore: 'pyasyncore',
	audioop: 'audioop-lts',
	cgi: 'legacy-cgi',
	cgitb: 'legacy-cgi',
	crypt: 'crypt-r',
	distutils: 'setuptools',
	imghdr: 'standard-imghdr',
	nntplib: 'standard-nntplib',
	telnetlib: 'standard-telnetlib',
};

/** Parts of the standard library that Debian has apart. */
export const DEBIAN: Readonly<Record<string, string>> = { tkinter: 'python3-tk', _tkinter: 'python3-tk', lib2to3: 'python3-lib2to3' };

/** @param module as it is imported @returns what to depend on */
export function distributionOf(module: string): string {
	const [top = ''] = module.split('.');
	return NAMES[module] ?? NAMES[top] ?? BACKPORTS[top] ?? (module.startsWith('google.cloud.') ? module.replaceAll('.', '-') : top.replaceAll('_', '-'));
}

/** Compares a requirement's name with what a module may be called. */
export function provides(requirement: string, module: string): boolean {
	const name = normalName(requirement);
	const known = distributionOf(module).replace(/[[<>=].*$/, '');
	const [top = ''] = module.split('.');
	return [known, top, module].some((one) => normalName(one) === name);
}
