/** Inputs become options: lists, pairs, exporters, caches, annotations, secrets; and what is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lines, words } from '../../src/action/inputs.js';
import { type ReadOptions, readOptions } from '../../src/action/options.js';
import { readSecretInputs } from '../../src/action/secrets.js';
import { isCached, sizeLimit } from '../../src/action/store-cache.js';
import { folder } from '../support/files.js';
import { readAction } from '../support/runner.js';

const environment = (inputs: Readonly<Record<string, string>>) =>
	Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));

function read(inputs: Readonly<Record<string, string>>): ReadOptions {
	const env = environment(inputs);
	return readOptions(env, readSecretInputs(env, '/nonexistent'));
}

test('lists are read as Docker’s actions read them', () => {
	const list = (value: string) => words({ INPUT_TAGS: value }, 'tags');
	assert.deepEqual(list('a:1, b:2\n\n  c:3  \n'), ['a:1', 'b:2', 'c:3']);
	assert.deepEqual(list('"a:1,b:2"\nc'), ['a:1', 'b:2', 'c']);
	assert.deepEqual(list('  '), []);
	const whole = (value: string) => lines({ INPUT_LABELS: value }, 'labels');
	assert.deepEqual(whole('a=1,2\r\nb=say "hi"\n'), ['a=1,2', 'b=say "hi"']);
	assert.deepEqual(whole('"A=first\nsecond"\nB=2'), ['A=first\nsecond', 'B=2']);
	assert.deepEqual(whole('"A={""json"": true}"'), ['A={"json": true}']);
});

test('build-push-action’s inputs', () => {
	const { options } = read({
		context: './app',
		tags: 'me/app:1\nghcr.io/me/app:1',
		platforms: 'linux/amd64,linux/arm64',
		push: 'True',
		labels: 'a=b=c\nempty=',
		'no-cache': 'true',
		env: 'A=1',
		'build-env': 'B=2',
		main: 'api',
		load: 'true',
	});
	assert.equal(options.dir, './app');
	assert.deepEqual(options.tags, ['me/app:1', 'ghcr.io/me/app:1']);
	assert.deepEqual(options.platforms, ['linux/amd64', 'linux/arm64']);
	assert.deepEqual(options.labels, { a: 'b=c', empty: '' });
	assert.deepEqual([options.push, options.fresh, options.main, options.load], [true, true, 'api', 'auto']);
	assert.deepEqual([options.env, options.buildEnv], [{ A: '1' }, { B: '2' }]);
	const nothing = read({}).options;
	assert.deepEqual([nothing.dir, nothing.push, nothing.platforms, nothing.frozen, nothing.start], ['.', false, undefined, undefined, undefined]);
});

test('exporters', () => {
	const of = (outputs: string) => read({ outputs }).options;
	assert.deepEqual(of('type=oci,dest=a.tar\ntype=oci,dest=dir,tar=false\ntype=docker,dest=d.tar\noci:x:1').outputs, [
		'oci-archive:a.tar',
		'oci:dir',
		'docker-archive:d.tar',
		'oci:x:1',
	]);
	const image = of('type=image,"name=me/app:1,me/app:2",push=true,oci-mediatypes=true,compression-level=9,annotation.a=1,annotation-index.b=2');
	assert.deepEqual([image.tags, image.push, image.compression], [['me/app:1', 'me/app:2'], true, 9]);
	assert.deepEqual([image.annotations, image.indexAnnotations], [{ a: '1' }, { b: '2' }]);
	assert.equal(of('type=docker').load, 'docker');
	assert.equal(of('type=image,oci-mediatypes=false').format, 'docker');
	assert.deepEqual(of('type=cacheonly').outputs, []);
});

test('caches', () => {
	const { options, notes } = read({
		'cache-from': 'type=registry,ref=me/app:cache\ntype=gha\nme/app:1',
		'cache-to': 'type=local,dest=/c,mode=max\ntype=inline\noci:/d:x',
	});
	assert.deepEqual(options.cacheFrom, ['me/app:cache', 'me/app:1']);
	assert.deepEqual(options.cacheTo, ['oci:/c', 'oci:/d:x']);
	assert.equal(notes.length, 2);
});

test('annotations with levels', () => {
	const { options, warnings } = read({ annotations: 'plain=1\nmanifest:m=2\nindex,manifest:both=3=3\nindex-descriptor:d=4\nmanifest[linux/amd64]:p=5' });
	assert.deepEqual(options.annotations, { plain: '1', m: '2', both: '3=3' });
	assert.deepEqual(options.indexAnnotations, { both: '3=3' });
	assert.match(warnings.join('\n'), /d is not written to index-descriptor.*\n.*p is not written to manifest\[linux\/amd64\]/);
});

test('secrets: values for variables, for masks and for npm’s file', (t) => {
	const temp = folder(t);
	const env = { ...environment({ secrets: '"A=one\ntwo"\nnpmrc=//r/:_authToken=x', 'secret-envs': 'B=FROM', 'secret-files': 'C=./c' }), FROM: 'b' };
	const secrets = readSecretInputs(env, temp);
	assert.deepEqual(secrets.variables, { TARE_ACTION_SECRET_0: 'one\ntwo' });
	assert.deepEqual(secrets.values, ['one\ntwo', '//r/:_authToken=x', 'b']);
	const [first, npmrc = { option: '', input: '' }, ...others] = secrets.options;
	assert.deepEqual(first, { option: 'id=A,env=TARE_ACTION_SECRET_0', input: 'secrets' });
	assert.deepEqual(
		others.map(({ option }) => option),
		['id=B,env=FROM', 'id=C,src=./c'],
	);
	const file = npmrc.option.replace('id=npmrc,src=', '');
	assert.equal(readFileSync(file, 'utf8'), '//r/:_authToken=x');
	secrets.dispose();
	assert.throws(() => readFileSync(file));
});

test('what is wrong is refused by the name of its input, without its value', () => {
	const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
		['push', { push: 'yes' }, /not a boolean/],
		['tags', { push: 'true' }, /needs a name/],
		['context', { context: 'https://github.com/me/app.git#main' }, /repository/],
		['context', { context: '{{defaultContext}}:sub' }, /repository/],
		['context', { context: 'git@github.com:me/app.git#v1:a/b' }, /repository/],
		['outputs', { outputs: 'type=local,dest=out' }, /writes images/],
		['outputs', { outputs: './out' }, /folder/],
		['outputs', { outputs: 'type=oci' }, /where to/],
		['outputs', { outputs: 'type=image,push-by-digest=true,push=true' }, /without a tag/],
		['outputs', { outputs: 'type=oci,dest=a,compression=zstd' }, /gzip/],
		['outputs', { outputs: 'type=oci,dest=a,tpyo=1' }, /"tpyo" is not known/],
		['cache-from', { 'cache-from': 'type=s3,bucket=b' }, /no cache "s3"/],
		['cache-to', { 'cache-to': 'type=local,src=/c' }, /where/],
		['secrets', { secrets: 'SECRETVALUE' }, /line 1 is not NAME=value/],
		['secrets', { secrets: 'A=' }, /empty/],
		['secrets', { secrets: 'GIT_AUTH_TOKEN.github.com=SECRETVALUE' }, /line 1 names no variable/],
		['labels', { labels: '"never closed' }, /never closed/],
		['compression', { compression: 'best' }, /whole number/],
		['build-args', { 'build-args': 'A=1' }, /no such input/],
		['file', { file: 'Dockerfile' }, /no such input/],
		['sbom', { sbom: 'true' }, /no such input/],
	];
	for (const [name, inputs, says] of refused)
		assert.throws(
			() => read(inputs),
			(error: Error & { data?: { input?: string }; hint?: string }) => {
				assert.equal(error.data?.input, name, JSON.stringify(inputs));
				assert.match(error.message, new RegExp(`^input "${name}": `));
				assert.match(error.message, says);
				assert.ok(error.hint);
				assert.ok(!error.message.includes('SECRETVALUE'));
				return true;
			},
		);
	assert.deepEqual(read({ provenance: 'false', sbom: 'false' }).warnings, []);
	assert.match(read({ pull: 'true' }).warnings.join(), /"pull" is ignored/);
	assert.throws(() => sizeLimit(environment({ 'cache-size': 'much' })), /input "cache-size"/);
});

test('the store is cached on GitHub’s runners, and on others where it is asked for', () => {
	assert.equal(isCached({}), true);
	assert.equal(isCached({ RUNNER_ENVIRONMENT: 'self-hosted' }), false);
	assert.equal(isCached({ RUNNER_ENVIRONMENT: 'self-hosted', INPUT_CACHE: 'true' }), true);
	assert.equal(isCached({ INPUT_CACHE: 'false' }), false);
});

test('action.yml has the inputs that are read, and no other', () => {
	const asked = new Set<string>();
	const env = new Proxy<Record<string, string>>({}, { get: (_target, name) => void asked.add(String(name)) });
	readOptions(env, readSecretInputs(env, '/nonexistent'));
	isCached(env);
	sizeLimit(env);
	const source = readFileSync(join(process.env.TARE_TEST_ROOT ?? '.', 'src/action/unsupported.ts'), 'utf8');
	const names = [...asked].filter((name) => name.startsWith('INPUT_')).map((name) => name.slice('INPUT_'.length).toLowerCase());
	const known = names.filter((name) => !new RegExp(`^\\t'?${name}'?:`, 'm').test(source));
	// The others are read where they are used.
	assert.deepEqual([...known, 'github-token', 'summary'].sort(), Object.keys(readAction().inputs).sort());
});
