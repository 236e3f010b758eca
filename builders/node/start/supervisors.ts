/** Programs that watch, restart or run commands side by side: in a container the platform does, and the one command they run is started. */
import { nodeTakesValue } from './node-options.js';
import { lastValue, named, type Option, readOptions } from './options.js';
import { pm2App } from './pm2-config.js';
import { asText, quoted, unsupported, type Walk } from './walk.js';
import type { Wrapped, Wrapper } from './wrappers.js';

/** By program; each gets the words behind its name. */
export const SUPERVISORS: Readonly<Record<string, Wrapper>> = {
	nodemon,
	'node-dev': (words, walk) => {
		walk.found.notes.push('node-dev restarts the app when files change: node runs it');
		return { words: ['node', ...words] };
	},
	pm2,
	'pm2-runtime': pm2,
	'pm2-docker': pm2,
	forever,
	supervisor: (words, walk) => plain('supervisor', '-w --watch -i --ignore -p --poll-interval -e --extensions -x --exec -n --no-restart-on', words, walk),
	concurrently,
	conc: concurrently,
};

const NODEMON = named('-w --watch -i --ignore -e --ext -x --exec -d --delay -c --config -s --signal --cwd');
const NODEMON_OWN = named(
	'-w --watch -i --ignore -e --ext -x --exec -d --delay -c --config -s --signal --cwd -q --quiet -V --verbose -L --legacy-watch -I --no-stdin -C --on-change-only --spawn --exitcrash --no-colours --no-update-notifier --dump --polling-interval',
);

/** https://github.com/remy/nodemon: its own options, then those of what it runs, then the file. */
function nodemon(words: readonly string[], walk: Walk): Wrapped {
	const { options, rest } = readOptions(words, (name) => NODEMON(name) || nodeTakesValue(name));
	const config = nodemonConfig(lastValue(options, '-c', '--config'), walk);
	const [file = scriptOf(config.script) ?? mainFile(walk), ...args] = rest;
	const exec = lastValue(options, '-x', '--exec') ?? scriptOf(config.exec);
	const passed = options.filter(({ name }) => !NODEMON_OWN(name)).flatMap((option) => option.words);
	if (options.some(({ name }) => name === '--cwd')) throw unsupported(walk, 'nodemon --cwd starts in another folder');
	if (isRecordOfText(config.env)) for (const [name, value] of Object.entries(config.env)) walk.found.env[name] ??= value.replaceAll('$', '$$$$');
	walk.found.notes.push('nodemon restarts the app when files change: it is left out');
	if (exec !== undefined) {
		// Without a file its command stands for itself.
		const given = rest.length > 0 || scriptOf(config.script) !== undefined ? [file, ...args] : [];
		return { line: [asText(exec), ...[...passed, ...given].map(quoted)].join(' ') };
	}
	if (file === '') throw unsupported(walk, 'nodemon is given no file');
	return { words: [/\.[cm]?tsx?$/.test(file) ? 'ts-node' : 'node', ...passed, file, ...args] };
}

function mainFile({ project }: Walk): string {
	return project.manifest?.json.main ?? project.source.first('index.js', 'server.js', 'app.js') ?? '';
}

