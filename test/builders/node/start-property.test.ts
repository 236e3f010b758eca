/** For generated start scripts, the plan starts what a shell would have started, or refuses: both are run, and what the program sees is compared. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { planNode } from '../../../builders/node/plan.js';
import { argumentsLayer } from '../../../builders/node/start/arguments.js';
import { TareError } from '../../../src/errors.js';
import { type Files, folder, index } from '../../support/files.js';
import { REQUEST } from '../../support/request.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Prints what a program sees; a mark begins each record. */
const REPORT = `printf '@@ %s\\n' "$(basename "$PWD")"; for word in "$@"; do printf '[%s]\\n' "$word"; done; for name in A B NODE_ENV PORT; do eval "printf '%s=%s\\n' $name \\"\\\${$name-unset}\\""; done`;
/** Reads options of Node as the manual has them, leaves out those that watch, and reports the rest. */
const NODE = `#!/bin/sh
if [ "$2" = /tare/arguments.cjs ]; then shift 2; exec "$REAL_NODE" --require "$STUBS/arguments.cjs" "$STUBS/report.cjs" "$@"; fi
if [ "$1" = --run ]; then shift; exec script "$@"; fi
n=$#; done=
while [ $n -gt 0 ]; do
	word=$1; shift; n=$((n - 1))
	if [ -n "$done" ]; then set -- "$@" "$word"; continue; fi
	case $word in
		--watch) ;;
		--watch-path) shift; n=$((n - 1)) ;;
		-r|--require|-C|--conditions|--title|--import|--unhandled-rejections|--inspect-port) set -- "$@" "$word" "$1"; shift; n=$((n - 1)) ;;
		--) done=1 ;;
		-*) set -- "$@" "$word" ;;
		*) done=1; set -- "$@" "$word" ;;
	esac
done
set -- node "$@"
${REPORT}
`;
/** The same for a command whose words Node's own program has filled in: options stand before the file, as in the plan. */
const REPORT_JS = `const { argv, env } = process;
const line = ['@@ ' + process.cwd().split('/').pop(), ...['node', ...argv.slice(2)].map((word) => '[' + word + ']')];
for (const name of ['A', 'B', 'NODE_ENV', 'PORT']) line.push(name + '=' + (env[name] ?? 'unset'));
console.log(line.join('\\n'));`;
const PROGRAMS: Files = {
	'cross-env': '#!/bin/sh\nwhile case $1 in *=*) true ;; *) false ;; esac; do export "$1"; shift; done\nexec "$@"',
	npx: '#!/bin/sh\n[ "$1" = -y ] && shift\nexec "$@"',
	nodemon: `#!/bin/sh
while :; do case $1 in -w|--watch|-i|--ignore|-e|--ext|--delay) shift 2 ;; -q|--verbose) shift ;; *) break ;; esac; done
exec node "$@"`,
	prog: '#!/bin/sh\nexec node node_modules/.bin/prog "$@"',
	tsx: '#!/bin/sh\n[ "$1" = watch ] && shift\nexec node --import tsx "$@"',
	// Scripts are in files, and the text of one gets the arguments in quotes.
	script: `#!/bin/sh
name=$1; shift
[ "$1" = -- ] && shift
rest=
for word in "$@"; do rest="$rest '$(printf '%s' "$word" | sed "s/'/'\\\\\\\\''/g")'"; done
exec sh -c "$(cat "$SCRIPTS/$name")$rest"`,
	// npm takes options before --, and the generated ones have none.
	npm: `#!/bin/sh
[ "$1" = run ] && shift
export npm_package_version=1.2.3
[ -f "$SCRIPTS/pre$1" ] && sh -c "$(cat "$SCRIPTS/pre$1")" >/dev/null
exec script "$@"`,
	yarn: '#!/bin/sh\n[ "$1" = run ] && shift\nexec npm run "$@"',
};

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const words = (each: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> => fc.array(each, { maxLength }).map((all) => all.join(' '));
const file = pick('server.js', 'dist/index.js', './server.js', 'lib/../server.js');
const option = pick(
	...['--enable-source-maps', '-r ./lib/a.js', '--require=./lib/a.js', '--title x', '-C dev', '--max-old-space-size=512', '--watch', '--watch-path lib'],
	...['--no-warnings', '--stack-trace-limit=5', '--unhandled-rejections strict', '--inspect-port 0'],
);
const argument = fc.oneof(
	{
		weight: 30,
		arbitrary: pick(
			...['a', '--port', '3000', '"b c"', "'d$e'", '$PORT', '${PORT:-3000}', '"$A"', '$A', '$B', '--watch', '\\$X', '-w', '--', "'*'", '""', "'it'\\''s'"],
			...['x=$A', '$npm_package_version', '"v${npm_package_version}"', '"\\"q\\""', '-r', 'e\\ f', 'a#b', '%', '{a,b}', '!', '"a\\b"', '$'],
		),
	},
	// They need a shell.
	{ weight: 1, arbitrary: pick('`x`', '$(x)', '*.nope', '$1', '~/x', '#no', '${A%x}', '$$') },
);
const environment = pick('', 'A=1', "B='x y'", 'A="$B"', 'PORT=${PORT:-3000}', 'NODE_ENV=test', 'A=1 B=2', 'A=$A', 'A=${A:-7}', '"A=1"', 'A=a$B');
const base = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.tuple(words(option, 2), pick('', '', ' --'), file, words(argument, 3)).map(([opts, end, name, args]) => `node ${opts}${end} ${name} ${args}`),
	},
	{ weight: 1, arbitrary: words(argument, 3).map((args) => `prog ${args}`) },
	{ weight: 1, arbitrary: words(argument, 2).map((args) => `./bin/tool ${args}`) },
	{ weight: 1, arbitrary: fc.tuple(pick('', 'watch '), words(argument, 2)).map(([watch, args]) => `tsx ${watch}server.js ${args}`) },
	{
		weight: 1,
		arbitrary: fc
			.tuple(pick('', '-w lib ', '--ignore dist/index.js --verbose ', '-q '), file, words(argument, 2))
			.map(([opts, name, args]) => `nodemon ${opts}${name} ${args}`),
	},
);
const wrapper = pick('', '', 'cross-env A=1', 'cross-env A=1 B=2', 'env A=3', 'npx', 'npx -y', 'exec');
const before = fc.oneof(
	{ weight: 8, arbitrary: fc.constant('') },
	{ weight: 3, arbitrary: pick('echo hi &&', 'export A=4 &&', 'cd lib &&', 'true;', 'set -e;') },
	{ weight: 1, arbitrary: pick('A=5;', 'node other.js &&', 'false ||', '(', 'if true; then') },
);
const after = fc.oneof(
	{ weight: 12, arbitrary: fc.constant('') },
	{ weight: 1, arbitrary: pick('; echo done', ' | cat', ' || true', ' > out', ' &', ' 2>&1', ' # more') },
);
const line = fc
	.tuple(before, environment, wrapper, base, after)
	.map(([first, env, wrap, command, last]) => [first, env, wrap, command].filter((part) => part !== '').join(' ') + last);
