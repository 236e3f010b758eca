/** Credential helpers: https://github.com/docker/docker-credential-helpers. The server on stdin, JSON on stdout. */
import { execFile } from 'node:child_process';
import { errno, TareError } from '../../errors.js';
import type { Credential } from './keychain.js';

export type HelperEnvironment = Readonly<Record<string, string | undefined>>;

export type HelperAnswer = { readonly kind: 'found'; readonly credential: Credential } | { readonly kind: 'none'; readonly says: string };

const TIMEOUT_MS = 30_000;
/** Larger answers are no credentials. */
const OUTPUT_LIMIT = 1 << 20;

export function helperProgram(name: string): string {
	return `docker-credential-${name.replace(/[^\w.-]/g, '')}`;
}

/** A helper that knows nothing exits with 1 and says so in its own words: that is no failure of ours, whatever the words. */
export async function askHelper(name: string, server: string, env: HelperEnvironment): Promise<HelperAnswer> {
	const program = helperProgram(name);
	const answer = await run(program, 'get', server, env);
	if (answer.error !== undefined) return { kind: 'none', says: `${program} ${answer.error}` };
	const credential = parse(answer.stdout, program);
	return credential === undefined ? { kind: 'none', says: `${program} gives no credentials` } : { kind: 'found', credential };
}

/** @throws TareError TOOL_MISSING when the helper cannot keep it */
export async function storeInHelper(name: string, server: string, username: string, password: string, env: HelperEnvironment): Promise<void> {
	await change(name, 'store', JSON.stringify({ ServerURL: server, Username: username, Secret: password }), env);
}

/** @throws TareError TOOL_MISSING when the helper cannot do it */
export async function eraseInHelper(name: string, server: string, env: HelperEnvironment): Promise<void> {
	await change(name, 'erase', server, env);
}

async function change(name: string, action: 'store' | 'erase', input: string, env: HelperEnvironment): Promise<void> {
	const program = helperProgram(name);
	const { error } = await run(program, action, input, env);
	if (error === undefined) return;
	throw new TareError('TOOL_MISSING', `${program}, which keeps your credentials, ${error}`, {
		hint: `Install or repair ${program}, or take "${name}" out of credsStore and credHelpers of the docker configuration.`,
	});
}

function run(program: string, action: string, input: string, env: HelperEnvironment): Promise<{ readonly stdout: string; readonly error?: string }> {
	return new Promise((resolve) => {
		const child = execFile(program, [action], { env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_LIMIT }, (error, stdout) => {
			if (error === null) return resolve({ stdout });
			const why = errno(error) === 'ENOENT' ? 'is not installed' : error.killed === true ? `did not answer within ${TIMEOUT_MS / 1000} s` : 'has none';
			return resolve({ stdout: '', error: why });
		});
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
	});
}

/** Some print notices before the JSON. */
function parse(stdout: string, from: string): Credential | undefined {
	try {
		const { Username, Secret } = JSON.parse(stdout.slice(Math.max(0, stdout.indexOf('{')))) as { readonly Username?: unknown; readonly Secret?: unknown };
		if (typeof Secret !== 'string' || Secret === '') return undefined;
		if (Username === '<token>') return { kind: 'identity', token: Secret, from };
		return { kind: 'basic', username: typeof Username === 'string' ? Username : '', password: Secret, from };
	} catch {
		return undefined;
	}
}
