/** What build steps see of the caller's environment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepEnvironment } from '../../src/toolchain/environment.js';

const environment = (host: Record<string, string>, extra: Record<string, string> = {}) =>
	stepEnvironment({ host, home: '/home', tmp: '/tmp', epoch: 0, secrets: {}, extra });

test('npm settings of the caller arrive, under the names that pnpm 11 reads, too', () => {
	const env = environment(
		{ npm_config_https_proxy: 'http://proxy.example:1', '@acme:registry': 'x', npm_config_foo: '1', HOME: '/me' },
		{ npm_config_registry: 'https://npm.example/' },
	);
	assert.equal(env.npm_config_registry, 'https://npm.example/');
	assert.equal(env.pnpm_config_registry, 'https://npm.example/');
	assert.equal(env.pnpm_config_https_proxy, 'http://proxy.example:1');
	assert.deepEqual([env.npm_config_foo, env.pnpm_config_foo, env.HOME], [undefined, undefined, '/home']);
});
