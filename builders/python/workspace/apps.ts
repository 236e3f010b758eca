/** Which project of a repository is built: the member of a workspace that is asked for, or the only one that starts something. */
import { posix } from 'node:path';
import type { PlanRequest } from '../../../src/builder/contract.js';
import { TareError } from '../../../src/errors.js';
import { subfolder } from '../../../src/source/subfolder.js';
import { readProject } from '../project.js';
import { type Member, workspaceMembers } from './members.js';

/** Plans one app. @throws TareError NO_START where nothing starts it */
export type Planner = (request: PlanRequest) => unknown;

/** Folders of members that can be started. @throws TareError MANIFEST_INVALID */
export function workspaceApps(request: PlanRequest, plan: Planner): readonly string[] {
	const members = membersBelow(request).map(({ folder }) => folder);
	const own = readProject(subfolder(request.source, request.app)) === undefined ? [] : [request.app];
	return members.length === 0 ? [] : [...own, ...members].filter((app) => starts({ ...request, app }, plan));
}

function membersBelow({ source, app }: PlanRequest): readonly Member[] {
	return workspaceMembers(subfolder(source, app)).map((one) => ({ ...one, folder: posix.join(app, one.folder) }));
}

function starts(request: PlanRequest, plan: Planner): boolean {
	try {
		plan(request);
		return true;
	} catch (error) {
		// What is wrong with an app is said when it is built.
		if (error instanceof TareError) return error.code !== 'NO_START';
		throw error;
	}
}

/** A workspace whose root starts nothing. @throws TareError AMBIGUOUS | NO_START */
export function onlyApp(request: PlanRequest, { message }: TareError, plan: Planner): string | undefined {
	if (request.start !== undefined || request.process !== undefined) return undefined;
	const members = membersBelow(request);
	if (members.length === 0) return undefined;
	const apps = workspaceApps(request, plan);
	if (apps.length === 1) return apps[0];
	const names = apps.length === 0 ? members.map(({ folder }) => folder) : apps;
	throw new TareError(
		apps.length === 0 ? 'NO_START' : 'AMBIGUOUS',
		apps.length === 0 ? message : `the workspace has ${apps.length} projects that can be started: ${apps.join(', ')}`,
		{
			hint: `Name one: tare build ${names[0]}${apps.length === 0 ? ' --start "COMMAND"' : ''}, or --main ${names[0]}.${apps.length === 0 ? '' : ' Or build every one: tare build --all.'}`,
			at: { file: 'pyproject.toml' },
			data: { apps: names },
		},
	);
}

/** `--main`: a member of the workspace, a command of the project, a module or a file. @throws TareError NO_START */
export function withMain(request: PlanRequest): PlanRequest {
	const { main, ...rest } = request;
	if (main === undefined) return request;
	const source = subfolder(request.source, request.app);
	const path = posix.normalize(main).replace(/\/$/, '');
	const members = membersBelow(request);
	const member = members.find(({ folder, name }) => folder === posix.join(request.app, path) || name === main);
	if (member !== undefined) return { ...rest, app: member.folder };
	if (source.has(posix.join(path, 'pyproject.toml'))) return { ...rest, app: posix.join(request.app, path) };
	const start = startOf(main, path, source, readProject(source)?.scripts ?? {});
	if (start !== undefined && request.start === undefined) return { ...rest, start };
	const there = [...members.map(({ folder }) => folder), ...Object.keys(readProject(source)?.scripts ?? {})];
	throw new TareError(
		'NO_START',
		request.start === undefined ? `there is no project, command, module or file "${main}"` : '--main and --start both say what is started',
		{
			hint: there.length === 0 ? 'Leave --main out, or name a file: --main app.py.' : `There are: ${there.join(', ')}.`,
			data: { programs: there },
		},
	);
}

function startOf(main: string, path: string, source: PlanRequest['source'], scripts: Readonly<Record<string, string>>): string | undefined {
	if (Object.hasOwn(scripts, main)) return main;
	if (path.endsWith('.py') && source.has(path)) return `python ${path}`;
	const module = main.replaceAll('.', '/');
	return source.first(`${module}.py`, `${module}/__main__.py`, `src/${module}/__main__.py`) === undefined ? undefined : `python -m ${main}`;
}
