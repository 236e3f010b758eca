/** Runs the Action as GitHub's runner does: defaults of action.yml, INPUT_*, files for outputs, state and summary; reads its commands. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './cli.js';

export interface StepOptions {
	readonly with?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly workspace: string;
	/** Of the job: two steps of one job have the same. */
	readonly temp: string;
	/** Folder of the Action; default this repository. */
	readonly action?: string;
	/** What `${{ github.token }}` is. */
	readonly token?: string;
}

export interface Annotation {
	readonly level: string;
	readonly message: string;
	readonly properties: Readonly<Record<string, string>>;
}

export interface StepResult {
	readonly status: number | null;
	/** What a reader of the log sees: masked values are `***`. */
	readonly log: string;
	readonly annotations: readonly Annotation[];
	readonly groups: readonly string[];
	readonly masks: readonly string[];
	readonly outputs: Readonly<Record<string, string>>;
	readonly summary: string;
	/** The post step of this step. */
	post(): Promise<StepResult>;
}

interface ActionFile {
	readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
	readonly runs: { readonly main: string; readonly post: string };
}

export function readAction(folder = ROOT): ActionFile {
	return parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as ActionFile;
}

export async function runStep(options: StepOptions): Promise<StepResult> {
	const { inputs, runs } = readAction(options.action);
	const given = Object.entries(options.with ?? {});
	const defaults = Object.entries(inputs).map(([name, input]) => [name, (input.default ?? '').replace('${{ github.token }}', options.token ?? '')]);
	const env = Object.fromEntries([...defaults, ...given].map(([name, value]) => [`INPUT_${name?.replaceAll(' ', '_').toUpperCase()}`, value]));
	return runFile(runs.main, runs.post, options, env);
}

async function runFile(main: string, post: string, options: StepOptions, env: Readonly<Record<string, string | undefined>>): Promise<StepResult> {
	const { workspace, temp, action = ROOT } = options;
	const files = mkdtempSync(join(temp, 'step-'));
	const file = (name: string): string => {
		writeFileSync(join(files, name), '');
		return join(files, name);
	};
	const [output, state, summary] = [file('output'), file('state'), file('summary')];
	const runner = {
		GITHUB_ACTIONS: 'true',
		GITHUB_WORKSPACE: workspace,
		GITHUB_SERVER_URL: 'https://github.com',
		GITHUB_REPOSITORY: 'me/app',
		GITHUB_SHA: 'c0ffee',
		GITHUB_ACTOR: 'octocat',
		GITHUB_WORKFLOW: 'image',
		GITHUB_JOB: 'image',
		RUNNER_OS: 'Linux',
		RUNNER_ARCH: 'X64',
		RUNNER_TEMP: temp,
		RUNNER_ENVIRONMENT: 'github-hosted',
		GITHUB_OUTPUT: output,
		GITHUB_STATE: state,
		GITHUB_STEP_SUMMARY: summary,
	};
	const { status, stdout } = await node(join(action, main), workspace, { ...process.env, GITHUB_TOKEN: undefined, ...runner, ...env, ...options.env });
	const states = Object.entries(assignments(readFileSync(state, 'utf8'))).map(([name, value]) => [`STATE_${name}`, value]);
	return {
		status,
		...readLog(stdout),
		outputs: assignments(readFileSync(output, 'utf8')),
		summary: readFileSync(summary, 'utf8'),
		post: () => runFile(post, post, options, { ...env, ...Object.fromEntries(states) }),
	};
}

function node(file: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ status: number | null; stdout: string }> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [file], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
		let stdout = '';
		const take = (chunk: Buffer): void => {
			stdout += chunk;
		};
		child.stdout.on('data', take);
		child.stderr.on('data', take);
		child.on('close', (status) => resolve({ status, stdout }));
	});
}

/** `name<<DELIMITER`, the value, `DELIMITER` */
function assignments(text: string): Record<string, string> {
	return Object.fromEntries([...text.matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [name, value]));
}

const COMMAND = /^\s*::([\w-]+)(?: (.*?))?::(.*)$/;

/** As the runner reads it: nothing is a command between `stop-commands` and its token. */
function readLog(stdout: string): Pick<StepResult, 'log' | 'annotations' | 'groups' | 'masks'> {
	const annotations: Annotation[] = [];
	const groups: string[] = [];
	const masks: string[] = [];
	const lines: string[] = [];
	let stopped: string | undefined;
	for (const line of stdout.split('\n')) {
		const [, name = '', properties = '', data = ''] = COMMAND.exec(line) ?? [];
		if (stopped !== undefined && name !== stopped) lines.push(line);
		else if (name === stopped) stopped = undefined;
		else if (name === 'stop-commands') stopped = data;
		else if (name === 'add-mask') masks.push(decode(data));
		else if (name === 'debug' || name === 'endgroup') continue;
		else if (name === 'group') groups.push(decode(data));
		else if (['error', 'warning', 'notice'].includes(name)) annotations.push({ level: name, message: decode(data), properties: decodeProperties(properties) });
		else lines.push(line);
	}
	const log = masks.reduce((text, mask) => text.replaceAll(mask, '***'), lines.join('\n'));
	return { log, annotations, groups, masks };
}

function decode(text: string): string {
	return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function decodeProperties(text: string): Record<string, string> {
	const pairs = text.split(',').filter((pair) => pair !== '');
	return Object.fromEntries(
		pairs.map((pair) => [
			pair.split('=', 1)[0] ?? '',
			decode(
				pair
					.slice(pair.indexOf('=') + 1)
					.replaceAll('%3A', ':')
					.replaceAll('%2C', ','),
			),
		]),
	);
}