/** nodemon.json, or `nodemonConfig` in package.json. */
function nodemonConfig(file: string | undefined, { project }: Walk): Readonly<Record<string, unknown>> {
	const own = project.source.text(file ?? 'nodemon.json');
	const text = own ?? project.source.text('package.json');
	if (text === undefined) return {};
	try {
		const json = JSON.parse(text) as unknown;
		const value = own === undefined && isObject(json) ? json.nodemonConfig : json;
		return isObject(value) ? value : {};
	} catch {
		// nodemon itself goes on without a file that it cannot read.
		return {};
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}

function scriptOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

function isRecordOfText(value: unknown): value is Readonly<Record<string, string>> {
	return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

const PM2 = named(
	'-n --name -i --instances -l --log --log-path -o --output -e --error -p --pid --log-date-format --log-type --env --node-args --interpreter-args --interpreter -u --user --uid --gid --hp --namespace --max-memory-restart --max-restarts --restart-delay --exp-backoff-restart-delay --kill-timeout --listen-timeout -c --cron --cron-restart --cwd --ignore-watch --watch-delay --delay --only --filter-env --stop-exit-codes --secret --public --machine-name --web --trace',
);

/** https://pm2.keymetrics.io/docs/usage/pm2-runtime: the app's own arguments stand behind `--`. */
function pm2(words: readonly string[], walk: Walk): Wrapped {
	const end = words.indexOf('--');
	const own = words.slice(0, end < 0 ? undefined : end);
	const { options, files } = anywhere(own, PM2);
	const [command, ...more] = files[0] === 'start' ? files.slice(1) : files;
	const given = [...more, ...(end < 0 ? [] : words.slice(end + 1))];
	if (command === undefined) throw unsupported(walk, 'pm2 is given no file');
	if (options.some(({ name }) => name === '--cwd')) throw unsupported(walk, 'pm2 --cwd starts in another folder');
	walk.found.notes.push("pm2 restarts and multiplies processes, which is the platform's work: it starts the app once");
	if (/\.(?:json|ya?ml)$|(?:^|\/)[\w.-]*\.config\.[cm]?js$/.test(command))
		return pm2App(command, lastValue(options, '--env'), lastValue(options, '--only'), walk);
	const args = lastValue(options, '--node-args', '--interpreter-args');
	const interpreter = lastValue(options, '--interpreter');
	if (interpreter !== undefined && interpreter !== 'none')
		return { line: [asText(interpreter), asText(args ?? ''), quoted(command), ...given.map(quoted)].join(' ') };
	if (/\s/.test(command)) return { line: asText(command) };
	return started(command, args, given);
}

function started(command: string, args: string | undefined, given: readonly string[]): Wrapped {
	if (/\.[cm]?js$/.test(command) || command.includes('/')) return { line: ['node', asText(args ?? ''), ...[command, ...given].map(quoted)].join(' ') };
	if (/\.tsx?$/.test(command)) return { words: ['ts-node', command, ...given] };
	return { words: [command, ...given] };
}

/** Options may stand behind the file, too. */
function anywhere(words: readonly string[], takesValue: (name: string) => boolean): { readonly options: readonly Option[]; readonly files: readonly string[] } {
	const read = readOptions(words, takesValue);
	if (read.rest.length === 0) return { options: read.options, files: [] };
	const more = anywhere(read.rest.slice(1), takesValue);
	return { options: [...read.options, ...more.options], files: [read.rest[0] as string, ...more.files] };
}

/** https://github.com/foreversd/forever */
function forever(words: readonly string[], walk: Walk): Wrapped {
	return plain(
		'forever',
		'-m -l -o -e -p -c --command --pidFile --logFile --outFile --errFile --uid --id --minUptime --spinSleepTime --killSignal --watchDirectory --watchIgnore --number --max',
		words[0] === 'start' ? words.slice(1) : words,
		walk,
	);
}

function plain(program: string, takesValue: string, words: readonly string[], walk: Walk): Wrapped {
	const { options, rest } = readOptions(words, named(`${takesValue} --sourceDir --workingDir`));
	if (options.some(({ name }) => /^--(?:sourceDir|workingDir)$/.test(name))) throw unsupported(walk, `${program} starts in another folder`);
	if (rest.length === 0) throw unsupported(walk, `${program} is given no file`);
	walk.found.notes.push(`${program} restarts the app, which is the platform's work: it is left out`);
	const command = lastValue(options, '-c', '--command', '-x', '--exec');
	return command === undefined ? { words: ['node', ...rest] } : { line: [asText(command), ...rest.map(quoted)].join(' ') };
}

/** Compilers that stay to compile again: the build has done their work. */
const WATCHED_BUILD =
	/^(?:npx\s+)?(?:tsc|tailwindcss|sass|postcss|webpack|rollup|esbuild|tsup|babel|swc|vite\s+build)\s(?:.*\s)?(?:-w|--watch)(?:=\S+)?(?:\s|$)/;

/** https://github.com/open-cli-tools/concurrently: one command, or several that only development runs side by side. */
function concurrently(words: readonly string[], walk: Walk): Wrapped {
	const { files } = anywhere(
		words,
		named(
			'-n --names --name-separator -s --success -p --prefix -c --prefix-colors -l --prefix-length -t --timestamp-format -m --max-processes --restart-tries --restart-after --kill-signal --ks --teardown --default-input-target',
		),
	);
	const commands = files.map((command) =>
		asText(command).replace(/^(npm|pnpm|yarn|bun|node):(\S+)/, (_, tool: string, script: string) =>
			tool === 'node' ? `node --run ${script}` : `${tool} run ${script}`,
		),
	);
	const [only, ...others] = commands.filter((command) => !WATCHED_BUILD.test(command));
	if (only === undefined) throw unsupported(walk, 'concurrently is given no command that starts the app');
	for (const command of commands.filter((each) => WATCHED_BUILD.test(each))) walk.found.notes.push(`left out "${command}": it builds when files change`);
	if (others.length > 0 || only.includes('*'))
		throw unsupported(
			walk,
			`concurrently runs several processes (${commands.join(', ')}), and an image starts one`,
			'Start one of them: "start": "node server.js". Others can be images of their own, or process types: --process NAME.',
		);
	return { line: only };
}
