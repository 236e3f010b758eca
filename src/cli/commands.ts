/** Every command with its flags; what a command does is loaded when it runs. */
import { Command, Option } from 'commander';

const COMMON: readonly (() => Option)[] = [
	() => new Option('--json', 'print one JSON object on standard output and events as JSON lines on standard error'),
	() => new Option('-q, --quiet', 'print warnings and errors only'),
	() => new Option('-v, --verbose', 'print the output of build steps and every request'),
	() => new Option('--http-trace', 'print every request and its answer with their headers, secrets cut out'),
];

const collect = (value: string, all: string[] = []): string[] => [...all, value];
const collectPairs = (value: string, all: Record<string, string> = {}): Record<string, string> => {
	const at = value.indexOf('=');
	return { ...all, [at < 0 ? value : value.slice(0, at)]: at < 0 ? '' : value.slice(at + 1) };
};

const INSECURE = (): Option =>
	new Option('--insecure <host>', 'speak plain HTTP to this registry, or do not check its certificate; repeatable').argParser(collect);

const FORMAT = () => new Option('--format <format>', 'oci, or docker for registries and tools that do not read OCI images').choices(['oci', 'docker']);

const CODE = (): Option => new Option('--allow-project-code', 'load the modules that extensions: and builders: of tare.yaml name');

/** What is built and how: the same for build, plan and detect. */
const SOURCE: readonly (() => Option)[] = [
	() => new Option('--builder <id>', 'builder to use instead of the detected one'),
	() => new Option('--start <command>', 'command that starts the app, e.g. "node server.js"'),
	() => new Option('--process <type>', 'process to start: a type of the Procfile, or a program, script or task of that name (default: web, or the only one)'),
	() =>
		new Option(
			'--main <program>',
			'program to build where the project has several, e.g. ./cmd/server; repeated: all go into one image, which starts the first',
		).argParser(collect),
	() => new Option('--entrypoint <command>', 'ship the folder as it is, nothing built, and start this program of it, e.g. "./server --port 8080"'),
	() => new Option('--runtime <range>', "version or range of the language's runtime (default: what the project says)"),
	() => new Option('--build-script <name>', 'script of package.json that makes the app'),
	() => new Option('--no-build-script', 'run no build script'),
	() => new Option('--platform <list>', 'platforms, e.g. linux/amd64,linux/arm64').argParser(collect),
	() => new Option('--base <base>', 'debian (default), scratch, oci:DIR or an image reference'),
	() => new Option('--debian <release>', 'Debian release of the base').choices(['trixie', 'bookworm']),
	() => new Option('--package <name>', 'add a Debian package to the base; repeatable').argParser(collect),
	() => new Option('--no-slim', "keep the C library's rare character set conversions"),
	() => new Option('--writable <folder>', 'folder that the app writes to, e.g. data: a volume of its user; repeatable').argParser(collect),
	() => new Option('--no-writable', 'declare no folder that the app writes to, found or not'),
	() => new Option('--optimize <list>', 'optimizations of the builder, e.g. trace,compile-cache for Node; repeatable').argParser(collect),
	() => new Option('--strip', "cut the symbol table off the runtime's binary"),
	() => new Option('--build-env <name=value>', 'variable for the build steps; repeatable').argParser(collectPairs),
];

