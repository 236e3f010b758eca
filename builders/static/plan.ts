/** A folder of pages becomes a plan: nothing to run while building but the compression, our server to start. */
import { intersects, validRange } from 'semver';
import type { BuildPlan, PlanRequest } from '../../src/builder/contract.js';
import { WEB } from '../../src/builder/process-choice.js';
import { TareError } from '../../src/errors.js';
import { OLDEST_SERVER_NODE, SERVER_NODE, SITE_COMMAND, SITE_CONFIG } from '../../src/site/content.js';
import type { StaticFacts } from './detect.js';

/** @throws TareError BASE_INVALID on scratch */
export function planStatic(facts: StaticFacts, request: PlanRequest): BuildPlan {
	const { base, runtimeVersion } = request;
	refuseOther(request);
	if (base.kind === 'scratch')
		throw new TareError('BASE_INVALID', 'the file server cannot run on scratch: there is no node in it', {
			hint: 'Leave --base out, or name an image that has node.',
		});
	if (runtimeVersion !== undefined && validRange(runtimeVersion) !== null && !intersects(runtimeVersion, `>=${OLDEST_SERVER_NODE}`))
		throw new TareError('CONFIG_INVALID', `the file server needs Node ${OLDEST_SERVER_NODE} or newer, and node ${runtimeVersion} is asked for`, {
			hint: `Leave the version out: Node ${SERVER_NODE} runs it.`,
		});
	const runtime = {
		name: 'node',
		ranges: [runtimeVersion ?? SERVER_NODE],
		because: runtimeVersion === undefined ? `Node ${SERVER_NODE} runs the file server` : `asked for node ${runtimeVersion}`,
	};
	const where = facts.root === '' ? 'the folder' : `${facts.root}/`;
	return {
		builder: 'static',
		steps: [],
		layers: [
			{ name: 'server', purpose: 'runtime', says: 'the file server' },
			{ name: 'app', purpose: 'app', says: `the files of ${where} with compressed copies, in /app` },
		],
		base: base.kind === 'debian' ? { ...base, sets: ['static', 'cc', 'init'], runtime } : base,
		runtime,
		processes: [{ type: WEB, command: SITE_COMMAND, reasons: [{ says: `a static site: the pages are in ${where}` }] }],
		config: SITE_CONFIG,
		reasons: [{ says: facts.singlePage ? 'unknown paths get index.html' : 'unknown paths get 404.html, or a plain 404' }],
		warnings: facts.leftOut,
		tools: {},
		facts: { ...facts },
	};
}

/** @throws TareError NO_START */
function refuseOther({ process = WEB, start }: PlanRequest): void {
	if (process !== WEB)
		throw new TareError('NO_START', `there is no process type "${process}": a static site has one, web`, {
			hint: 'Leave --process out. Another builder can be named with --builder.',
			data: { types: [WEB] },
		});
	if (start !== undefined)
		throw new TareError('START_UNSUPPORTED', `cannot start with "${start}": a static site is served by Tare's own server`, {
			hint: 'Leave --start out. To start a program of the folder, use --entrypoint, or name its builder with --builder.',
		});
}
