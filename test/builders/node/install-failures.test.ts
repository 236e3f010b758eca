/** What package managers write when they fail, and what the hint says: lines as the tools wrote them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainInstall, settingsVariables } from '../../../builders/node/install-failures.js';

const OUTPUTS: readonly (readonly [string, string, RegExp])[] = [
	['npm 6, unset variable', 'Error: Failed to replace env in config: ${ACME_TOKEN}', /variable ACME_TOKEN.*--secret id=ACME_TOKEN/],
	['yarn 4, unset variable', 'Usage Error: Environment variable not found (ACME_TOKEN) in /a/.yarnrc.yml', /--secret id=ACME_TOKEN/],
	['pnpm 11, variables of the project', 'Ignored project-level auth setting "//h/:_authToken" in ".npmrc"\nERR_PNPM_FETCH_404', /--secret id=npmrc/],
	['npm, 401', 'npm error code E401\nnpm error 401 Unauthorized - GET https://npm.acme.example/@acme%2fprivate - no', /@acme\/private from npm\.acme\.example/],
	['pnpm, 403', 'ERR_PNPM_FETCH_403  GET https://npm.acme.example/@acme%2Fprivate: Forbidden - 403', /credentials for @acme\/private/],
	['yarn 4, 401', 'YN0041: Invalid authentication', /wants credentials/],
	['bun, 401', 'error: GET https://h.example/npm/@acme%2fprivate - 401', /credentials for @acme\/private from h\.example/],
	['npm, 404', 'npm ERR! code E404\nnpm ERR! 404 Not Found - GET https://h.example/@acme%2fprivate - no', /does not exist.*@acme\/private.*--secret id=npmrc/],
	['yarn 3, 404', '➤ YN0035: │   Response Code: 404 (Not Found)', /does not exist/],
	['bun, 404', 'error: GET https://h.example/left - 404', /does not exist/],
	[
		'npm, another npm',
		'npm error notsup Required: {"node":">=20","npm":">=10 <11"}\nnpm error notsup Actual:   {"npm":"11.6.2","node":"v22.1.0"}',
		/another npm/,
	],
	[
		'npm, another Node',
		'npm error notsup Required: {"node":">=99","npm":">=10"}\nnpm error notsup Actual:   {"npm":"11.6.2","node":"v22.1.0"}',
		/this Node version/,
	],
	['pnpm, another pnpm', 'ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment\nYour pnpm version is incompatible with "/app".', /another pnpm/],
	['pnpm, another Node', 'ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment\nYour Node version is incompatible with "/app".', /this Node version/],
	['yarn 1, another yarn', 'error app@1.0.0: The engine "yarn" is incompatible with this module.', /another yarn/],
	['pnpm on an old Node', 'ERROR: This version of pnpm requires at least Node.js v18.12', /too new/],
	['npm, devEngines', 'npm error code EBADDEVENGINES', /devEngines/],
	[
		'pnpm, a patch that is not there',
		"ENOENT: no such file or directory, open '/w/tools/patches/ms@2.1.3.patch'",
		/patch \/w\/tools\/patches\/ms@2\.1\.3\.patch|tools\/patches/,
	],
	['a host', 'getaddrinfo ENOTFOUND binaries.prisma.sh', /\(binaries\.prisma\.sh\)/],
	['anything else', 'boom', /--verbose/],
];

for (const [name, output, hint] of OUTPUTS) test(name, () => assert.match(explainInstall(output, []).hint, hint));

test('where the settings take credentials from a variable, file, line and variable are named', () => {
	const files: Readonly<Record<string, string>> = {
		'.npmrc': '; ${COMMENT}\nregistry=https://h.example/\n//h.example/:_authToken=${ACME_TOKEN}\n',
		'.yarnrc.yml': 'npmAuthToken: ${WITH_DEFAULT-none}\n',
	};
	const variables = settingsVariables({ text: (file) => files[file] });
	assert.deepEqual(variables, [{ name: 'ACME_TOKEN', file: '.npmrc', line: 3 }]);
	const { hint, at } = explainInstall('npm error code E401\nnpm error 401 Unauthorized - GET https://h.example/@acme%2fprivate', variables);
	assert.match(hint, /@acme\/private from h\.example from the variable ACME_TOKEN: give it with --secret id=ACME_TOKEN/);
	assert.deepEqual(at, { file: '.npmrc', line: 3 });
	assert.equal(explainInstall('npm error code E404', variables).at, undefined);
});
