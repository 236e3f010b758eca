/** A program of a start command by its name: a file of the project, or one that a package brings. */
import { tidyPath } from './entry.js';
import { type Program, unsupported, type Walk } from './walk.js';

/** No package brings these; the image has none of them. */
const SYSTEM = new Set(
	`sh bash dash zsh ash ksh fish cmd powershell pwsh sudo su docker docker-compose podman make java python python3 pip ruby php perl go cargo caddy nginx
	apache2 httpd redis-server mysqld postgres psql curl wget sleep tail cat ls test true false timeout nohup nice sed awk grep xargs find tee kill source . eval trap
	wait ulimit umask deno uvicorn gunicorn flask dotnet git ssh dumb-init tini time command export set unset read cd pushd rem start call`.split(/\s+/),
);

/** @throws TareError START_UNSUPPORTED | NO_START */
export function runProgram(program: string, args: readonly string[], walk: Walk): Program {
	// A full path names a program of the base.
	if (program.startsWith('/')) return { kind: 'command', words: [program, ...args] };
	const installed = /^(?:\.\/)*node_modules\/\.bin\/([^/]+)$/.exec(program)?.[1];
	if (program.includes('/') && installed === undefined) return ownProgram(program, args, walk);
	const file = installedFile(installed ?? program, walk);
	// Its command line listens on the loopback address but for containers it knows.
	if (program === 'fastify') walk.found.env.FASTIFY_ADDRESS = '0.0.0.0';
	if (!file.endsWith(`.bin/${program}`)) walk.found.notes.push(`${program} is ${file}`);
	return { kind: 'command', words: ['node', file, ...args] };
}

/** The file of a program; `node_modules/.bin/NAME` where only the installed packages say which. */
function installedFile(program: string, walk: Walk): string {
	const { bins, locked, production, development } = walk.project;
	const { folder } = walk.found;
	const path = bins[program];
	const owner = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path ?? '')?.[1] ?? '';
	if (path !== undefined && (locked.has(owner) || production.includes(owner))) return `${'../'.repeat(folder === '' ? 0 : folder.split('/').length)}${path}`;
	if (path !== undefined || (development.includes(program) && !production.includes(program)))
		throw unsupported(
			walk,
			`${program} is a program of a development dependency: the image does not have it`,
			`Move ${owner === '' ? program : owner} to "dependencies", or write the production command: "start": "node server.js".`,
		);
	if (SYSTEM.has(program) || !/^[\w.-]+$/.test(program)) throw unsupported(walk, `${program} is not a program of the image`);
	if (production.length === 0) throw unsupported(walk, `the project has no program ${program}, and no dependencies that could bring it`);
	if (folder !== '') throw unsupported(walk, `${program} is started in the folder ${folder}, and only the build finds its file`);
	return `node_modules/.bin/${program}`;
}

/** `./bin/server`: by its first line for Node, or as it is. */
function ownProgram(program: string, args: readonly string[], walk: Walk): Program {
	const { source, builds } = walk.project;
	const path = [walk.found.folder, tidyPath(program)].filter((part) => part !== '').join('/');
	const file = source.get(path);
	if (file === undefined && !builds && walk.found.buildScripts.length === 0) throw unsupported(walk, `there is no file ${path}, and no build script makes it`);
	if (file === undefined) return { kind: 'command', words: /\.[cm]?js$/.test(program) ? ['node', program, ...args] : [program, ...args] };
	if (file.type === 'file' && !file.executable)
		throw unsupported(walk, `${path} is not executable`, `Make it so (chmod +x ${path}), or write "node ${program}".`);
	const first = /^#!(.*)/.exec(source.text(path) ?? '')?.[1]?.trim();
	if (first === undefined) {
		if (/\.[\w]+$/.test(path)) throw unsupported(walk, `${path} does not say by its first line (#!) what runs it`, `Write "node ${program}" where Node does.`);
		return { kind: 'command', words: [program, ...args] };
	}
	const [interpreter = '', ...flags] = first.replace(/^\S*\/env\s+(?:-S\s+)?/, '').split(/\s+/);
	const name = interpreter.slice(interpreter.lastIndexOf('/') + 1);
	if (name === 'node' || name === 'nodejs') return { kind: 'command', words: ['node', ...flags, program, ...args] };
	if (name === 'bun') return { kind: 'command', words: ['bun', ...flags, program, ...args] };
	throw unsupported(walk, `${path} is a program for ${name}, and the image has none`);
}
