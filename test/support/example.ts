/** What every example has to show: built with no configuration, inspected, booted and asked; built in other circumstances, with one digest. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { boot } from './boot.js';
import { built, digestOf, ROOT } from './cli.js';
import { folder } from './files.js';
import { canBoot, hasTools } from './tools.js';

interface Expectation {
	/** Folder of the app, where the example is a repository of several packages. */
	readonly app?: string;
	readonly builder: string;
	readonly start: readonly string[];
	readonly layers: readonly string[];
	readonly present: readonly string[];
	readonly absent: readonly string[];
	/** Package URLs, without versions, of what the app is made of. */
	readonly packages?: readonly string[];
	/** Compilers of the host. */
	readonly needs?: readonly string[];
	readonly http: { readonly path: string; readonly status: number; readonly body: string };
}

const EXAMPLES = join(ROOT, 'examples');
const expectation = (name: string): Expectation => JSON.parse(readFileSync(join(EXAMPLES, name, 'expect.json'), 'utf8'));

/** A copy with a lock of its own, so that the checkout stays as it is. */
export function copyOfExample(t: TestContext, name: string, at = 'app'): string {
	const dir = join(folder(t), at);
	mkdirSync(dir, { recursive: true });
	cpSync(join(EXAMPLES, name), dir, { recursive: true });
	return dir;
}

/** Of another machine: it has nothing of what the first store has, and each example its turn on both. */
const OTHER_STORE = mkdtempSync(join(tmpdir(), 'tare-other-store-'));
after(() => rmSync(OTHER_STORE, { recursive: true, force: true }));

/** What its compiler writes is compared of node-next-standalone. */
const AS_ANOTHER = new Set(['node-next']);

/** @param chosen which of the examples */
export function testExamples(chosen: (name: string) => boolean): void {
	// Those of the API have a test of their own.
	const names = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'expect.json')));
	for (const name of names.filter(chosen)) {
		testContents(name);
		if (!AS_ANOTHER.has(name)) testDigest(name);
	}
}

function testContents(name: string): void {
	test(`${name}: plan, contents, boot, answer, SIGTERM`, async (t) => {
		const expected = expectation(name);
		if (!canBoot(t) || !hasTools(t, ...(expected.needs ?? []))) return;
		const dir = join(copyOfExample(t, name), expected.app ?? '');
		const plan = JSON.parse(built(['plan', dir, '--json', '--allow-project-code']).stdout);
		assert.equal(plan.plan.builder, expected.builder);
		assert.deepEqual(plan.plan.processes[0].command, expected.start);
		const out = join(folder(t), 'oci');
		const result = built(['build', dir, '-o', `oci:${out}`, '-o', `oci-archive:${out}.tar`, '-o', `docker-archive:${out}.docker.tar`]);
		assert.match(result.stdout, /^(?:app|api)@sha256:[0-9a-f]{64}\n$/, 'standard output is the reference and nothing else');
		const details = JSON.parse(built(['inspect', out, '--json', '--contents', '100000']).stdout);
		for (const archive of [`${out}.tar`, `${out}.docker.tar`])
			assert.equal(JSON.parse(built(['inspect', archive, '--json', '--contents', '0']).stdout).digest, digestOf(result));
		const [image] = details.images;
		assert.deepEqual(
			image.layers.map((layer: { name: string }) => layer.name),
			expected.layers,
		);
		const paths: string[] = image.layers.flatMap((layer: { contents: { biggest: { path: string }[] } }) => layer.contents.biggest.map(({ path }) => path));
		for (const path of expected.present) assert.ok(paths.includes(path), `${path} is in the image`);
		for (const path of expected.absent) assert.ok(!paths.some((other) => other === path || other.startsWith(`${path}/`)), `${path} is not in the image`);
		const purls: string[] = image.packages.map(({ purl }: { purl: string }) => purl);
		for (const wanted of ['pkg:deb/debian/tzdata', ...(expected.packages ?? [])])
			assert.ok(
				purls.some((purl) => purl.startsWith(`${wanted}@`)),
				`${wanted} is among the packages`,
			);
		const shown = built(['inspect', out, '--contents', '0']).stdout;
		for (const type of new Set(expected.packages?.map((purl) => purl.slice('pkg:'.length, purl.indexOf('/'))))) {
			const count = purls.filter((purl) => purl.startsWith(`pkg:${type}/`)).length;
			assert.ok(shown.includes(`\n${type} packages (${count})\n`), shown);
		}
		const app = await boot({ image: `${out}:latest` });
		assert.equal(app.user.uid, 65532);
		const answer = await app.get(expected.http.path);
		assert.equal(answer.status, expected.http.status);
		assert.ok(answer.body.includes(expected.http.body), answer.body);
		assert.ok([0, 143].includes(await app.stop()), 'SIGTERM ends it');
	});
}

function testDigest(name: string): void {
	test(`${name}: one digest in another folder, with other times, umask, zone, language and store`, async (t) => {
		const { app = '', needs = [] } = expectation(name);
		if (!hasTools(t, ...needs)) return;
		const [one, two] = [join(copyOfExample(t, name), app), join(copyOfExample(t, name, 'elsewhere/deeper/app'), app)];
		const first = built(['build', one]);
		cpSync(join(one, 'tare.lock'), join(two, 'tare.lock'));
		for (const file of readdirSync(two)) utimesSync(join(two, file), 1, 1);
		process.umask(0o077);
		try {
			const second = built(['build', two], {
				env: { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', USER: 'somebody', TARE_CACHE_DIR: OTHER_STORE },
			});
			assert.equal(digestOf(second), digestOf(first));
		} finally {
			process.umask(0o022);
		}
	});
}
