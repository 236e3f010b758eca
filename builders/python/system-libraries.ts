/** Debian packages for what Python packages open at run time, and no wheel brings along. Their names were looked up in the indexes of both releases. */
import { type Dependencies, has } from './dependencies.js';

const NEEDS: Readonly<Record<string, readonly string[]>> = {
	mysqlclient: ['libmariadb3'],
	'opencv-contrib-python': ['libgl1', 'libglib2.0-0t64'],
	'opencv-python': ['libgl1', 'libglib2.0-0t64'],
	pdf2image: ['poppler-utils'],
	psycopg: ['libpq5'],
	pycairo: ['libcairo2'],
	'python-ldap': ['libldap2'],
	'python-magic': ['libmagic1t64'],
	pyzbar: ['libzbar0t64'],
	weasyprint: ['libharfbuzz-subset0', 'libpango-1.0-0', 'libpangoft2-1.0-0'],
};
/** Their names before the 64-bit time_t transition, and before the library's new name. */
const BOOKWORM: Readonly<Record<string, string>> = { libldap2: 'libldap-2.5-0' };

/** psycopg 3 brings the library with its extra `binary`. */
export function systemPackages(dependencies: Dependencies, release: 'trixie' | 'bookworm'): readonly string[] {
	const names = Object.keys(NEEDS).filter((name) => has(dependencies, name) && !(name === 'psycopg' && bringsLibrary(dependencies)));
	const packages = names.flatMap((name) => NEEDS[name] ?? []);
	return [...new Set(packages.map((name) => (release === 'bookworm' ? (BOOKWORM[name] ?? name.replace(/t64$/, '')) : name)))].sort();
}

function bringsLibrary(dependencies: Dependencies): boolean {
	return has(dependencies, 'psycopg-binary') || dependencies.pins.some(({ name, extras }) => name === 'psycopg' && extras.includes('binary'));
}