const BUILD: readonly (() => Option)[] = [
	() => new Option('-t, --tag <ref>', 'name of the image, e.g. ghcr.io/me/app:1.0; repeatable').argParser(collect),
	() => new Option('--push', 'push the image to the registry of its name'),
	() => new Option('-o, --output <kind:path[:tag]>', 'write the image: oci:DIR, oci-archive:FILE or docker-archive:FILE; repeatable').argParser(collect),
	() => new Option('--cache-from <ref>', 'take over what another machine built: a reference or oci:DIR[:TAG]; repeatable').argParser(collect),
	() => new Option('--cache-to <ref>', 'leave what was built for other machines there; repeatable').argParser(collect),
	() => new Option('--load [engine]', 'hand the image to docker, podman or containerd on this machine (default: the first that answers)'),
	FORMAT,
	() => new Option('--env <name=value>', 'variable of the image; repeatable').argParser(collectPairs),
	() => new Option('--label <name=value>', 'label of the image; repeatable').argParser(collectPairs),
	() => new Option('--annotation <name=value>', 'annotation of the manifest; repeatable').argParser(collectPairs),
	() => new Option('--user <uid[:gid]>', 'user that runs the app (default: 65532:65532)'),
	() =>
		new Option('--secret <id=NAME[,src=FILE]>', 'secret for the build steps, from a variable or a file; id=npmrc,src=FILE for npm; repeatable').argParser(
			collect,
		),
	() => new Option('--frozen', 'fail if tare.lock would change'),
	() => new Option('--offline', 'use only what the store has'),
	() => new Option('--fix', 'add Debian packages for missing shared libraries and programs'),
	() => new Option('--fresh', 'rebuild the app; use nothing that earlier builds made'),
	INSECURE,
	() => new Option('--compression <level>', 'gzip level of the app layers, 1 to 9 (default: 4)').argParser(Number),
	() => new Option('--timeout <seconds>', 'longest time for one build step (default: 1800)').argParser(Number),
	() => new Option('--all', 'build every app of a workspace; {app} in tags and outputs is the name of its folder'),
	() => new Option('--dry-run', 'print the plan and run nothing'),
	CODE,
];

const RUN: readonly (() => Option)[] = [
	() =>
		new Option(
			'-p, --publish <port>',
			"port of this machine for the app's, e.g. 3000, 3000:8080, 0.0.0.0:3000:8080; repeatable (default: the app's own, on 127.0.0.1)",
		).argParser(collect),
	() => new Option('-e, --env <name[=value]>', "variable of the app; without a value, this machine's; repeatable").argParser(collect),
	() => new Option('--env-file <file>', "variables in docker's format, one a line; repeatable").argParser(collect),
	() => new Option('--volume <path:path[:ro]>', 'file or folder of this machine in the image; repeatable').argParser(collect),
	() => new Option('--keep <folder>', "keep what the app writes to the image's volumes in this folder (default: in memory)"),
	() => new Option('--memory <size>', 'limit of memory, e.g. 256MB'),
	() => new Option('--runner <name>', 'what runs it').choices(['auto', 'runc', 'podman', 'docker', 'bwrap', 'host']).default('auto'),
	() => new Option('--platform <platform>', 'image of another platform than this machine, where qemu is registered'),
	() => new Option('--debug', 'start a shell in place of the app, in a copy of the image that has one'),
	() => new Option('-i, --interactive', 'pass standard input on'),
	() => new Option('--grace <seconds>', 'time to end after a signal, until the app is killed').argParser(Number).default(10),
	() => new Option('--frozen', 'fail if tare.lock would change'),
	() => new Option('--offline', 'use only what the store has'),
	() => new Option('--fresh', 'rebuild the app; use nothing that earlier builds made'),
	INSECURE,
];

