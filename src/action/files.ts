/** Files through which a step speaks to the runner: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Environment } from './inputs.js';

/** More is refused by the runner, the whole summary with it. */
export const SUMMARY_LIMIT = 1 << 20;

export function setOutput(env: Environment, name: string, value: string): void {
	append(env.GITHUB_OUTPUT, assignment(name, value));
}

/** The post step finds it as `STATE_name`. */
export function saveState(env: Environment, name: string, value: string): void {
	append(env.GITHUB_STATE, assignment(name, value));
}

export function readState(env: Environment, name: string): string {
	return env[`STATE_${name}`] ?? '';
}

export function writeSummary(env: Environment, markdown: string): void {
	append(env.GITHUB_STEP_SUMMARY, markdown);
}

/** No value can end before its delimiter: nobody knows it. */
function assignment(name: string, value: string): string {
	const delimiter = `ghadelimiter_${randomUUID()}`;
	return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

/** Outside of a runner there is no file. */
function append(path: string | undefined, content: string): void {
	if (path) appendFileSync(path, content);
}
