/** The GitHub Action as a runner runs it: inputs, outputs, summary, annotations, the store between jobs, registries as workflows log in to them. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startCacheService } from '../support/cache-service.js';
import { ROOT } from '../support/cli.js';
import { folder, writeFiles } from '../support/files.js';
import { startGhcr } from '../support/ghcr.js';
import { goProgram } from '../support/go-program.js';
import { startRegistry } from '../support/registry.js';
import { runStep, type StepOptions, type StepResult } from '../support/runner.js';
import { tokenServer } from '../support/token-server.js';
import { hasTools } from '../support/tools.js';
import { commit, toyCheckout } from '../support/toy-app.js';

const ACT = 'github.com/nektos/act@v0.2.89';
const TOKEN = 'ghs_0123456789abcdef';

/** A new runner: nothing of an earlier job is there. */
function job(t: TestContext, workspace: string): Pick<StepOptions, 'workspace' | 'temp'> & { readonly env: Record<string, string | undefined> } {
	const home = folder(t);
	const temp = join(home, 'temp');
	mkdirSync(temp);
	// The service keeps a folder by its path: every runner has the same.
	return {
		workspace,
		temp,
		env: { HOME: home, DOCKER_CONFIG: join(home, '.docker'), TARE_CACHE_DIR: join(workspace, '../store'), XDG_RUNTIME_DIR: undefined },
	};
}

const errors = ({ annotations }: StepResult) => annotations.filter(({ level }) => level === 'error');
const warnings = ({ annotations }: StepResult) => annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);