export function addCommands(program: Command): void {
	program.helpCommand(false).addCommand(
		define('build [dir]', 'Build an image from a source folder', [...BUILD, ...SOURCE], async () => (await import('./commands/build.js')).runBuild, BUILD_HELP),
		{ isDefault: false },
	);
	program.addCommand(
		define(
			'run [dir|image] [args...]',
			'Run an image on this machine, built first where a folder is named',
			[...RUN, ...SOURCE.filter((option) => option().long !== '--platform')],
			async () => (await import('./commands/run.js')).runRun,
			RUN_HELP,
		),
	);
	program.addCommand(define('detect [dir]', 'Say what the folder is, and why', [...SOURCE, CODE], async () => (await import('./commands/plan.js')).runDetect));
	program.addCommand(
		define(
			'plan [dir]',
			'Print every decision of a build with its reason; runs nothing',
			[...SOURCE, CODE],
			async () => (await import('./commands/plan.js')).runPlan,
		),
	);
	program.addCommand(
		define(
			'init [dir]',
			'Write a commented tare.yaml',
			[() => new Option('--force', 'replace an existing file')],
			async () => (await import('./commands/init.js')).runInit,
		),
	);
	program.addCommand(
		define(
			'inspect <image>',
			'Show layers, sizes, configuration and packages of an image, a layout folder or an archive',
			[() => new Option('--contents <n>', 'biggest files to list of each layer').argParser(Number), INSECURE],
			async () => (await import('./commands/inspect.js')).runInspect,
		),
	);
	for (const command of imageCommands()) program.addCommand(command);
	program.addCommand(
		define(
			'update [dir]',
			'Move tare.lock to the newest packages and runtimes, and print what changed',
			[
				() => new Option('--check', 'change nothing; exit 1 when there is something to update'),
				() => new Option('--security-only', 'only packages whose update fixes a security issue'),
				...SOURCE,
				CODE,
			],
			async () => (await import('./commands/update.js')).runUpdate,
		),
	);
	program.addCommand(cacheCommand());
	program.addCommand(
		define('completion <shell>', 'Print a completion script for bash, zsh or fish', [], async () =>
			(await import('./commands/completion.js')).runCompletion(program),
		),
	);
	program.addCommand(define('errors', 'List error codes and exit codes', [], async () => (await import('./commands/errors.js')).runErrors));
	program.addHelpText('after', PROGRAM_HELP);
}

const IMAGE: readonly (() => Option)[] = [() => new Option('--platform <platform>', 'one platform of several (default: all)').argParser(collect), INSECURE];

function imageCommands(): readonly Command[] {
	const copies = async () => import('./commands/copy.js');
	const logins = async () => import('./commands/login.js');
	return [
		define('push <name>', "Push an image of Tare's store to the registry of its name", IMAGE, async () => (await copies()).runPush),
		define('pull <name>', "Pull an image with all its layers into Tare's store", IMAGE, async () => (await copies()).runPull),
		define(
			'copy <image> <destination...>',
			'Copy an image, its digest unchanged, to other places',
			[...IMAGE, FORMAT],
			async () => (await copies()).runCopy,
			COPY_HELP,
		),
		define('login <registry>', 'Try credentials and keep them where docker keeps them', LOGIN, async () => (await logins()).runLogin, LOGIN_HELP),
		define('logout <registry>', 'Forget the credentials of a registry', [], async () => (await logins()).runLogout),
	];
}

type Action = (argument: string | undefined, flags: Record<string, never>, rest: readonly string[]) => Promise<void>;

function define(usage: string, description: string, options: readonly (() => Option)[], load: () => Promise<Action>, help?: string): Command {
	const [name = '', ...argumentsOf] = usage.split(' ');
	const command = new Command(name)
		.description(description)
		.exitOverride()
		.showHelpAfterError(`(tare ${name} --help shows what there is)`)
		.showSuggestionAfterError();
	for (const argument of argumentsOf) command.argument(argument, argument === '[dir]' ? 'source folder (default: the current one)' : '');
	for (const option of [...options, ...COMMON]) command.addOption(option());
	if (help !== undefined) command.addHelpText('after', help);
	return command.action(async (...values: unknown[]) => {
		const action = await load();
		const flags = values[argumentsOf.length] as Record<string, never>;
		const [first, ...rest] = values.slice(0, argumentsOf.length) as (string | undefined | string[])[];
		await action(
			first as string | undefined,
			flags,
			rest.flat().filter((value) => value !== undefined),
		);
	});
}

