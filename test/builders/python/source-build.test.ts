/** A package without a wheel whose source was not built: its name, why, and which Python or version has a wheel. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { PythonFacts } from '../../../builders/python/facts.js';
import { sourceFailure } from '../../../builders/python/failures.js';
import { planPython } from '../../../builders/python/plan.js';
import { type WheelsElsewhere, wheelsElsewhere } from '../../../builders/python/wheel-search.js';
import type { Toolchain } from '../../../src/toolchain/contract.js';
import { folder, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

interface Case {
	readonly built: string;
	readonly wheels?: string;
	readonly elsewhere?: string;
	readonly found?: WheelsElsewhere;
}

async function failure(t: TestContext, { built, wheels = '', elsewhere, found = {} }: Case) {
	const plan = planPython({ source: index(t, { 'requirements.txt': 'flask', 'main.py': 'print()' }), ...REQUEST });
	const error = await sourceFailure({ wheels, built, elsewhere, search: async () => found }, plan.facts as unknown as PythonFacts);
	assert.deepEqual([error.code, error.at], ['INSTALL_FAILED', { file: 'requirements.txt' }]);
	return error;
}

test('the package is named although the end of a long build does not have it', async (t) => {
	const error = await failure(t, {
		wheels: 'Because greenlet==1.1.2 has no usable wheels and you require greenlet==1.1.2',
		built: "error: ‘_PyErr_StackItem’ has no member named ‘exc_traceback’\nerror: Command '['x86_64-linux-gnu-gcc', ...]' returned",
		found: { newest: '3.5.6', python: '3.10' },
	});
	assert.equal(error.message, 'greenlet==1.1.2 has no wheel for Python 3.13, and building it from source failed');
	assert.equal(
		error.hint,
		'Its source was written for an older Python. The newest version with a wheel for Python 3.13 is greenlet 3.5.6. Python 3.10 has a wheel of this one, and Debian does not have that Python.',
	);
	const debian = await failure(t, { built: '  × Failed to build `lxml==4.9.1`', found: { python: '3.11' } });
	assert.match(debian.hint ?? '', /Python 3\.11 has a wheel of this one: "python: 3\.11" in tare\.yaml\.$/);
});

const CAUSES: readonly (readonly [string, RegExp])[] = [
	["error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", /needs a C compiler/],
	["unable to execute 'gcc': No such file or directory", /needs a C compiler/],
	["error: command 'g++' failed: No such file or directory", /needs a C\+\+ compiler/],
	["error: can't find Rust compiler", /needs Rust/],
	['Error: pg_config executable not found.', /needs libpq-dev/],
	['Can not find valid pkg-config name.', /libmariadb-dev and pkg-config/],
	['Modules/common.h:15:10: fatal error: lber.h: No such file or directory', /the header lber\.h/],
	['AssertionError', /The lines above are from its build/],
];
for (const [built, hint] of CAUSES)
	test(`a build that ends with: ${built}`, async (t) => assert.match((await failure(t, { built: `Failed to build \`some==1\`\n${built}` })).hint ?? '', hint));

test('packages known to come as source, and other platforms', async (t) => {
	assert.match((await failure(t, { built: 'Failed to build `mysqlclient==2.2.0`' })).hint ?? '', /libmariadb-dev/);
	const error = await failure(t, { wheels: 'Because docopt==0.6.2 has no usable wheels', built: '', elsewhere: 'linux/arm64' });
	assert.match(error.message, /no wheel for linux\/arm64 for Python 3\.13/);
});

test("the search asks for the newest version, then for Debian's other Python, then for the newest of others", async (t) => {
	const asked: string[] = [];
	const resolve = async (input: string, output: string, python: string) => {
		const line = readFileSync(input, 'utf8').trim();
		asked.push(`${line} ${python}`);
		writeFileSync(output, line === 'greenlet' ? 'greenlet==3.5.6\n' : 'greenlet==1.1.2\n');
		return line === 'greenlet' || python === '3.10';
	};
	const tools = { scratch: async () => folder(t) } as unknown as Toolchain;
	assert.deepEqual(await wheelsElsewhere('greenlet==1.1.2', '3.13', resolve, tools), { newest: '3.5.6', python: '3.10' });
	assert.deepEqual(asked, ['greenlet 3.13', 'greenlet==1.1.2 3.11', 'greenlet==1.1.2 3.14', 'greenlet==1.1.2 3.12', 'greenlet==1.1.2 3.10']);
});