test('an image is pushed to ghcr.io with the workflow’s token, and the next job finds it made', async (t) => {
	if (!hasTools(t, 'docker-registry', 'openssl', 'git', 'tar')) return;
	const ghcr = await startGhcr(t, 'octocat', TOKEN);
	const cache = await startCacheService(t);
	const outer = folder(t);
	const workspace = toyCheckout(t, join(outer, 'work'));
	const step = async (changes: StepOptions['with'] = {}): Promise<StepResult> => {
		rmSync(join(outer, 'store'), { recursive: true, force: true });
		const { env, ...rest } = job(t, workspace);
		const inputs = { context: 'app', tags: 'ghcr.io/me/app:1\nghcr.io/me/app:latest', push: 'true', secrets: 'TOY_TOKEN=s3cr3t', ...changes };
		return runStep({ ...rest, env: { ...env, ...cache.env, ...ghcr.env }, token: TOKEN, with: inputs });
	};

	const first = await step();
	assert.equal(first.status, 0, first.log);
	assert.match(first.outputs.digest ?? '', /^sha256:[0-9a-f]{64}$/);
	assert.equal(ghcr.digestOf('me/app', '1'), first.outputs.digest);
	assert.equal(ghcr.digestOf('me/app', 'latest'), first.outputs.digest);
	assert.equal(first.outputs.image, `ghcr.io/me/app:1@${first.outputs.digest}`);
	const metadata = JSON.parse(first.outputs.metadata ?? '');
	assert.equal(metadata['containerimage.digest'], first.outputs.digest);
	assert.equal(metadata['containerimage.config.digest'], first.outputs.imageid);
	assert.equal(metadata['containerimage.descriptor'].mediaType, 'application/vnd.oci.image.manifest.v1+json');
	assert.equal(metadata['image.name'], 'ghcr.io/me/app:1,ghcr.io/me/app:latest');
	assert.equal(JSON.parse(first.outputs.plan ?? '').builder, 'toy');
	assert.deepEqual(ghcr.strangers, [], 'nobody else was asked for anything');

	assert.deepEqual(errors(first), [], 'what a build step prints is no command');
	assert.match(first.log, /::error::pwned/);
	assert.match(first.log, /token: \*\*\*/);
	assert.ok(first.groups.some((title) => title.startsWith('run sh -c')));
	assert.deepEqual(first.annotations[0], { level: 'warning', message: 'is only a toy', properties: { file: 'app/toy.txt', line: '2', title: 'Tare' } });
	const names = /names: (.*)/.exec(first.log)?.[1]?.split(' ') ?? [];
	assert.deepEqual(
		names.filter((name) => /^(?:GITHUB|INPUT|ACTIONS|RUNNER|STATE)_|ACTION_SECRET/.test(name)),
		[],
		'build steps get neither token nor inputs',
	);
	assert.match(first.summary, /No image had this name before/);
	assert.match(
		first.summary,
		/a toy &#124; with &#42;markup&#42; \| <a href="https:\/\/github.com\/me\/app\/blob\/c0ffee\/app\/toy.txt#L1"><code>toy.txt:1<\/code><\/a>/,
	);
	assert.match(first.summary, /\| app \| app \| \d+ B \| \*\*new\*\* \|/);

	assert.deepEqual(cache.keys(), []);
	const saved = await first.post();
	assert.equal(saved.status, 0);
	assert.equal(cache.keys().length, 1, saved.log + JSON.stringify(saved.annotations));

	const second = await step();
	assert.equal(second.outputs.digest, first.outputs.digest);
	assert.match(second.log, /unchanged linux\/amd64/);
	assert.ok(!/run sh -c/.test(second.groups.join()), 'no step was run');
	assert.match(second.summary, /nothing it depends on has changed/);
	assert.match(second.summary, /It is the same image/);
	await second.post();
	assert.equal(cache.keys().length, 1, 'a store with nothing new is not saved again');

	commit(workspace, { 'app/toy.txt': 'a better\ntoy\n' });
	const third = await step({ env: 'TOY=no', tags: 'ghcr.io/me/app:2,ghcr.io/me/app:latest' });
	assert.notEqual(third.outputs.digest, first.outputs.digest);
	assert.match(third.summary, /#### Since <code>ghcr.io\/me\/app:latest<\/code>/);
	assert.match(third.summary, /\| layer \| app \| \d+ B \| \d+ B \|/);
	assert.match(third.summary, /\| package \| toy \| <code>6<\/code> \| <code>13<\/code> \|/);
	assert.match(third.summary, /\| configuration \| Env.TOY \| <code>…<\/code> \| <code>…<\/code> \|/);
	await third.post();
	assert.equal(cache.keys().length, 2);

	cache.fail(400);
	const without = await step();
	assert.equal(without.status, 0, 'no cache is no failure');
	assert.match(warnings(without).join(), /Failed to restore/);
	assert.equal((await without.post()).status, 0);
	const refused = await runStep({
		...job(t, workspace),
		env: { ...job(t, workspace).env, ...ghcr.env },
		with: { context: 'app', tags: 'ghcr.io/me/app:3', push: 'true' },
	});
	assert.equal(refused.status, 50, 'without a token nothing is pushed');
	assert.match(errors(refused)[0]?.message ?? '', /GITHUB_TOKEN is not set/);
});

/** What docker/metadata-action writes, made a moment ago. */
const METADATA = (host: string) => ({
	tags: `${host}/me/app:main\n${host}/me/app:sha-c0ffee`,
	labels: [
		`org.opencontainers.image.created=${new Date().toISOString()}`,
		'org.opencontainers.image.description=An app, with "quotes" and = signs',
		'org.opencontainers.image.licenses=',
		'org.opencontainers.image.title=app',
		'org.opencontainers.image.url=https://github.com/me/app',
	].join('\n'),
	annotations: [
		`index,manifest:org.opencontainers.image.created=${new Date().toISOString()}`,
		'index,manifest:org.opencontainers.image.title=app',
		'index:only.index=1',
	].join('\n'),
});

test('docker/metadata-action’s outputs and docker/login-action’s configuration are taken as they are; several platforms', async (t) => {
	if (!hasTools(t, 'docker-registry', 'openssl', 'git', 'skopeo')) return;
	const issuer = await tokenServer(t, ['bob:s3cret']);
	const { host } = await startRegistry(t, { token: issuer });
	const workspace = toyCheckout(t);
	const run = async (inputs: StepOptions['with']): Promise<StepResult> => {
		const { env, ...rest } = job(t, workspace);
		mkdirSync(env.DOCKER_CONFIG ?? '');
		writeFileSync(join(env.DOCKER_CONFIG ?? '', 'config.json'), JSON.stringify({ auths: { [host]: { auth: Buffer.from('bob:s3cret').toString('base64') } } }));
		return runStep({ ...rest, env, with: { context: 'app', cache: 'false', ...METADATA(host), ...inputs } });
	};
	const done = await run({ push: 'true', platforms: 'linux/amd64,linux/arm64', outputs: 'type=oci,dest=out/layout,tar=false\ntype=docker,dest=out/app.tar' });
	assert.equal(done.status, 0, done.log);
	// The token server answers from this process.
	const skopeo = async (...args: string[]) => JSON.parse((await promisify(execFile)('skopeo', args)).stdout);
	const index = await skopeo('inspect', '--raw', '--tls-verify=false', '--creds', 'bob:s3cret', `docker://${host}/me/app:sha-c0ffee`);
	assert.deepEqual(
		index.manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture),
		['amd64', 'arm64'],
	);
	const created = '2024-01-02T03:04:05Z';
	assert.deepEqual(index.annotations, { 'only.index': '1', 'org.opencontainers.image.created': created, 'org.opencontainers.image.title': 'app' });
	assert.match(done.log, /the commit's time/);
	const { Labels } = await skopeo('inspect', `oci:${workspace}/out/layout:main`);
	assert.equal(Labels['org.opencontainers.image.created'], created, 'a run is not an input');
	assert.equal(Labels['org.opencontainers.image.description'], 'An app, with "quotes" and = signs');
	assert.equal((await skopeo('inspect', '--raw', `docker-archive:${workspace}/out/app.tar:${host}/me/app:main`)).schemaVersion, 2);
	const metadata = JSON.parse(done.outputs.metadata ?? '');
	assert.equal(done.outputs.imageid, done.outputs.digest);
	assert.equal(metadata['containerimage.config.digest'], undefined);
	assert.equal(metadata['containerimage.descriptor'].mediaType, 'application/vnd.oci.image.index.v1+json');
	assert.match(done.summary, /#### Layers of linux\/arm64/);
	const again = await run({ push: 'true', platforms: 'linux/amd64\nlinux/arm64' });
	assert.equal(again.outputs.digest, done.outputs.digest, 'the same commit, another time, the same digest');
});

test('a wrong input is named, on its line of the workflow, and nothing is done', async (t) => {
	if (!hasTools(t, 'git')) return;
	const workspace = toyCheckout(t);
	const workflow =
		'jobs:\n  image:\n    steps:\n      - uses: ./other\n      - uses: me/tare@v1\n        with:\n          context: app\n          platforms: nonsense\n';
	commit(workspace, { '.github/workflows/image.yml': workflow });
	const where = { GITHUB_WORKFLOW_REF: 'me/app/.github/workflows/image.yml@refs/heads/main', GITHUB_ACTION_REPOSITORY: 'me/tare' };
	const run = async (inputs: StepOptions['with']): Promise<StepResult> => {
		const { env, ...rest } = job(t, workspace);
		return runStep({ ...rest, env: { ...env, ...where }, with: { context: 'app', cache: 'false', ...inputs } });
	};
	const wrong: readonly (readonly [string, StepOptions['with'], RegExp?])[] = [
		['tags', { push: 'true' }, /needs a name/],
		['tags', { tags: 'ghcr.io/Me/App:1' }, /lower case: try ghcr.io\/me\/app:1/],
		['platforms', { platforms: 'nonsense' }, /os\/architecture/],
		['context', { context: 'nowhere' }],
		['secrets', { secrets: 'just-a-value' }, /line 1 is not NAME=value/],
		['secret-envs', { 'secret-envs': 'A=NOT_SET' }, /NOT_SET/],
		['secret-files', { 'secret-files': 'A=no/file' }, /cannot be read/],
		['compression', { compression: '12' }, /1 \(fast\) to 9/],
	];
	const results = await Promise.all(wrong.map(([, inputs]) => run(inputs)));
	for (const [at, [name, inputs, says = /./]] of wrong.entries()) {
		const result = results[at] as StepResult;
		const [error, ...more] = errors(result);
		assert.ok(result.status !== 0 && error !== undefined && more.length === 0, `${JSON.stringify(inputs)}: ${result.log}`);
		assert.match(error.message, new RegExp(`^input "${name}": `), error.message);
		assert.match(error.message, says);
		assert.ok(!JSON.stringify(result).includes('just-a-value'), 'a value that may be secret is not shown');
		assert.deepEqual(result.outputs, {});
		assert.match(result.summary, /The image was not built/);
	}
	assert.deepEqual(errors(results[2] as StepResult)[0]?.properties, { file: '.github/workflows/image.yml', line: '8', title: 'Tare: PLATFORM_INVALID' });

	const ignored = await run({ pull: 'true', tgas: 'x' });
	assert.equal(ignored.status, 0);
	assert.match(warnings(ignored).join(), /input "pull" is ignored: the base is locked/);
	writeFileSync(join(workspace, 'app/tare.yaml'), 'builders: [./builder.mjs]\nbulder: node\n');
	assert.deepEqual(errors(await run({}))[0]?.properties, { file: 'app/tare.yaml', line: '2', title: 'Tare: CONFIG_INVALID' });
	writeFileSync(join(workspace, 'app/tare.yaml'), 'builders: [./builder.mjs]\n');
	writeFileSync(join(workspace, 'app/toy.txt'), 'broken\ntoy\n');
	const broken = await run({});
	assert.equal(broken.status, 30);
	assert.deepEqual(errors(broken)[0], {
		level: 'error',
		message: 'the toy is broken\nMend it, or use start:.',
		properties: { file: 'app/toy.txt', line: '3', title: 'Tare: BUILD_FAILED' },
	});
});

/** A repository that has what a release takes, and the files of its tag. */
function release(t: TestContext): { readonly dir: string; readonly tagged: string } {
	const dir = folder(t);
	for (const file of ['action.yml', 'package.json', 'README.md', 'LICENSE', 'scripts/release.mjs', 'dist/action'])
		cpSync(join(ROOT, file), join(dir, file), { recursive: true });
	const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
	writeFiles(dir, { 'CHANGELOG.md': `# Changelog\n\n## ${version}\n`, '.gitignore': 'dist/\n', 'src/only.ts': '' });
	const git = (...args: string[]): string => execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8' }).trim();
	git('init', '-q');
	git('config', 'user.name', 't');
	git('config', 'user.email', 't@example.org');
	commit(dir, {});
	const made = execFileSync(process.execPath, ['scripts/release.mjs', version], { cwd: dir, encoding: 'utf8' }).trim().split('\n');
	assert.deepEqual(made.slice(1), [`v${version}`, `v${version.split('.')[0]}`]);
	assert.equal(git('status', '--porcelain'), '', 'the checkout is as it was');
	assert.equal(git('rev-parse', `${made[1]}^`), git('rev-parse', 'HEAD'));
	assert.equal(spawnSync(process.execPath, ['scripts/release.mjs', version], { cwd: dir }).status, 1, 'a version is released once');
	const tagged = folder(t);
	git('--work-tree', tagged, 'checkout', '-q', `v${version.split('.')[0]}`, '--', '.');
	return { dir, tagged };
}

test('what a release tags runs by itself, with nothing installed', async (t) => {
	if (!hasTools(t, 'git')) return;
	const { tagged } = release(t);
	assert.deepEqual(readdirSync(tagged).sort(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'action.yml', 'dist', 'package.json']);
	const workspace = toyCheckout(t);
	const { env, ...rest } = job(t, workspace);
	const done = await runStep({ ...rest, env, action: tagged, with: { context: 'app', cache: 'false', outputs: 'oci-archive:out.tar' } });
	assert.equal(done.status, 0, done.log);
	assert.ok(existsSync(join(workspace, 'out.tar')));
	const task = folder(t, { 'task.json': { roots: [join(workspace, 'app/builder.mjs')], base: workspace, cwd: workspace, conditions: ['node'] } });
	execFileSync(process.execPath, [join(tagged, 'dist/action/node-trace.mjs'), join(task, 'task.json'), join(task, 'result.json')]);
	assert.deepEqual(JSON.parse(readFileSync(join(task, 'result.json'), 'utf8')), ['app/builder.mjs']);
	for (const name of readdirSync(join(ROOT, 'dist')).filter((file) => file.startsWith('site-')))
		assert.deepEqual(readFileSync(join(tagged, 'dist/action', name)), readFileSync(join(ROOT, 'dist', name)), 'what goes into images is the same');
});

test('with nektos/act, its own cache service and a registry', async (t) => {
	if (!hasTools(t, 'docker-registry', 'htpasswd', 'git', 'tar')) return;
	const program = goProgram(t, ACT);
	if (program === undefined) return;
	const { host, dir } = await startRegistry(t, { basic: ['bob', 's3cret'] });
	const { tagged } = release(t);
	const home = folder(t, { '.docker/config.json': { auths: { [host]: { auth: Buffer.from('bob:s3cret').toString('base64') } } } });
	const workspace = toyCheckout(t);
	cpSync(tagged, join(workspace, 'tare'), { recursive: true });
	const workflow = (inputs: string): string =>
		`on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - uses: ./tare\n        id: tare\n        with: ${inputs}\n      - run: echo "got \${{ steps.tare.outputs.image }}"\n`;
	commit(workspace, { '.github/workflows/image.yml': workflow(`{context: app, tags: '${host}/app:1', push: true}`) });
	execFileSync('git', ['-C', workspace, 'remote', 'add', 'origin', 'https://github.com/me/app.git']);
	const act = (): string => {
		rmSync(join(home, 'store'), { recursive: true, force: true });
		const env = { ...process.env, HOME: home, DOCKER_CONFIG: join(home, '.docker'), TARE_CACHE_DIR: join(home, 'store'), XDG_CACHE_HOME: join(home, 'cache') };
		const args = ['push', '-P', 'ubuntu-latest=-self-hosted', '--cache-server-addr', '127.0.0.1'];
		const { stdout, stderr } = spawnSync(program, args, { cwd: workspace, env, encoding: 'utf8', timeout: 60_000 });
		return stdout + stderr;
	};
	const first = act();
	const digest = readFileSync(join(dir, 'docker/registry/v2/repositories/app/_manifests/tags/1/current/link'), 'utf8');
	assert.ok(first.includes(`got ${host}/app:1@${digest}`), first);
	assert.match(first, /No image had this name before/);
	assert.match(first, /Cache saved successfully/);
	const second = act();
	assert.match(second, /the store is restored from tare-v1-/);
	assert.match(second, /unchanged linux\/amd64/);
	assert.ok(second.includes(`got ${host}/app:1@${digest}`));
	assert.match(second, /nothing new: it is not saved/);
	commit(workspace, { '.github/workflows/image.yml': workflow('{context: app, platforms: nonsense}') });
	const wrong = act();
	assert.match(wrong, /input "platforms": "nonsense" is not a platform/);
	assert.match(wrong, /Job failed/);
});
