/** What packages need of the system: whose libraries are added, whose programs are offered, and what is said where Debian has none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PackageRef } from '../../src/bases/contract.js';
import { alternativeEntries } from '../../src/bases/debian/rootfs.js';
import { DEBIAN_FILES, type Release } from '../../src/builder/system/debian.js';
import { APART, NEEDS } from '../../src/builder/system/needs.js';
import { certainPackages, systemPackages } from '../../src/builder/system/wanted.js';
import type { TareEvent } from '../../src/events.js';

interface Case {
	readonly pypi?: readonly string[];
	readonly npm?: readonly string[];
	readonly loads?: readonly string[];
	readonly fix?: boolean;
	readonly release?: Release;
	readonly there?: readonly string[];
	readonly binaries?: readonly string[];
}

function ask({ pypi = [], npm = [], loads = [], fix = false, release = 'trixie', there = [], binaries = [] }: Case) {
	const refs = (type: PackageRef['type'], names: readonly string[]) => names.map((name) => ({ type, name, version: '1', purl: '' }));
	const events: TareEvent[] = [];
	const add = systemPackages(
		{
			content: { layers: [], config: {}, packages: [...refs('pypi', pypi), ...refs('npm', npm)], loads },
			binaries: binaries.map((path) => ({ path })),
			fix,
			base: { kind: 'debian', release, sets: ['static'], packages: [], slim: true, strip: false },
			present: refs('deb', there),
		},
		(event) => events.push(event),
	);
	const warnings = events.flatMap((event) => (event.type === 'warning' ? [`${event.says}. ${event.hint}`] : []));
	return { add, warnings };
}

test('libraries are added, whoever brings the package that opens them', () => {
	assert.deepEqual(ask({ pypi: ['flask-weasyprint', 'weasyprint'] }).add, ['libharfbuzz-subset0', 'libpango-1.0-0', 'libpangoft2-1.0-0']);
	assert.deepEqual(ask({ pypi: ['python-ldap', 'python-magic'], release: 'bookworm' }).add, ['libldap-2.5-0', 'libmagic1']);
	assert.deepEqual(ask({ pypi: ['python-magic'], there: ['libmagic1t64'] }).add, [], 'the base has it');
	assert.deepEqual(ask({ pypi: ['psycopg', 'psycopg-binary'] }).add, [], 'another package brings it');
});

test('programs are added where --fix asks for them, else there is a warning with the way out', () => {
	const asked = ask({ pypi: ['pytesseract'], npm: ['fluent-ffmpeg', 'simple-git'] });
	assert.deepEqual(asked.add, []);
	assert.equal(asked.warnings.length, 3);
	assert.match(
		asked.warnings[0] ?? '',
		/^pytesseract uses tesseract, which the image does not have\. Debian has it: add --fix, or "packages: \[tesseract-ocr\]"/,
	);
	assert.deepEqual(ask({ pypi: ['pytesseract'], npm: ['fluent-ffmpeg', 'simple-git'], fix: true }), { add: ['ffmpeg', 'git', 'tesseract-ocr'], warnings: [] });
	assert.deepEqual(ask({ npm: ['fluent-ffmpeg', 'ffmpeg-static'] }), { add: [], warnings: [] });
	assert.deepEqual(ask({ pypi: ['pydub'], binaries: ['app/bin/ffmpeg'] }), { add: [], warnings: [] }, 'the app brings its own');
	assert.deepEqual(ask({ npm: ['exiftool-vendored'], fix: true }).add, ['libimage-exiftool-perl', 'perl', 'perl-base', 'perl-modules-5.40']);
});

test('git is added where GitPython is loaded, and not where Streamlit brings it along', () => {
	assert.deepEqual(ask({ pypi: ['gitpython'], loads: ['gitpython'] }).add, ['git']);
	assert.deepEqual(ask({ pypi: ['gitpython', 'streamlit'] }), { add: [], warnings: [] });
	assert.match(ask({ pypi: ['gitpython'] }).warnings[0] ?? '', /add --fix/);
});

test('what Debian does not have, or not in a form that runs, is said with another way', () => {
	assert.match(ask({ pypi: ['pdfkit'], fix: true }).warnings[0] ?? '', /Debian trixie does not have it\. Debian bookworm has it \(--debian bookworm --fix\)/);
	assert.deepEqual(ask({ pypi: ['pdfkit'], fix: true, release: 'bookworm' }).add, ['wkhtmltopdf']);
	assert.match(ask({ npm: ['puppeteer'], fix: true }).warnings[0] ?? '', /shell script/);
	assert.match(ask({ pypi: ['tika'] }).warnings[0] ?? '', /JAVA_HOME/);
});

test('a plan knows of what is certain', () => {
	assert.deepEqual(certainPackages('pypi', ['pdf2image', 'pytesseract', 'pycairo'], 'trixie'), ['libcairo2', 'poppler-utils']);
});

test('each library and program of the table is in the index of contents, or apart', () => {
	const files = Object.values(NEEDS).flatMap((table) => Object.values(table).flatMap(({ libraries = [], programs = [] }) => [...libraries, ...programs]));
	assert.deepEqual(
		files.filter((file) => DEBIAN_FILES[file] === undefined && APART[file] === undefined),
		[],
	);
});

test('links of update-alternatives for BLAS and LAPACK', () => {
	const made = alternativeEntries(['usr/lib/x86_64-linux-gnu/blas/libblas.so.3', 'usr/lib/x86_64-linux-gnu/blas/libblas.so.3.12.1', 'usr/lib/x.so.3']);
	assert.deepEqual(
		made.map((entry) => [entry.path, entry.type === 'symlink' ? entry.target : '']),
		[['usr/lib/x86_64-linux-gnu/libblas.so.3', 'blas/libblas.so.3']],
	);
});
