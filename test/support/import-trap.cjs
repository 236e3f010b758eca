/** Preloaded before the package: every call of file system, network or process, and every look at the environment, is written down with its place. */
'use strict';
const { syncBuiltinESMExports } = require('node:module');
const calls = [];
/** Node's own loader reads the modules: what has a file of the package nearest in its stack is the package's. */
const note = (what) => {
	const place = (new Error().stack ?? '')
		.split('\n')
		.slice(2)
		.find((line) => !line.includes('import-trap') && !line.includes('node:'));
	if (place?.includes('/dist/') || place?.includes('/node_modules/')) calls.push(`${what} ${place.trim()}`);
};
/** Notes, then does. */
const noted = (what, work) => {
	note(what);
	return work();
};
const watch = (object, label) => {
	for (const name of Object.keys(object)) {
		if (typeof object[name] !== 'function' || /^[A-Z_]/.test(name)) continue;
		const original = object[name];
		object[name] = Object.assign(function (...args) {
			note(`${label}.${name}`);
			return Reflect.apply(original, this, args);
		}, original);
	}
};
for (const name of ['fs', 'fs/promises', 'child_process', 'dns', 'http', 'https', 'net', 'tls', 'os']) watch(require(`node:${name}`), name);
for (const name of ['cwd', 'chdir', 'kill', 'hrtime', 'memoryUsage']) {
	const original = process[name];
	process[name] = Object.assign((...args) => noted(`process.${name}`, () => original.apply(process, args)), original);
}
syncBuiltinESMExports();
const now = Date.now;
Date.now = () => noted('Date.now', now);
process.env = new Proxy(process.env, {
	get: (env, name) => noted(`env.${String(name)}`, () => env[name]),
	has: (env, name) => noted(`env.${String(name)}`, () => name in env),
	ownKeys: (env) => noted('env', () => Reflect.ownKeys(env)),
});
process.once('exit', () => process.stdout.write(`\ncalls ${JSON.stringify(calls)}`));
