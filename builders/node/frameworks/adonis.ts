/** AdonisJS: the build is an app of its own in a folder, with its package.json. https://docs.adonisjs.com/guides/deployment */
import { boundedPattern, escapePattern } from '../../../src/source/pattern.js';
import { compilerOutput } from '../tsconfig.js';
import { type FrameworkOutput, HOST, type Project, script, server } from './output.js';

const BUILDS = /\bace(?:\.js)?\s+build\b/;

export function adonis(project: Project): FrameworkOutput {
	const folder = compilerOutput(project.source)?.outDir || 'build';
	// Version 6 has bin/server.ts, version 5 server.ts.
	const entry = project.source.has('server.ts') && !project.source.has('bin/server.ts') ? 'server.js' : 'bin/server.js';
	const start = script(project, 'start');
	const command = start === undefined || !/^(?:\w+=\S+\s+)*node\s/.test(start) || namesFolder(start, folder) ? `node ${entry}` : start;
	return { ...server(entry, HOST), command: `cd ${folder} && ${command}` };
}

/** The template's start script is meant to run in the folder that the build makes. */
export function adonisOverrides(project: Project): boolean {
	const start = script(project, 'start');
	const folder = compilerOutput(project.source)?.outDir || 'build';
	return start !== undefined && builds(project) && /\b(?:bin\/)?server(?:\.js)?\s*$/.test(start) && !namesFolder(start, folder);
}

function builds(project: Project): boolean {
	return Object.values(project.manifest.json.scripts).some((line) => BUILDS.test(line));
}

function namesFolder(line: string, folder: string): boolean {
	return boundedPattern(`(?:^|[\\s/])${escapePattern(folder)}(?:[\\s/]|$)`).test(line);
}