const project = fc.oneof(
	{ weight: 3, arbitrary: line.map((start) => ({ start })) },
	{
		weight: 2,
		arbitrary: fc
			.tuple(
				environment,
				pick('npm run serve', 'yarn serve', 'npm run serve --', 'node --run serve --'),
				words(argument, 2),
				line,
				pick(undefined, 'echo pre', 'false'),
			)
			.map(([env, call, args, serve, preserve]) => ({
				start: `${env} ${call} ${call.endsWith('--') ? args : ''}`,
				serve,
				...(preserve !== undefined && { preserve }),
			})),
	},
);
const container = fc.record({ A: pick('one', '', 'two words'), B: pick('bee', '') }, { requiredKeys: [] });

type Scripts = Readonly<Record<string, string>>;
interface Case {
	readonly scripts: Scripts;
	readonly env: Readonly<Record<string, string>>;
}
interface Planned extends Case {
	readonly command: readonly string[];
	readonly imageEnv: Readonly<Record<string, string>>;
	readonly folder: string;
}

const FILES: Files = {
	'server.js': '',
	'other.js': '',
	'dist/index.js': '',
	'lib/a.js': '',
	'lib/server.js': '',
	'lib/dist/index.js': '',
	'bin/tool': '#!/usr/bin/env node\n',
};

/** Undefined where the plan refuses. */
async function planned(t: TestContext, one: Case): Promise<Planned | undefined> {
	const dependencies = { prog: '1', tsx: '4' };
	const source = index(t, { ...FILES, 'package.json': { name: 'x', version: '1.2.3', scripts: one.scripts, dependencies } });
	chmodSync(join(source.root, 'bin/tool'), 0o755);
	try {
		const { processes, config } = await planNode({
			source: {
				...source,
				get: (path) =>
					path === 'bin/tool' ? { ...source.get(path), path, type: 'file', executable: true, size: 1, mtimeMs: 0, ctimeMs: 0, ino: 0 } : source.get(path),
			},
			...REQUEST,
		});
		return { ...one, command: processes[0]?.command ?? [], imageEnv: config.env ?? {}, folder: (config.WorkingDir ?? '').replace(/^\/app\/?/, '') };
	} catch (error) {
		assert.ok(error instanceof TareError, String(error));
		assert.match(error.code, /^(?:START_UNSUPPORTED|NO_START)$/, error.message);
		return undefined;
	}
}

