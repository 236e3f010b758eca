/** Debian's docker-registry behind a proxy that counts requests. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

async function countingRegistry(dir) {
	const port = await freePort();
	mkdirSync(join(dir, 'data'), { recursive: true });
	writeFileSync(
		join(dir, 'registry.yml'),
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(dir, 'data')}}}\nhttp: {addr: "127.0.0.1:${port}", relativeurls: true}\n`,
	);
	const child = spawn('docker-registry', ['serve', join(dir, 'registry.yml')], { stdio: 'ignore' });
	let count = 0;
	const proxy = createServer((incoming, outgoing) => {
		count++;
		const onward = request({ port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
			outgoing.writeHead(answer.statusCode, answer.headers);
			answer.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	for (let tries = 0; tries < 100; tries++) {
		if (
			await fetch(`http://127.0.0.1:${port}/v2/`).then(
				() => true,
				() => false,
			)
		)
			break;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return {
		host: `127.0.0.1:${proxy.address().port}`,
		/** Requests since the last call. */
		take() {
			const taken = count;
			count = 0;
			return taken;
		},
		close() {
			child.kill('SIGKILL');
			proxy.closeAllConnections();
			proxy.close();
		},
	};
}

function freePort() {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/** A folder of the bench's own with a registry in it: `end` stops the one and removes the other. */
export async function workplace(name) {
	const work = mkdtempSync(join(tmpdir(), `tare-bench-${name}-`));
	const registry = await countingRegistry(work);
	const end = () => {
		registry.close();
		// Go leaves modules that may only be read.
		execFileSync('chmod', ['-R', 'u+w', work]);
		rmSync(work, { recursive: true, force: true });
	};
	return { work, registry, end };
}