function cacheCommand(): Command {
	const cache = new Command('cache').description("Show or prune Tare's store").exitOverride();
	cache.addCommand(
		define('show', 'Show what the store holds', [], async () => (await import('./commands/cache.js')).runCacheShow),
		{ isDefault: true },
	);
	cache.addCommand(
		define(
			'prune',
			'Remove what was not used for longest, and what crashed builds left',
			[() => new Option('--max-size <size>', 'keep at most this much, e.g. 5GB'), () => new Option('--all', 'remove everything')],
			async () => (await import('./commands/cache.js')).runCachePrune,
		),
	);
	return cache;
}

const PROGRAM_HELP = `
Examples:
  tare build .                                      build into Tare's own store and print the image's name
  tare build . -t ghcr.io/me/app:1.0 --push         build and push
  tare build . -o oci:out/app                       write an OCI layout folder
  tare plan .                                       what would happen, and why
  tare run . -p 3000                                build, and run it on this machine

Exit codes: 0 done, 1 defect, 2 usage, 20 detection, 21 configuration, 30 build, 31 missing tool, 40 base, 41 lock,
42 incompatible binary, 50 registry, 60 output, 61 store, 70 network, 125 not run, 130 interrupted. \`tare errors\` lists every code.
Environment: TARE_CACHE_DIR (folder of the store), TARE_CACHE_MAX_SIZE (default 20GB), SOURCE_DATE_EPOCH (times in the image), NO_COLOR,
NODE_COMPILE_CACHE (folder of Tare's own compiled code), NODE_DISABLE_COMPILE_CACHE=1.`;

const LOGIN: readonly (() => Option)[] = [
	() => new Option('-u, --username <name>', 'user name'),
	() => new Option('--password-stdin', 'read the password or token from standard input'),
	INSECURE,
];

const RUN_HELP = `
A folder is built as by \`tare build\`; what has not changed is not built again. An image is a name in Tare's store or in a registry, a layout
folder or an archive. ARGS follow its entrypoint: put them behind --.

It runs as in production: as the image's user, its files read-only but for /tmp, without capabilities. The first that works is used: runc
(as root), podman, docker, bwrap; without any, the program itself on this machine, which is said. The app's output is Tare's, and so is its
exit code: 128 and the signal's number for a killed app. SIGINT, SIGTERM and SIGHUP are forwarded; the second kills. When Tare ends,
killed or not, nothing of the run is left. Exit code 125: the image could not be run.

Examples:
  tare run .                                        build and run; prints the address it listens on
  tare run . -p 3000 --env-file .env                the app listens on port 3000 of this machine
  tare run ghcr.io/me/app:1.0 -e DEBUG=1 -- --verbose
  tare run . --volume ./data:/data --memory 256MB --runner podman
  tare run . --debug                                a shell beside the app's files; -- -c 'ls -l /app' runs one command`;

const COPY_HELP = `
The image is a name in Tare's store or in a registry, a path or KIND:PATH[:TAG]. Destinations are names in registries, oci:DIR[:TAG],
oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], and docker:, podman: or containerd: to load it there.

Examples:
  tare copy ghcr.io/me/app:1.0 registry.example/app:1.0
  tare copy ghcr.io/me/app oci:out/app docker-archive:app.tar --platform linux/arm64
  tare copy oci-archive:app.tar docker:`;

const LOGIN_HELP = `
Kept in REGISTRY_AUTH_FILE, else in docker's config.json (mode 0600), or by the credential helper named there. The password is never an argument.

Example:
  echo $TOKEN | tare login ghcr.io --username me --password-stdin`;

const BUILD_HELP = `
With neither --push nor --output the image stays in Tare's store; \`tare inspect NAME\` finds it there.
Standard output carries one line an image, NAME@sha256:..., and nothing else.

Examples:
  tare build -t ghcr.io/me/app:1.0 -t ghcr.io/me/app:latest --push
  tare build examples/node-express -o docker-archive:app.tar -t app:dev && docker load -i app.tar
  tare build --platform linux/amd64,linux/arm64 -t ghcr.io/me/app --push
  NPM_TOKEN=... tare build --secret id=NPM_TOKEN`;
