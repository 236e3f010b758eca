/** `tare login`, `tare logout` */
import { createInterface } from 'node:readline/promises';
import { login, logout, TareError } from '../../index.js';
import { type OutputFlags, printJson, session } from '../output.js';

type Flags = OutputFlags & { readonly username?: string; readonly passwordStdin?: boolean; readonly insecure?: readonly string[] };

const PASSWORD_LIMIT = 64 * 1024;

export async function runLogin(registry: string | undefined, flags: Flags): Promise<void> {
	await session(flags, async (on) => {
		const { username, password } = await credentials(flags);
		const where = await login(registry ?? '', { username, password, insecure: flags.insecure }, on);
		if (flags.json === true) return printJson({ registry, username, where });
		if (flags.quiet !== true) process.stderr.write(`logged in to ${registry}: kept in ${where}\n`);
	});
}

export async function runLogout(registry: string | undefined, flags: OutputFlags): Promise<void> {
	await session(flags, async () => {
		const where = await logout(registry ?? '');
		if (flags.json === true) return printJson({ registry, where });
		if (flags.quiet !== true)
			process.stderr.write(where === undefined ? `not logged in to ${registry}\n` : `logged out of ${registry}: removed from ${where}\n`);
	});
}

/** Never as an argument: others on the machine can read those. */
async function credentials({ username, passwordStdin }: Flags): Promise<{ username: string; password: string }> {
	if (passwordStdin === true) {
		if (username === undefined) throw usage('--password-stdin needs --username');
		return { username, password: await readAll() };
	}
	if (!process.stdin.isTTY) throw usage('there is no terminal to ask for the password');
	return { username: username ?? (await ask('Username: ', false)), password: await ask('Password: ', true) };
}

function usage(message: string): TareError {
	return new TareError('USAGE', message, { hint: 'echo $TOKEN | tare login REGISTRY --username NAME --password-stdin' });
}

/** One line end is the shell's. */
async function readAll(): Promise<string> {
	let text = '';
	for await (const chunk of process.stdin) {
		text += String(chunk);
		if (text.length > PASSWORD_LIMIT) throw usage('standard input is too long for a password');
	}
	return text.replace(/\r?\n$/, '');
}

async function ask(question: string, hidden: boolean): Promise<string> {
	process.stderr.write(question);
	const input = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
	// The terminal shows what readline writes: nothing, for a password.
	if (hidden) (input as unknown as { _writeToOutput: (text: string) => void })._writeToOutput = () => undefined;
	try {
		return await input.question('');
	} finally {
		input.close();
		if (hidden) process.stderr.write('\n');
	}
}