/** A place with the files of the project and stubs of the programs. */
async function arena(t: TestContext): Promise<string> {
	const dir = folder(t, Object.fromEntries(Object.entries(FILES).map(([path, content]) => [`app/${path}`, content])));
	const executable = (path: string, text: string): void => {
		mkdirSync(join(dir, path, '..'), { recursive: true });
		writeFileSync(join(dir, path), text);
		chmodSync(join(dir, path), 0o755);
	};
	executable('stubs/node', NODE);
	for (const [name, text] of Object.entries(PROGRAMS)) executable(`app/node_modules/.bin/${name}`, String(text));
	executable('app/bin/tool', '#!/bin/sh\nexec node ./bin/tool "$@"');
	const [layer] = await argumentsLayer().entries();
	assert.ok(layer?.type === 'file' && layer.content.kind === 'bytes');
	writeFileSync(join(dir, 'stubs/arguments.cjs'), layer.content.bytes);
	writeFileSync(join(dir, 'stubs/report.cjs'), REPORT_JS);
	return dir;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const assignments = (env: Readonly<Record<string, string>>): string =>
	Object.entries(env)
		.map(([name, value]) => `${name}=${quote(value)}`)
		.join(' ');

/** Two commands a case: what the script does under a shell, and what the image does. */
function shellLines(one: Planned, dir: string, at: number): string {
	const place = join(dir, 'scripts', String(at));
	mkdirSync(place, { recursive: true });
	for (const [name, text] of Object.entries(one.scripts)) writeFileSync(join(place, name), text);
	const common = `env -i PATH="$STUBS:$APP/node_modules/.bin:$PATH" STUBS="$STUBS" REAL_NODE="$REAL_NODE" SCRIPTS=${quote(place)}`;
	// PORT is the image's own where the script does not set it.
	const own: Readonly<Record<string, string>> =
		/\bPORT=/.test(Object.values(one.scripts).join(' ')) || one.imageEnv.PORT === undefined ? {} : { PORT: one.imageEnv.PORT };
	const clean = assignments({ NODE_ENV: 'production', ...own, ...one.env });
	return [
		`echo "## ${at} script"; (cd "$APP" && ${common} ${clean} npm_package_version=1.2.3 sh -c ${quote(one.scripts.start ?? '')} 2>/dev/null </dev/null)`,
		`echo "## ${at} image"; (cd "$APP/${one.folder}" && ${common} ${assignments({ ...one.imageEnv, ...one.env })} ${one.command.map(quote).join(' ')} 2>&1 </dev/null)`,
	].join('\n');
}

/** The last program that reported, by case. */
function reports(output: string): ReadonlyMap<string, string> {
	return new Map(
		output
			.split(/^## /m)
			.slice(1)
			.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).split(/^@@ /m).slice(1).at(-1) ?? 'nothing']),
	);
}

test(`start scripts: the image starts what a shell would (seed ${SEED})`, { timeout: 120_000 }, async (t) => {
	const cases = fc.sample(fc.record({ scripts: project, env: container }), { numRuns: RUNS, seed: SEED });
	const own = (one: Case): Case => ({
		...one,
		env: Object.fromEntries(Object.entries(one.env).filter(([name]) => !new RegExp(`\\b${name}=`).test(Object.values(one.scripts).join(' ')))),
	});
	const all = await Promise.all(cases.map((one) => planned(t, own(one))));
	const plans = all.filter((one) => one !== undefined);
	assert.ok(plans.length > RUNS / 3, `only ${plans.length} of ${RUNS} are planned`);
	const dir = await arena(t);
	writeFileSync(join(dir, 'all.sh'), plans.map((one, at) => shellLines(one, dir, at)).join('\n'));
	const env = { PATH: process.env.PATH, APP: join(dir, 'app'), STUBS: join(dir, 'stubs'), REAL_NODE: process.execPath };
	const found = reports(execFileSync('sh', [join(dir, 'all.sh')], { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
	assert.ok([...found.values()].filter((report) => report !== 'nothing').length > plans.length, 'most of them start something');
	for (const [at, one] of plans.entries()) {
		const [script, image] = [found.get(`${at} script`), found.get(`${at} image`)];
		assert.equal(
			image,
			script,
			`${JSON.stringify(one.scripts)} with ${JSON.stringify(one.env)} is planned as ${JSON.stringify(one.command)}, ${JSON.stringify(one.imageEnv)}`,
		);
	}
});
