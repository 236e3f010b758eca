/** --process means one thing in every language. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { plan } from '../../src/index.js';
import { type Files, folder } from '../support/files.js';

interface Language {
	readonly files: Files;
	/** Commands of the language, and the word of the image's own command that tells which was taken. */
	readonly web: string;
	readonly worker: string;
	readonly tells: (command: readonly string[]) => string;
	/** What the project itself names so. */
	readonly own?: string;
}

const last = (command: readonly string[]): string => command.at(-1) ?? '';
const server = 'require("node:http").createServer().listen(process.env.PORT)';

const LANGUAGES: Readonly<Record<string, Language>> = {
	node: {
		files: {
			'package.json': { scripts: { start: 'node start.js', jobs: 'node jobs.js' } },
			'start.js': server,
			'web.js': server,
			'worker.js': server,
			'jobs.js': '',
		},
		web: 'node web.js',
		worker: 'node worker.js',
		tells: last,
		own: 'jobs',
	},
	python: {
		files: {
			'pyproject.toml': '[project]\nname = "app"\nversion = "1"\n[project.scripts]\njobs = "app:jobs"\n',
			'main.py': 'print(1)',
			'web.py': '',
			'worker.py': '',
			'app.py': 'def jobs(): pass',
		},
		web: 'python web.py',
		worker: 'python worker.py',
		tells: last,
		own: 'jobs',
	},
	go: {
		files: {
			'go.mod': 'module example.com/app\n\ngo 1.24\n',
			...Object.fromEntries(['web', 'worker', 'jobs'].map((name) => [`cmd/${name}/main.go`, 'package main\n\nfunc main() {}\n'])),
		},
		web: 'web serve',
		worker: 'worker',
		tells: ([program = '']) => program.replace('/app/', ''),
		own: 'jobs',
	},
	rust: {
		files: {
			'Cargo.toml': '[package]\nname = "app"\n',
			'Cargo.lock': 'version = 4\n',
			...Object.fromEntries(['web', 'worker', 'jobs'].map((name) => [`src/bin/${name}.rs`, 'fn main() {}\n'])),
		},
		web: 'web serve',
		worker: 'worker',
		tells: ([program = '']) => program.replace('/app/', ''),
		own: 'jobs',
	},
	deno: {
		files: { 'deno.json': { tasks: { start: 'deno run start.ts', jobs: 'deno run jobs.ts' } }, 'start.ts': '', 'web.ts': '', 'worker.ts': '', 'jobs.ts': '' },
		web: 'deno run web.ts',
		worker: 'deno run worker.ts',
		tells: last,
		own: 'jobs',
	},
	java: {
		files: {
			'pom.xml': '<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>app</artifactId><version>1</version></project>',
			...Object.fromEntries(['Web', 'Worker'].map((name) => [`src/main/java/${name}.java`, `public class ${name} { public static void main(String[] a) {} }`])),
		},
		web: 'java -cp target/app-1.jar Web',
		worker: 'java -cp target/app-1.jar Worker',
		tells: last,
	},
	prebuilt: {
		files: { 'web.js': server, 'worker.js': server },
		web: 'node web.js',
		worker: 'node worker.js',
		tells: last,
	},
};

const rejects = async (dir: string, options: object, code: string, message: RegExp): Promise<void> => {
	await assert.rejects(plan({ dir, ...options }), (error: { code: string; message: string; hint?: string }) => {
		assert.deepEqual([error.code, message.test(`${error.message} ${error.hint ?? ''}`)], [code, true], `${error.message} ${error.hint ?? ''}`);
		return true;
	});
};

const planned = async (dir: string, builder: string, process?: string) =>
	(await plan({ dir, builder, ...(process !== undefined && { process }) })).plan.processes;

for (const [builder, { files, web, worker, tells, own }] of Object.entries(LANGUAGES)) {
	const dirOf = (t: TestContext, Procfile?: string): string => folder(t, Procfile === undefined ? files : { ...files, Procfile });
	const tellsOf = (line: string): string => line.split(' ').find((word) => /web|worker/i.test(word)) ?? '';

	test(`${builder}: no --process is web; web and worker are those of the Procfile; all are listed`, async (t) => {
		const dir = dirOf(t, `worker: ${worker}\nweb: ${web}\n`);
		for (const [asked, line] of [
			[undefined, web],
			['web', web],
			['worker', worker],
			['WORKER', worker],
		] as const) {
			const processes = await planned(dir, builder, asked);
			assert.equal(tells(processes[0]?.command ?? []).includes(tellsOf(line)), true, `${asked}: ${processes[0]?.command.join(' ')}`);
			assert.deepEqual(
				processes
					.map(({ type }) => type.toLowerCase())
					.filter((type) => type === 'web' || type === 'worker')
					.sort(),
				['web', 'worker'],
			);
		}
	});

	test(`${builder}: a Procfile with one process starts it, whatever it is called, but not a release`, async (t) => {
		const [only] = await planned(dirOf(t, `release: ${web}\nworker: ${worker}\n`), builder);
		assert.equal(tells(only?.command ?? []).includes(tellsOf(worker)), true, only?.command.join(' '));
	});

	test(`${builder}: a name that nothing has is an error that lists what there is`, async (t) => {
		await rejects(dirOf(t, `web: ${web}\n`), { builder, process: 'nothing' }, 'NO_START', /no process type.*"nothing".*web/);
		await rejects(dirOf(t), { builder, process: 'nothing' }, 'NO_START', /no process type.*"nothing"/);
	});

	if (own !== undefined)
		test(`${builder}: what the project itself names can be asked for`, async (t) => {
			const [process] = await planned(dirOf(t, `web: ${web}\n`), builder, own);
			assert.match(process?.command.join(' ') ?? '', new RegExp(own));
		});
}

test('static: it has one process, web', async (t) => {
	const dir = folder(t, { 'index.html': '<p>', Procfile: 'worker: node worker.js\n' });
	for (const process of [undefined, 'web']) assert.equal((await planned(dir, 'static', process))[0]?.type, 'web');
	for (const process of ['worker', 'nothing']) await rejects(dir, { builder: 'static', process }, 'NO_START', /a static site has one, web/);
});

test('--main is never ignored: where there are no programs to choose from, it is an error that says what to use', async (t) => {
	for (const [builder, { files }] of Object.entries(LANGUAGES)) {
		if (['go', 'rust', 'java', 'python'].includes(builder)) await rejects(folder(t, files), { builder, main: 'nothing' }, 'NO_START', /nothing/);
		else await rejects(folder(t, files), { builder, main: 'nothing' }, 'CONFIG_INVALID', /--main nothing is given.*--start/);
	}
});
