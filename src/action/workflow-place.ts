/** Finds the line of the workflow that gives an input, so that a mistake in it is shown there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceLocation } from '../errors.js';
import { isMap, isSeq, LineCounter, parseDocument } from '../source/yaml.js';
import type { Environment } from './inputs.js';

/** @returns undefined where the workflow is not checked out, or more than one step may be meant; `file` is absolute */
export function placeOfInput(env: Environment, input: string): SourceLocation | undefined {
	const { GITHUB_WORKSPACE: root = '', GITHUB_JOB: job = '', GITHUB_ACTION_REPOSITORY: action = '' } = env;
	const path = /^[^/]+\/[^/]+\/(.+?)@/.exec(env.GITHUB_WORKFLOW_REF ?? '')?.[1];
	if (path === undefined || root === '') return undefined;
	const file = join(root, path);
	try {
		const text = readFileSync(file, 'utf8');
		const counter = new LineCounter();
		const steps = parseDocument(text, { lineCounter: counter }).getIn(['jobs', job, 'steps']);
		const ours = (isSeq(steps) ? steps.items : []).filter(isMap).filter((step) => isOurs(step.get('uses'), action));
		const found = ours.flatMap((step) => {
			const given = step.get('with');
			const pair = isMap(given) ? given.items.find(({ key }) => String(key).toLowerCase() === input) : undefined;
			const [offset] = (pair?.key as { readonly range?: readonly number[] } | undefined)?.range ?? [];
			return offset === undefined ? [] : [counter.linePos(offset).line];
		});
		const [line] = found;
		return line === undefined || found.length > 1 ? undefined : { file, line };
	} catch {
		return undefined;
	}
}

/** An action of the repository itself is used by a path. */
function isOurs(uses: unknown, action: string): boolean {
	return typeof uses === 'string' && (action === '' ? uses.startsWith('./') : uses.startsWith(`${action}@`));
}
