/** Debian's docker-registry, its data in memory where that can be: neither its disk nor a proxy is what a bench measures. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';

/** A folder of the bench's own with a registry beside it: `end` stops the one and removes the other. */
export async function workplace(name) {
	const work = mkdtempSync(join(tmpdir(), `tare-bench-${name}-`));
	const registry = await startRegistry(work);
	const end = () => {
		registry.close();
		// Go leaves modules that may only be read.
		execFileSync('chmod', ['-R', 'u+w', work]);
		rmSync(work, { recursive: true, force: true });
	};
	return { work, registry, end };
}

async function startRegistry(work) {
	const port = await freePort();
	const data = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : work, 'tare-bench-registry-'));
	const [config, log] = ['registry.yml', 'access.log'].map((name) => join(work, name));
	writeFileSync(
		config,
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${data}}}\nhttp: {addr: "127.0.0.1:${port}", relativeurls: true}\n`,
	);
	const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', openSync(log, 'w'), 'ignore'] });
	for (let tries = 0; tries < 100 && !(await answers(port)); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
	let seen = 0;
	return {
		port,
		host: `127.0.0.1:${port}`,
		/** Requests since the last call, as the registry's own log has them. */
		take() {
			const lines = readFileSync(log, 'utf8').split('\n').length - 1;
			const taken = lines - seen;
			seen = lines;
			return taken;
		},
		/** Everything that was pushed. */
		forget: () => rmSync(join(data, 'docker'), { recursive: true, force: true }),
		close() {
			child.kill('SIGKILL');
			rmSync(data, { recursive: true, force: true });
		},
	};
}

function answers(port) {
	return fetch(`http://127.0.0.1:${port}/v2/`).then(
		() => true,
		() => false,
	);
}

function freePort() {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
