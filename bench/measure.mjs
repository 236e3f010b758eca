/** Runs a program and says what it cost: wall, CPU of it and its children, peak RSS of its own process. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICK_MS = 10;

/** @returns seconds, bytes and what it printed; throws when the program fails */
export async function measure(command, args, { env = {}, cwd } = {}) {
	const began = process.hrtime.bigint();
	const cpuBefore = childrenCpu();
	const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	let [stdout, stderr, rss] = ['', '', 0];
	child.stdout.on('data', (chunk) => (stdout += chunk));
	child.stderr.on('data', (chunk) => (stderr += chunk));
	const timer = setInterval(() => (rss = Math.max(rss, peakRss(child.pid))), TICK_MS);
	const code = await new Promise((resolve) => child.once('close', resolve));
	clearInterval(timer);
	if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code}:\n${stderr.slice(-2000)}`);
	return { wall: Number(process.hrtime.bigint() - began) / 1e9, cpu: childrenCpu() - cpuBefore, rss, stdout, stderr };
}

/** VmHWM: the most it ever had, even between two looks (proc(5)). */
function peakRss(pid) {
	try {
		return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
	} catch {
		return 0;
	}
}

/** User and system seconds of ended children: fields 16 and 17 of proc(5)'s stat, in ticks of a hundredth. */
function childrenCpu() {
	const stat = readFileSync('/proc/self/stat', 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Of measurements, by their wall time. */
export function median(samples) {
	return [...samples].sort((a, b) => a.wall - b.wall)[Math.floor(samples.length / 2)];
}

export function table(head, rows) {
	const all = [head, ...rows].map((row) => row.map(String));
	const widths = head.map((_, at) => Math.max(...all.map((row) => row[at].length)));
	for (const [at, row] of all.entries()) {
		console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '));
		if (at === 0) console.log(widths.map((width) => '-'.repeat(width)).join('  '));
	}
	console.log();
}

export const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const seconds = (value) => `${value.toFixed(2)} s`;
