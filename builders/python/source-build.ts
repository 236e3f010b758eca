/** Why a package could not be built from its source, by what its build printed. */

/** What to install, or to use instead, for the packages that are known to come as source. */
const KNOWN: Readonly<Record<string, string>> = {
	psycopg2: 'Depend on psycopg2-binary instead: the same module, compiled.',
	mysqlclient: 'Its source needs libmariadb-dev and pkg-config on the machine that builds; PyMySQL needs neither.',
	uwsgi: 'Depend on gunicorn instead, which is not compiled.',
	pywin32: 'It is for Windows: write `pywin32; sys_platform == "win32"`.',
};

const C = 'a C compiler (gcc, in Debian: build-essential)';
const LACKS: readonly (readonly [RegExp, string])[] = [
	[/command '[^']*(?:gcc|cc|clang)' failed: No such file|unable to execute '[^']*(?:gcc|cc|clang)'/, C],
	[/No such file or directory: '[^']*(?:gcc|cc|clang)'|\b(?:gcc|cc|clang): (?:command )?not found|CMAKE_C_COMPILER not set|Unknown compiler\(s\): \[\['?cc/, C],
	[/command '[^']*(?:g\+\+|c\+\+)' failed: No such file|CMAKE_CXX_COMPILER not set/, 'a C++ compiler (g++, in Debian: build-essential)'],
	[/can't find Rust compiler|Rust toolchain.*(?:not|isn't)|\bcargo\b[^\n]*(?:not found|not installed|No such file)/i, 'Rust (cargo)'],
	[/CMake must be installed|\bcmake\b[^\n]*(?:not found|No such file)/i, 'CMake'],
	[/gfortran[^\n]*(?:not found|No such file)|Unknown compiler\(s\): \[\['gfortran/, 'a Fortran compiler (gfortran)'],
	[/pg_config executable not found|pg_config is required/, 'libpq-dev'],
	[/mysql_config[^\n]*not found|mariadb_config[^\n]*not found|Can not find valid pkg-config name/, 'libmariadb-dev and pkg-config'],
	[/xml2-config|libxml2 and libxslt development packages/, 'libxml2-dev and libxslt1-dev'],
	[/\bpkg-config\b[^\n]*(?:not found|No such file)/, 'pkg-config'],
	[/\bswig\b[^\n]*(?:not found|No such file)/, 'swig'],
];

/** @param name of the package @param output of its build, or the end of it */
export function causeOf(name: string, output: string): string | undefined {
	const known = KNOWN[name];
	if (known !== undefined) return known;
	const lacks = LACKS.find(([pattern]) => pattern.test(output))?.[1];
	if (lacks !== undefined) return `Its build needs ${lacks}, which the machine that builds does not have.`;
	const header = /fatal error: ([\w./+-]+\.h(?:pp)?): No such file/.exec(output)?.[1];
	if (header !== undefined && header !== 'Python.h')
		return `Its build needs the header ${header}, which the machine that builds does not have: install the -dev package that has it.`;
	const old =
		/has no member named|undeclared name not builtin|too few arguments to function ‘?_?Py|implicit declaration of function ‘?_?Py|cannot import name '\w+' from 'setuptools|use_2to3 is invalid/.test(
			output,
		);
	return old ? 'Its source was written for an older Python.' : undefined;
}
